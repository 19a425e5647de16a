"""The slow, fine methods for stills: optimisation of the picture itself."""
