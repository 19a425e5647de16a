"""Gives an average of paintings back the sharpness of a single one."""

from __future__ import annotations

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.steady.blocks import block_means
from livestyle.steady.flow import Map

AREA_PX = 32
"""Sharpness is compared in squares of this side."""
MOST = 2.0
"""How many times its contrast fine detail may get."""
FINE_SHARE = 0.8
"""How much of what the Laplacian sees lies in the finest grain, which is what is raised: measured on paintings."""


def crisp(average: Map, painting: Image) -> Image:
    """Raises the fine detail of an average to the strength it has in the painting it is of.

    Strokes that do not lie exactly upon each other fade when they are averaged. What is left of them is what they have
    in common, so that raising it brings back their strength but not their flicker.

    Args:
        average: RGB (H, W, 3), 0 to 255.
        painting: RGB uint8 (H, W, 3).
    """
    height, width = painting.shape[:2]
    more = (np.sqrt((_detail(painting) + 1) / (_detail(average) + 1)) - 1) / FINE_SHARE
    more = cv2.resize(np.clip(more, 0, MOST - 1), (width, height), interpolation=cv2.INTER_LINEAR)
    raised = cv2.blendLinear(average, cv2.blur(average, (3, 3)), 1 + more, -more)
    return np.asarray(cv2.addWeighted(raised, 1, raised, 0, 0, dtype=cv2.CV_8U), np.uint8)


def _detail(picture: Image | Map) -> Map:
    fine = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F)
    return block_means(np.asarray(cv2.multiply(fine, fine), np.float32), AREA_PX)
