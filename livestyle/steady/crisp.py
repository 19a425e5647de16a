"""Gives an average of paintings back the sharpness of a single one."""

from __future__ import annotations

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.steady.flow import Map

AREA_PX = 32
"""Sharpness is compared in squares of this side."""
MOST = 2.0
"""How much more contrast fine detail may get."""


def crisp(average: Map, painting: Image) -> Image:
    """Raises the fine detail of an average to the strength it has in the painting it is of.

    Strokes that do not lie exactly upon each other fade when they are averaged. What is left of them is what they have
    in common, so that raising it brings back their strength but not their flicker.

    Args:
        average: RGB (H, W, 3), 0 to 255.
        painting: RGB uint8 (H, W, 3).
    """
    height, width = painting.shape[:2]
    areas = max(1, width // AREA_PX), max(1, height // AREA_PX)
    there = _detail(painting, areas)
    left = _detail(average, areas)
    more = np.clip(np.sqrt((there + 1) / (left + 1)) - 1, 0, MOST - 1)
    more = cv2.resize(more, (width, height), interpolation=cv2.INTER_LINEAR)
    fine = average - cv2.blur(average, (3, 3))
    return np.asarray(cv2.add(average, fine * more[..., None], dtype=cv2.CV_8U), np.uint8)


def _detail(picture: Image | Map, areas: tuple[int, int]) -> Map:
    fine = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F)
    return np.asarray(cv2.resize(fine * fine, areas, interpolation=cv2.INTER_AREA), np.float32)
