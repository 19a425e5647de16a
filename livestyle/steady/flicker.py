"""The flicker meter: how much a painting changes from one frame to the next where its photo only moves."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image
from livestyle.steady.change import difference, shrunk
from livestyle.steady.flow import Flow, Map, picked, places

COMPARISONS = 5
"""The reading is of the time of so many comparisons."""
EVERY_S = 0.2
"""Two frames in a row are compared this often on average; nobody sees the difference to comparing all."""
GOLDEN = (math.sqrt(5) - 1) / 2
"""Its multiples fall into 0..1 evenly and never in step with anything."""
APART_S = 0.5
"""Frames further apart than this have too little in common."""
SAMPLED_LINES = 90
"""Of a picture this many lines, and of these as many pixels, are compared: 14,000 say what 200,000 would."""
AGREE_PX, AGREE_SHARE = 0.25, 0.05
"""How far a flow and the one back may disagree: in px of the small pictures, and as a share of the motion more."""
FOLLOWED_SHARE = 0.3
"""If less of the picture than this can be followed it is another scene, which says nothing about flicker."""


@dataclass(frozen=True, slots=True)
class Flicker:
    """How still a painting holds.

    Attributes:
        painting_steps: RMS change of the painting from frame to frame beyond the motion, in steps of 255. As a rule of
            thumb, below 3 it looks still, and above 10 it boils.
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
    """Measures the flicker of the last moments from now and then two frames in a row.

    Warping error under dense flow, forward-backward checked (Lai et al. 2018, 1808.00449), at single pixels of the full
    size, as a smaller picture would have less flicker. The frames between cost nothing.

    Args:
        every_s: How often on average.
    """

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._flow = Flow()
        self._sums: deque[_Sums] = deque()
        self._before: tuple[Image, Image] | None = None
        self._last_s = -math.inf
        self._due_s = -math.inf
        self._comparisons = 0

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
        while self._sums and self._sums[0].time_s < time_s - COMPARISONS * self._every_s:
            self._sums.popleft()
        before, self._before = self._before, None
        if before is not None and before[0].shape == photo.shape and before[1].shape == painting.shape:
            sums = self._compare(before, (photo, painting), time_s)
            if sums is not None:
                self._sums.append(sums)
        elif time_s >= self._due_s:
            self._before = photo, painting
            # At uneven times: of a clip at 24 fps that is played at 30 every fifth frame is a repeated one, and even
            # times would hit all of those, or none.
            self._comparisons += 1
            self._due_s = time_s + self._every_s * (0.5 + self._comparisons * GOLDEN % 1)

    @property
    def reading(self) -> Flicker | None:
        """Of the last moments; None if there was nothing to measure."""
        if not self._sums:
            return None
        painting, photo, painting_detail, photo_detail = (
            math.sqrt(sum(getattr(sums, name) for sums in self._sums) / len(self._sums))
            for name in ("painting", "photo", "painting_detail", "photo_detail")
        )
        return Flicker(painting, photo, painting_detail / max(photo_detail, 1.0))

    def _compare(self, before: tuple[Image, Image], now: tuple[Image, Image], time_s: float) -> _Sums | None:
        small, small_before = shrunk(now[0]), shrunk(before[0])
        back, forth = self._flow.back(small, small_before), self._flow.back(small_before, small)
        step = max(1, min(small.shape[:2]) // SAMPLED_LINES)
        sampled = np.s_[step // 2 :: step, step // 2 :: step]
        here, motion = places(*small.shape[:2])[sampled], back[sampled]
        gap = motion + picked(forth, here + motion, cv2.INTER_LINEAR)
        agrees = _length(gap) < AGREE_PX + AGREE_SHARE * _length(motion)

        scale = now[0].shape[1] / small.shape[1], now[0].shape[0] / small.shape[0]
        at = np.floor(here * scale)
        from_px = (at + motion * scale).astype(np.float32)
        columns, rows = at[0, :, 0].astype(int), at[:, 0, 1].astype(int)
        inside = (from_px[..., 0] >= 1) & (from_px[..., 0] <= now[0].shape[1] - 2)
        inside &= (from_px[..., 1] >= 1) & (from_px[..., 1] <= now[0].shape[0] - 2)
        chosen = agrees & inside
        if chosen.mean() < FOLLOWED_SHARE:
            return None
        photo, painting = (
            _mean_square(picked(old, from_px), new[np.ix_(rows, columns)], chosen)
            for old, new in zip(before, now, strict=True)
        )
        return _Sums(time_s, painting, photo, _detail(now[1]), _detail(now[0]))


def _length(vectors: Map) -> Map:
    return np.hypot(vectors[..., 0], vectors[..., 1])


def _mean_square(picture: Image, other: Image, chosen: npt.NDArray[np.bool_]) -> float:
    change = difference(picture, other)[chosen]
    return float(np.mean(change * change))


def _detail(picture: Image) -> float:
    fine = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_16S)
    return float(cv2.norm(fine, cv2.NORM_L2SQR)) / fine.size
