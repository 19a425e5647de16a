"""What somebody has brushed over, as a small mask; and as a text, so that settings and scenes can keep it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import lru_cache

import numpy as np

from livestyle.frame import Mask

LONG_SIDE_PX = 320
"""Of the mask: finer than a brush is held, and a few hundred bytes as a text."""
FEATHER_PX = 2.0
"""How soft its edge is, as the sigma of a Gaussian."""


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


def as_text(mask: Mask) -> str:
    """A mask as a text; empty for one in which nothing is brushed."""
    import cv2

    if not mask.any():
        return ""
    return b64encode(cv2.imencode(".png", mask)[1].tobytes()).decode("ascii")


def from_text(text: str) -> Mask | None:
    """The mask of a text; None for none, and for a text that holds none."""
    if not text:
        return None
    import cv2

    try:
        content = np.frombuffer(b64decode(text, validate=True), np.uint8)
    except ValueError:
        return None
    mask = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    return None if mask is None else np.asarray(mask, np.uint8)


@lru_cache(maxsize=8)
def feathered(text: str) -> Mask | None:
    """The same with a soft edge: the same array for the same text, as the show remembers what it has stretched."""
    mask = from_text(text)
    if mask is None:
        return None
    import cv2

    return np.asarray(cv2.GaussianBlur(mask, (0, 0), FEATHER_PX), np.uint8)
