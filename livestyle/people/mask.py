"""The people in a picture as a mask: steady from frame to frame, its edge where the photo's is, and soft."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image, Mask
from livestyle.people.finder import LOOKED_AT_HW, Find, Shares
from livestyle.steady.change import shrunk
from livestyle.steady.flow import Map

LEAST_NEW = 0.25
"""The share of the new in each frame where nothing changes: the network's doubts flicker, and their mean does not."""
SAME, OTHER = 6.0, 24.0
"""Differences in steps of 255 up to which a place shows the same, and from which something else."""
WINDOW_PX = 5
"""They are averaged over squares of this side."""
CUT = 40.0
"""From this difference, in the mean over the picture, it is another scene."""
RADIUS_PX = 2
"""How far around itself each place looks for the photo's edges, in px of the small picture."""
SMOOTHNESS = 1e-3
"""Variance of the photo's grey, of 1, below which it has no edge."""
STEEPNESS = 1.6
"""How much steeper than the network's doubts the mask's edge is."""


class _Memory:
    """What was found before, for what is found next."""

    def __init__(self) -> None:
        self._shares: Shares | None = None
        self._seen: Map | None = None
        """Greys of photos, averaged in step with the shares, so that what a mean would smear shows as a difference."""

    def steadied(self, grey: Map, found: Shares) -> Shares:
        if self._shares is None or self._seen is None:
            self._shares, self._seen = found, grey
            return found
        change = cv2.blur(cv2.absdiff(grey, self._seen), (WINDOW_PX, WINDOW_PX))
        new = np.clip((change - SAME) / np.float32(OTHER - SAME), LEAST_NEW, 1)
        if change.mean() > CUT:
            new[:] = 1
        self._shares = np.asarray(self._shares + new * (found - self._shares), np.float32)
        self._seen = np.asarray(self._seen + new * (grey - self._seen), np.float32)
        return self._shares


class PeopleMask:
    """Finds the people in the frames of a moving picture, one after the other.

    Args:
        find: What finds them.
    """

    def __init__(self, find: Find) -> None:
        self._find = find
        self._memory = _Memory()
        self._next_memory: _Memory | None = None

    def of(self, photo: Image) -> Mask:
        """The mask of a photo.

        Args:
            photo: RGB uint8 (H, W, 3).

        Returns:
            uint8 (H, W): 255 where a person is.
        """
        # One halving after the other, then the rest: as good as a mean over areas, at a fifth of its time.
        halved = shrunk(photo, LOOKED_AT_HW[0])
        small = np.asarray(cv2.resize(halved, LOOKED_AT_HW[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)
        found = self._find(small)
        if self._next_memory is not None:
            self._next_memory.steadied(grey, found)
        return refined(self._memory.steadied(grey, found), grey, photo)

    def renew(self) -> None:
        """From now on nothing counts of what was seen before the call before this one."""
        self._memory, self._next_memory = self._next_memory or self._memory, _Memory()

    def forget(self) -> None:
        """Forgets the frames before: the next one has nothing to do with them."""
        self._memory, self._next_memory = _Memory(), None


def refined(shares: Shares, grey: Map, photo: Image) -> Mask:
    """Shares brought to the size of the photo, their edges to its edges, by a guided filter.

    Its coefficients are those of the small picture, as in the fast guided filter (He & Sun, 1505.00996).

    Args:
        shares: (h, w).
        grey: The photo's grey, (h, w), in steps of 255.
        photo: RGB uint8 (H, W, 3).

    Returns:
        uint8 (H, W).
    """
    grey = grey / np.float32(255)
    grey_mean, mean = _means(grey), _means(shares)
    variance = _means(grey * grey) - grey_mean * grey_mean
    slope = (_means(grey * shares) - grey_mean * mean) / (variance + np.float32(SMOOTHNESS))
    slopes, offsets = _means(slope), _means(mean - slope * grey_mean)
    # Steeper around the middle, and in steps of 255: all in the small picture, where it costs nothing.
    slopes *= np.float32(STEEPNESS)
    offsets = 255 * (offsets * np.float32(STEEPNESS) + np.float32((1 - STEEPNESS) / 2))
    photo_grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    sloped = cv2.multiply(_enlarged(slopes, photo), photo_grey, dtype=cv2.CV_32F)
    return np.asarray(cv2.add(sloped, _enlarged(offsets, photo), dtype=cv2.CV_8U), np.uint8)


def _means(values: npt.NDArray[np.floating[Any]]) -> Map:
    side = 2 * RADIUS_PX + 1
    return np.asarray(cv2.blur(values, (side, side)), np.float32)


def _enlarged(values: Map, photo: Image) -> Map:
    return np.asarray(cv2.resize(values, (photo.shape[1], photo.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
