"""A frame: what flows from a source to a sink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""RGB, uint8, (H, W, 3). RGB everywhere inside livestyle; OpenCV's BGR ends at the edge."""

Alpha = npt.NDArray[np.uint8]
"""How opaque a picture is, 0 to 255: (H, W)."""

Mask = npt.NDArray[np.uint8]
"""(H, W): 255 is inside, 0 is outside, between them both are blended."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a moving picture.

    Attributes:
        image: RGB uint8 (H, W, 3). Treat it as read-only: the next stage may still be looking at it.
        time_s: When the picture was taken, in seconds since its source was opened.
        index: Its number in its source, from 0; a gap means that frames were dropped.
    """

    image: Image
    time_s: float
    index: int

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.image.shape[1])
