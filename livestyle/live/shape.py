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


def _resized(image: Image, size_hw: tuple[int, int], interpolation: int) -> Image:
    return np.asarray(cv2.resize(image, size_hw[::-1], interpolation=interpolation), np.uint8)
