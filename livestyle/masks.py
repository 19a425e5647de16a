"""Masks that are small enough to be kept as a text: in settings, in scenes and in timelines."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import lru_cache

import numpy as np

from livestyle.frame import Mask

FEATHER_PX = 2.0
"""How soft the edge of what was brushed is, as the sigma of a Gaussian, in px of the small mask."""
ADDRESS = "data:image/png;base64,"
"""What the text of a mask begins with where a picture's path may stand as well: it is its address, as on web pages."""


def as_text(mask: Mask) -> str:
    """A mask as a text; empty for one that is black all over."""
    import cv2

    if not mask.any():
        return ""
    return b64encode(cv2.imencode(".png", mask)[1].tobytes()).decode("ascii")


def from_text(text: str) -> Mask | None:
    """The mask of a text, with or without `ADDRESS`; None for none, and for a text that holds none."""
    if not text:
        return None
    import cv2

    try:
        content = np.frombuffer(b64decode(text.removeprefix(ADDRESS), validate=True), np.uint8)
    except ValueError:
        return None
    mask = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    return None if mask is None else np.asarray(mask, np.uint8)


def as_address(mask: Mask | None) -> str:
    """A mask as a text that no path is like; empty for none, and for one that is black all over."""
    text = "" if mask is None else as_text(mask)
    return f"{ADDRESS}{text}" if text else ""


@lru_cache(maxsize=8)
def feathered(text: str) -> Mask | None:
    """The same with a soft edge: the same array for the same text, as the show remembers what it has stretched."""
    mask = from_text(text)
    if mask is None:
        return None
    import cv2

    return np.asarray(cv2.GaussianBlur(mask, (0, 0), FEATHER_PX), np.uint8)
