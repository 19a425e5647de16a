"""The flicker meter: how much a painting changes from one frame to the next where its photo only moves."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image
from livestyle.steady.change import shrunk
from livestyle.steady.flow import Flow, picked, places, resized

SPAN_S = 1.0
"""The reading is of this time."""
EVERY_S = 0.1
"""Two frames in a row are compared this often; nobody sees the difference to comparing all."""
APART_S = 0.5
"""Frames further apart than this have too little in common."""
SAMPLES_LINES = 90
"""Of a picture this many lines, and of these as many pixels, are compared: 14,000 say what 200,000 would."""
AGREE_PX = 0.25
"""How far a flow and the one back may disagree, in px of the small pictures, and a twentieth of the motion more."""
AGREE_SHARE = 0.3
"""Less of the picture than this can be followed: another scene, which says nothing about flicker."""


@dataclass(frozen=True, slots=True)
class Flicker:
    """How still a painting holds.

    Attributes:
        painting_steps: RMS change of the painting from frame to frame beyond the motion, in steps of 255. Below 3 it
            looks still, above 10 it boils.
        photo_steps: The same of the photo: its noise, and what the measuring itself gets wrong.
        sharpness: Fine detail of the painting over that of its photo, as an RMS of the Laplacian. Blur lowers flicker,
            and this with it.
    """

    painting_steps: float
    photo_steps: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class _Sums:
    """Mean squares of one comparison."""

    time_s: float
    painting: float
    photo: float
    painting_detail: float
    photo_detail: float


class FlickerMeter:
    """Measures the flicker of the last second from now and then two frames in a row.

    Warping error under dense flow, forward-backward checked (Lai et al. 2018, 1808.00449), at single pixels of the full
    size, as a smaller picture would have less flicker. About 3 ms for each comparison of 640 x 360 px, and nothing for
    the frames between.
    """

    def __init__(self) -> None:
        self._flow = Flow()
        self._sums: deque[_Sums] = deque()
        self._before: tuple[Image, Image] | None = None
        self._last_s = -math.inf
        self._due_s = -math.inf

    def reset(self) -> None:
        """Forgets everything: for a new source."""
        self._sums.clear()
        self._before, self._last_s, self._due_s = None, -math.inf, -math.inf

    def add(self, photo: Image, painting: Image, time_s: float) -> None:
        """Takes the next frame.

        Args:
            photo: RGB uint8 (H, W, 3). Must not be written to later.
            painting: RGB uint8 (H, W, 3), of this photo; the same.
            time_s: When it was taken. A step back starts the measuring anew.
        """
        if not 0 <= time_s - self._last_s <= APART_S:
            self._before = None
        if time_s < self._last_s:
            self.reset()
        self._last_s = time_s
        while self._sums and self._sums[0].time_s < time_s - SPAN_S:
            self._sums.popleft()
        before, self._before = self._before, None
        if before is not None and before[0].shape == photo.shape and before[1].shape == painting.shape:
            sums = self._compare(before, (photo, painting), time_s)
            if sums is not None:
                self._sums.append(sums)
        elif time_s >= self._due_s:
            self._before, self._due_s = (photo, painting), time_s + EVERY_S

    @property
    def reading(self) -> Flicker | None:
        """Of the last second; None if there was nothing to measure."""
        if not self._sums:
            return None
        painting, photo, painting_detail, photo_detail = (
            math.sqrt(sum(getattr(sums, name) for sums in self._sums) / len(self._sums))
            for name in ("painting", "photo", "painting_detail", "photo_detail")
        )
        return Flicker(painting, photo, painting_detail / max(photo_detail, 1.0))

    def _compare(self, before: tuple[Image, Image], now: tuple[Image, Image], time_s: float) -> _Sums | None:
        height, width = now[0].shape[:2]
        small, small_before = shrunk(now[0]), shrunk(before[0])
        back, forth = self._flow.back(small, small_before), self._flow.back(small_before, small)
        gap = np.linalg.norm(back + picked(forth, places(*small.shape[:2]) + back, cv2.INTER_LINEAR), axis=2)
        agrees = gap < AGREE_PX + 0.05 * np.linalg.norm(back, axis=2)
        step = max(1, min(height, width) // SAMPLES_LINES)
        from_px = (places(height, width) + resized(back, height, width))[::step, ::step]
        inside = ((from_px >= 1) & (from_px <= (width - 2, height - 2))).all(axis=2)
        chosen = inside & cv2.resize(agrees.astype(np.uint8), (width, height))[::step, ::step].astype(bool)
        if chosen.mean() < AGREE_SHARE:
            return None
        photo, painting = (
            _mean_square((picked(old, from_px), new[::step, ::step]), chosen)
            for old, new in zip(before, now, strict=True)
        )
        return _Sums(time_s, painting, photo, _detail(now[1]), _detail(now[0]))


def _mean_square(pair: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]], chosen: npt.NDArray[np.bool_]) -> float:
    difference = cv2.subtract(*pair, dtype=cv2.CV_32F)[chosen]
    return float(np.mean(difference * difference))


def _detail(picture: Image) -> float:
    fine = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_16S)
    return float(cv2.norm(fine, cv2.NORM_L2SQR)) / fine.size
