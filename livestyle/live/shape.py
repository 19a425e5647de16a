"""Pictures brought to the size and the way round in which they are painted."""

from __future__ import annotations

import cv2
import numpy as np

from livestyle.frame import Image


def prepared(image: Image, size_hw: tuple[int, int], *, mirror: bool) -> Image:
    """A picture at the size of painting, mirrored if asked; the picture itself when there is nothing to do.

    Args:
        image: RGB uint8 (H, W, 3).
        size_hw: Height and width to have.
        mirror: Swap left and right.
    """
    height, width = size_hw
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        image = _resized(image, (image.shape[0] // 2, image.shape[1] // 2), cv2.INTER_AREA)
    if image.shape[:2] != size_hw:
        # From twice the size down INTER_AREA looks no better, and takes five times as long.
        image = _resized(image, size_hw, cv2.INTER_LINEAR)
    return np.asarray(cv2.flip(image, 1), np.uint8) if mirror else image


def letterboxed(image: Image, size_hw: tuple[int, int]) -> Image:
    """A picture as large as fits into a size, in the middle of black; the picture itself when it has that size.

    Args:
        image: RGB uint8 (H, W, 3).
        size_hw: Height and width to have.
    """
    if image.shape[:2] == size_hw:
        return image
    scale = min(size_hw[0] / image.shape[0], size_hw[1] / image.shape[1])
    height, width = (max(1, round(scale * side)) for side in image.shape[:2])
    fitted = _resized(image, (height, width), cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    if (height, width) == size_hw:
        return fitted
    result = np.zeros((*size_hw, 3), np.uint8)
    top, left = (size_hw[0] - height) // 2, (size_hw[1] - width) // 2
    result[top : top + height, left : left + width] = fitted
    return result


def _resized(image: Image, size_hw: tuple[int, int], interpolation: int) -> Image:
    return np.asarray(cv2.resize(image, size_hw[::-1], interpolation=interpolation), np.uint8)
