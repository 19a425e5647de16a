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
    if image.shape[:2] != size_hw:
        shrinks = height < image.shape[0]
        way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)
    return np.asarray(cv2.flip(image, 1), np.uint8) if mirror else image
