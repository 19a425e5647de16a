"""Where a picture shows something else than before, told apart from its noise."""

from __future__ import annotations

import math

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.steady.flow import Map

LINES = 160
"""Pictures are compared at a short side of this to twice this: there is less noise in them, and all is cheap."""
WINDOW_PX = 5
"""Differences are averaged over squares of this side."""
BLOCK_PX = 8
"""The noise is measured in squares of this side."""
QUIET = 0.35
"""This share of the squares is taken to stand still. If they do not all, the noise is measured in the emptiest."""
LEAST_NOISE, MOST_NOISE = 0.6, 5.0
"""Bounds of the noise in steps of 255: rounding alone makes the one, and more than the other is no noise."""
FOLLOW = 0.15
"""How fast a new estimate of the noise is followed."""
CLOSED, OPEN = 1.3, 4.0
"""Energy of a difference over that which noise makes between two pictures: up to here nothing, from here all is new.
Between a picture and the average of many, noise alone makes 0.55 with a spread of 0.15."""


def shrunk(picture: Image) -> Image:
    """A picture at the size at which pictures are compared: halved until its short side is below twice `LINES`."""
    height, width = picture.shape[:2]
    times = max(0, math.floor(math.log2(min(height, width) / LINES)))
    if not times:
        return picture
    return np.asarray(cv2.resize(picture, (width >> times, height >> times), interpolation=cv2.INTER_AREA), np.uint8)


def difference(picture: Image, other: Image | Map) -> Map:
    """The first less the second, (h, w, 3)."""
    return np.asarray(cv2.subtract(picture, other, dtype=cv2.CV_32F), np.float32)


def energy(change: Map) -> Map:
    """The mean square over the channels: (h, w, 3) -> (h, w)."""
    return np.asarray(cv2.transform(cv2.multiply(change, change), np.full((1, 3), 1 / 3)), np.float32)


class Noise:
    """The strength of a camera's noise, learnt from the quietest parts of its pictures."""

    def __init__(self) -> None:
        self._energy = 0.0

    def learn(self, newest: Image, before: Image) -> float:
        """Learns from two small pictures in a row; returns the energy of the noise in their difference."""
        height, width = (max(1, side // BLOCK_PX) for side in newest.shape[:2])
        blocks = cv2.resize(energy(difference(newest, before)), (width, height), interpolation=cv2.INTER_AREA)
        # Where nothing at all changes there is no noise to measure: black bars, blown-out windows, a repeated frame.
        blocks = blocks[blocks > 0]
        if blocks.size:
            measured = float(np.clip(np.quantile(blocks, QUIET), 2 * LEAST_NOISE**2, 2 * MOST_NOISE**2))
            self._energy += (FOLLOW if self._energy else 1.0) * (measured - self._energy)
        return self._energy or 2 * LEAST_NOISE**2


def openness(change: Map, noise: float | Map) -> Map:
    """How surely each place has changed.

    Args:
        change: The difference of a small picture and the past it may continue, (h, w, 3).
        noise: Energy to be expected without a change: one number or (h, w).

    Returns:
        (h, w): 0 the same, 1 something else.
    """
    window = (WINDOW_PX, WINDOW_PX)
    ratio = cv2.blur(energy(change), window) / np.float32(noise)
    return np.asarray(np.clip((ratio - CLOSED) / (OPEN - CLOSED), 0, 1), np.float32)
