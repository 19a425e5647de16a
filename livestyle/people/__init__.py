"""Finding people in pictures: which pixels are of them, steadily from frame to frame, up to the edges of the photo."""
