"""How a picture has moved since another, and pictures moved along."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image

Map = npt.NDArray[np.float32]
"""Numbers over a picture: float32 (h, w) or (h, w, channels)."""

LEAST_PX = 32
"""OpenCV's search crashes on pictures below 16 px, and finds nothing of use a little above."""

Pixel = TypeVar("Pixel", np.uint8, np.float32)


class Flow:
    """Finds motions by dense inverse search (Kroeger et al. 2016, 1603.03590).

    Args:
        finest_scale: Down to which size: 0 the pictures' own, 1 half of it.
    """

    def __init__(self, finest_scale: int = 1) -> None:
        # Between the presets: patches as dense as in FAST, down to half of the pictures' size as in MEDIUM, and without
        # the variational refinement, which costs half as much again and brings no steadier paintings.
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._search.setFinestScale(finest_scale)

    def back(self, newest: Image, before: Image, start: Map | None = None) -> Map:
        """Where each pixel of a picture was in an earlier one.

        Args:
            newest: RGB uint8 (h, w, 3).
            before: The same.
            start: A flow (h, w, 2) that is nearly right already, such as the one between the picture before this and
                the same earlier one.

        Returns:
            (h, w, 2) in px, x then y: what to add to a pixel's place.
        """
        # Without a start OpenCV may begin with what is in the memory that it is given; and it writes over the start.
        flow = np.zeros((*newest.shape[:2], 2), np.float32) if start is None else start.copy()
        if min(newest.shape[:2]) < LEAST_PX:
            return flow
        grey, grey_before = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (newest, before))
        return np.asarray(self._search.calc(grey, grey_before, flow), np.float32)


@lru_cache(maxsize=4)
def places(height: int, width: int) -> Map:
    """The place of each pixel, (height, width, 2), x then y. Not to be written to."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    grid: Map = np.stack([x, y], axis=2)
    grid.setflags(write=False)
    return grid


def picked(picture: npt.NDArray[Pixel], from_px: Map, interpolation: int = cv2.INTER_CUBIC) -> npt.NDArray[Pixel]:
    """A picture put together from places in another: its values at (h, w, 2), x then y."""
    return _remapped(picture, from_px[..., 0], from_px[..., 1], interpolation)


def warped(picture: npt.NDArray[Pixel], flow: Map, interpolation: int = cv2.INTER_CUBIC) -> npt.NDArray[Pixel]:
    """A picture moved along a flow of any size: each pixel comes from where the flow says it was.

    Cubic, as a linear one takes 5 to 26 % of a painting's sharpness, and a picture that is moved on with every frame
    would melt.
    """
    height, width = picture.shape[:2]
    flow_x, flow_y = (
        cv2.resize(part * np.float32(scale), (width, height), interpolation=cv2.INTER_LINEAR)
        for part, scale in zip(cv2.split(flow), (width / flow.shape[1], height / flow.shape[0]), strict=True)
    )
    from_x = np.add(flow_x, np.arange(width), dtype=np.float32)
    from_y = np.add(flow_y, np.arange(height)[:, None], dtype=np.float32)
    return _remapped(picture, from_x, from_y, interpolation)


def _remapped(picture: npt.NDArray[Pixel], from_x: Map, from_y: Map, interpolation: int) -> npt.NDArray[Pixel]:
    # Two maps: with x and y in one, OpenCV 5.0.0 makes garbage of bytes under INTER_LINEAR.
    moved = cv2.remap(picture, from_x, from_y, interpolation, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, picture.dtype)
