"""Pictures brought to the size and the way round in which they are painted or kept."""

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
    image = _resized(image, size_hw)
    return np.asarray(cv2.flip(image, 1), np.uint8) if mirror else image


def fitted(image: Image, size_hw: tuple[int, int]) -> Image:
    """A picture inside another size, in its own proportions with black bars; the picture itself if it is of that size.

    Args:
        image: RGB uint8 (H, W, 3).
        size_hw: Height and width to have.
    """
    (height, width), (box_h, box_w) = image.shape[:2], size_hw
    if (height, width) == size_hw:
        return image
    scale = min(box_h / height, box_w / width)
    inner_h, inner_w = max(1, min(box_h, round(height * scale))), max(1, min(box_w, round(width * scale)))
    top, left = (box_h - inner_h) // 2, (box_w - inner_w) // 2
    canvas = np.zeros((box_h, box_w, 3), np.uint8)
    canvas[top : top + inner_h, left : left + inner_w] = _resized(image, (inner_h, inner_w))
    return canvas


def _resized(image: Image, size_hw: tuple[int, int]) -> Image:
    height, width = size_hw
    if image.shape[:2] == size_hw:
        return image
    shrinks = height < image.shape[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)
