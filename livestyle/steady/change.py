"""Where a picture shows something else than before, told apart from its noise."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image
from livestyle.steady.blocks import block_means
from livestyle.steady.flow import Map

LINES = 160
"""Pictures are compared at a short side of this to twice this: there is less noise in them, and all is cheap."""
WINDOW_PX = 5
"""Differences are averaged over squares of this side."""
BLOCK_PX = 8
"""The noise is measured in squares of this side."""
QUIET = 0.35
"""This share of the squares is taken to stand still. If they do not all, the noise is measured in the emptiest."""
LEAST_NOISE, FIRST_NOISE, MOST_NOISE = 0.6, 2.0, 5.0
"""Noise in steps of 255: rounding alone makes the least, more than the most is none, and to begin with, when nobody
knows whether the camera stands still, no more than the first is believed."""
LEVELS = np.linspace(0, 255, 18)
"""The brightnesses for which it is kept."""
BANDS = 4
"""The noise is measured in so many parts of the picture, from its darkest to its brightest."""
UNEVEN = 6.0
"""How much more or less energy it may have in one of them: more is something that moves there."""
FOLLOW_UP, FOLLOW_DOWN = 0.03, 0.15
"""How fast a new estimate is followed. Slowly up, as that may be the camera moving instead, or a cut."""
CLOSED, OPEN = 1.8, 5.0
"""The novelty up to which nothing, and from which all is new. Between a picture and the average of many, noise alone
makes 0.6, and as a poor webcam compresses it up to 2."""
UNSURE = 0.2
"""Novelties that differ by less say nothing about motion."""


def shrunk_hw(height: int, width: int, lines: int = LINES) -> tuple[int, int]:
    """The size at which pictures are compared: halved until the short side is below twice `lines`."""
    times = max(0, math.floor(math.log2(min(height, width) / lines)))
    return height >> times, width >> times


def shrunk(picture: Image, lines: int = LINES) -> Image:
    """A picture at the size at which pictures are compared, see `shrunk_hw`."""
    height, width = picture.shape[:2]
    small_hw = shrunk_hw(height, width, lines)
    # One halving after the other: OpenCV does that four times as fast as all at once.
    while picture.shape[:2] != small_hw:
        half = picture.shape[1] >> 1, picture.shape[0] >> 1
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    return picture


def difference(picture: Image, other: Image | Map) -> Map:
    """The first less the second, (h, w, 3)."""
    return np.asarray(cv2.subtract(picture, other, dtype=cv2.CV_32F), np.float32)


def energy(change: Map) -> Map:
    """The mean square over the channels: (h, w, 3) -> (h, w)."""
    return np.asarray(cv2.transform(cv2.multiply(change, change), np.full((1, 3), 1 / 3)), np.float32)


class Noise:
    """The noise of a camera at each brightness, learnt from the quietest parts of its pictures."""

    def __init__(self) -> None:
        self._curve: npt.NDArray[np.float64] | None = None

    def learn(self, newest: Image, before: Image) -> Map:
        """Learns from two small pictures in a row.

        Returns:
            (h, w): the energy that noise makes in their difference.
        """
        height, width = newest.shape[:2]
        grey = block_means(np.asarray(cv2.cvtColor(newest, cv2.COLOR_RGB2GRAY)), BLOCK_PX)
        measured = _curve(grey, block_means(energy(difference(newest, before)), BLOCK_PX))
        if measured is not None:
            past = np.minimum(measured, 2 * FIRST_NOISE**2) if self._curve is None else self._curve
            self._curve = past + np.where(measured > past, FOLLOW_UP, FOLLOW_DOWN) * (measured - past)
        curve = np.full(LEVELS.size, 2 * LEAST_NOISE**2) if self._curve is None else self._curve
        noise = np.interp(grey, LEVELS, curve).astype(np.float32)
        return np.asarray(cv2.resize(noise, (width, height)), np.float32)


def _curve(grey: npt.NDArray[Any], energies: npt.NDArray[Any]) -> npt.NDArray[np.float64] | None:
    """The noise at each of `LEVELS`, of the brightness and the energies of blocks; None if none of them changes."""
    # Where nothing at all changes there is no noise to measure: black bars, blown-out windows, a repeated frame.
    changes = energies > 0
    grey, energies = grey[changes], energies[changes]
    if not energies.size:
        return None
    least, most = 2 * LEAST_NOISE**2, 2 * MOST_NOISE**2
    overall = _quiet(energies)
    bands = [band for band in np.array_split(np.argsort(grey, kind="stable"), BANDS) if band.size]
    levels = [grey[band].mean() for band in bands]
    noises = [_quiet(energies[band]) for band in bands]
    even = np.clip(noises, overall / UNEVEN, overall * UNEVEN)
    curve: npt.NDArray[np.float64] = np.interp(LEVELS, levels, np.clip(even, least, most))
    return curve


def _quiet(energies: npt.NDArray[Any]) -> float:
    return float(np.sort(energies)[int(QUIET * energies.size)])


def novelty(newest: Image, past: Map, noise: Map) -> Map:
    """How much a picture differs from the past, over how much noise alone would make it differ from the last picture.

    Args:
        newest: RGB uint8 (h, w, 3), small.
        past: What it may continue, (h, w, 3).
        noise: (h, w), from `Noise`.

    Returns:
        (h, w), a ratio of energies.
    """
    return np.asarray(cv2.blur(energy(difference(newest, past)), (WINDOW_PX, WINDOW_PX)) / noise, np.float32)


def openness(novelties: Map) -> Map:
    """How surely each place shows something else: 0 the same, 1 new."""
    return np.asarray(np.clip((novelties - CLOSED) / (OPEN - CLOSED), 0, 1), np.float32)


def motion(still: Map, moved: Map) -> Map:
    """How surely each place has moved with the flow rather than stood still: 0 still, 1 moved.

    Where both explain the picture it has stood still, so that the flow, which has to be smooth, drags nothing along.

    Args:
        still: The novelty (h, w) against the past as it was.
        moved: The same against the past moved along the flow.
    """
    return np.asarray(np.clip((still - moved - UNSURE) / UNSURE, 0, 1), np.float32)
