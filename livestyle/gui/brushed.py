"""What somebody has brushed over, as a small mask."""

from __future__ import annotations

import numpy as np

from livestyle.frame import Mask

LONG_SIDE_PX = 320
"""Of the mask: finer than a brush is held, and a few hundred bytes as a text."""


def empty(picture_hw: tuple[int, int]) -> Mask:
    """A mask for a picture, nothing brushed yet."""
    scale = LONG_SIDE_PX / max(picture_hw)
    height, width = (max(1, round(side * scale)) for side in picture_hw)
    return np.zeros((height, width), np.uint8)


def with_stroke(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], radius: float, *, erases: bool = False
) -> Mask:
    """A mask with one more stroke of a round brush.

    Args:
        mask: (H, W).
        start: Where it begins, x and y as shares of the mask's width and height.
        end: Where it ends.
        radius: Of the brush, as a share of the height.
        erases: Whether it takes away.
    """
    import cv2

    height, width = mask.shape
    begins, ends = ((round(x * width - 0.5), round(y * height - 0.5)) for x, y in (start, end))
    drawn = mask.copy()
    cv2.line(drawn, begins, ends, 0 if erases else 255, max(1, round(2 * radius * height)))
    return drawn
