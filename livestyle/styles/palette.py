"""Which colours styles have, by their previews."""

from __future__ import annotations

import math
from enum import StrEnum
from functools import lru_cache

import numpy as np

from livestyle.styles.file import Style

QUIET_CHROMA = 8.0
"""A mean chroma (CIE Lab) below this is no colour that one would call a picture after."""
WARM_DEG = (-20.0, 105.0)
"""Hues from crimson over red to yellow; the others are green, blue and purple."""


class Palette(StrEnum):
    """The groups of styles by their colours."""

    WARM = "warm"
    COOL = "cool"
    QUIET = "quiet"


def palette_of(style: Style) -> Palette | None:
    """The group of a style, by the mean colour of its card; None for one without a preview that can be read."""
    return _palette_of(style.preview) if style.preview else None


@lru_cache(maxsize=2048)
def _palette_of(preview: bytes) -> Palette | None:
    import cv2  # here, for the window is to be there before it

    # An eighth is decoded at an eighth of the cost.
    small = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    if small is None:
        return None
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab).reshape(-1, 3)
    _, a, b = (float(mean) for mean in lab.mean(axis=0))
    if math.hypot(a, b) < QUIET_CHROMA:
        return Palette.QUIET
    low, high = WARM_DEG
    return Palette.WARM if low <= math.degrees(math.atan2(b, a)) < high else Palette.COOL
