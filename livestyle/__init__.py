"""livestyle turns a camera or a video into a moving painting, live."""

__version__ = "0.1.0"
