"""Converts whole videos: decoding, painting and encoding overlap, and no frame is dropped."""

from livestyle.convert.job import ConvertOptions, ConvertReport, convert_video, targets_for

__all__ = ["ConvertOptions", "ConvertReport", "convert_video", "targets_for"]
