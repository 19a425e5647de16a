"""How styles look, by the palettes of their previews: what puts those that look alike side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Appearance:
    """The mean colour of a picture, in CIE Lab.

    Attributes:
        lightness: 0 to 100.
        chroma: How far from grey.
        hue_deg: -180 to 180, red at about 30, yellow at 90.
    """

    lightness: float
    chroma: float
    hue_deg: float

    @property
    def palette(self) -> Palette:
        """The group that it belongs to."""
        if self.chroma < QUIET_CHROMA:
            return Palette.QUIET
        low, high = WARM_DEG
        return Palette.WARM if low <= self.hue_deg < high else Palette.COOL


def appearance_of(style: Style) -> Appearance | None:
    """How a style looks on its card; None for one without a preview that can be read."""
    return _appearance_of(style.preview) if style.preview else None


@lru_cache(maxsize=2048)
def _appearance_of(preview: bytes) -> Appearance | None:
    import cv2  # here, for the window is to be there before it

    # An eighth is decoded at an eighth of the cost.
    small = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    if small is None:
        return None
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab).reshape(-1, 3)
    lightness, a, b = (float(mean) for mean in lab.mean(axis=0))
    return Appearance(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)))


def by_look(styles: Iterable[Style]) -> list[Style]:
    """Styles in the order of their hues, from red over yellow, green and blue to purple, the quiet ones last.

    Those of which nothing is known come after all others, in the order that they had.
    """
    return sorted(styles, key=lambda style: _place(appearance_of(style)))


def _place(look: Appearance | None) -> tuple[int, float]:
    if look is None:
        return 2, 0.0
    if look.palette is Palette.QUIET:
        return 1, look.lightness
    return 0, (look.hue_deg - WARM_DEG[0]) % 360
