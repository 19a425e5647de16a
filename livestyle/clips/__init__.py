"""Converts whole videos: decoding, painting and encoding overlap, and no frame is dropped."""
