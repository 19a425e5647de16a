"""How a picture has moved since another, and pictures moved along."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image

Map = npt.NDArray[np.float32]
"""Numbers over a picture: float32 (h, w) or (h, w, channels)."""

LEAST_PX = 32
"""OpenCV's search crashes on pictures below 16 px, and finds nothing of use a little above."""

_NO_MAP = np.empty(0, np.float32)
"""x and y come in one array."""


class Flow:
    """Finds motions by dense inverse search (Kroeger et al. 2016, 1603.03590)."""

    def __init__(self) -> None:
        # Between the presets: patches as dense as in FAST, down to half of the pictures' size as in MEDIUM, and without
        # the variational refinement, which costs half as much again and brings no steadier paintings.
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._search.setFinestScale(1)

    def back(self, newest: Image, before: Image) -> Map:
        """Where each pixel of a picture was in an earlier one.

        Args:
            newest: RGB uint8 (h, w, 3).
            before: The same.

        Returns:
            (h, w, 2) in px, x then y: what to add to a pixel's place.
        """
        start = np.zeros((*newest.shape[:2], 2), np.float32)
        if min(newest.shape[:2]) < LEAST_PX:
            return start
        grey, grey_before = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (newest, before))
        # Without a start OpenCV may begin with what is in the memory that it is given.
        return np.asarray(self._search.calc(grey, grey_before, start), np.float32)


@lru_cache(maxsize=4)
def places(height: int, width: int) -> Map:
    """The place of each pixel, (height, width, 2), x then y. Not to be written to."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    grid: Map = np.stack([x, y], axis=2)
    grid.setflags(write=False)
    return grid


def picked(picture: npt.NDArray[Any], from_px: Map, interpolation: int = cv2.INTER_CUBIC) -> npt.NDArray[Any]:
    """A picture put together from places in another: its values at (h, w, 2), x then y."""
    return np.asarray(cv2.remap(picture, from_px, _NO_MAP, interpolation, borderMode=cv2.BORDER_REPLICATE))


def warped(picture: Map, flow: Map) -> Map:
    """A picture moved along a flow of any size: each pixel comes from where the flow says it was.

    Cubic, as a picture that is moved on with every frame would melt under a linear one.
    """
    height, width = picture.shape[:2]
    scaled = cv2.transform(flow, np.diag([width / flow.shape[1], height / flow.shape[0]]))
    from_px = cv2.add(places(height, width), cv2.resize(scaled, (width, height), interpolation=cv2.INTER_LINEAR))
    return picked(picture, np.asarray(from_px, np.float32))
