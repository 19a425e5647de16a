"""Means over the squares of a picture."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt


def block_means(values: npt.NDArray[Any], side_px: int) -> npt.NDArray[Any]:
    """The mean in each square of a grid over (H, W): (H // side_px, W // side_px), at least (1, 1).

    What is left over at the right and at the bottom does not count. OpenCV is ten times as fast without it.
    """
    height, width = (max(side_px, side // side_px * side_px) for side in values.shape[:2])
    rows, columns = height // side_px, width // side_px
    return np.asarray(cv2.resize(values[:height, :width], (columns, rows), interpolation=cv2.INTER_AREA))
