"""The stage that shows more than is painted: it lets the camera's frames wait for their paintings, and moves those."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from livestyle.frame import Frame, Image
from livestyle.live.decisions import Rate, frames_a_painting, shown_every
from livestyle.live.inbetween import InBetween
from livestyle.live.message import Picture
from livestyle.live.shape import prepared

PAINTINGS = 9
PAINTINGS_LEAST = 5
MOVED_AGAIN_AFTER = 300
"""After so many paintings it is tried again whether moving has become fast enough."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A painting on its way to be shown.

    Attributes:
        frame: The painting, with time and index of the camera's frame.
        photo: What it is of, RGB uint8 of the same size.
        source: The same as the source gave it.
        mirror: Whether the photo was mirrored.
        took_s: How long it took.
    """

    frame: Frame
    photo: Image
    source: Image
    mirror: bool
    took_s: float


class BetweenStage:
    """Shows every frame of the camera, moving the newest painting along. Used from one thread.

    The frame shown is that of k frames ago, where a frame is painted within k frames' time: its own painting is there
    by then, or one that is a few frames older, and moving a painting that little hardly shows. No clock is needed: the
    frames that come in push others out. Where every frame can be painted, or the flow loses the photos (k = 1), nothing
    is moved, and paintings are shown as they come.

    Args:
        clock: Monotonic seconds: moving is timed.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._inbetween = InBetween()
        self._rate = Rate()
        self._took_s: deque[float] = deque(maxlen=PAINTINGS)
        self._moving_s: deque[float] = deque(maxlen=PAINTINGS)
        self._unmoved = 0
        self._k, self._every = 1, 1
        self._newest = -1
        self._waiting: deque[Frame] = deque()
        self._paintings: deque[Painted] = deque()
        self._key: Painted | None = None

    def see(self, frame: Frame) -> None:
        """Takes a frame of the camera, which may be shown later."""
        self._newest = frame.index
        self._rate.add(frame.time_s)
        if self._k > 1 and frame.index % self._every == 0:
            self._waiting.append(frame)

    def add(self, painted: Painted) -> None:
        """Takes a painting of a frame seen before."""
        self._paintings.append(painted)
        self._took_s.append(painted.took_s)
        self._unmoved = self._unmoved + 1 if self._k == 1 else 0
        if self._unmoved == MOVED_AGAIN_AFTER:
            self._moving_s.clear()
        source_fps = self._rate.fps(painted.frame.time_s)
        if len(self._took_s) < PAINTINGS_LEAST or source_fps == 0:
            return
        self._every = shown_every(source_fps)
        moving_s = median(self._moving_s) if len(self._moving_s) >= PAINTINGS_LEAST else 0.0
        shown_fps, is_lost = source_fps / self._every, self._inbetween.is_lost
        k = frames_a_painting(self._k, median(self._took_s), shown_fps, moving_s, is_lost=is_lost)
        if k != self._k:
            self._k = k
            self._took_s.clear()

    def due(self) -> Picture | None:
        """What is to be shown now; None if that is on show already. What is too late for its turn is dropped."""
        if self._paintings:
            newest = self._paintings[-1]
            # Nothing came while it was painted, so nothing would push it out: the source has ended, or stands.
            if self._k == 1 or newest.frame.index == self._newest:
                return self._as_it_is(newest)
        frame = None
        while len(self._waiting) > self._k:
            frame = self._waiting.popleft()
        return None if frame is None else self._moved(frame)

    def forget(self) -> None:
        """Forgets frames and paintings: for a new source, and where nothing is painted any more."""
        self._inbetween.forget()
        self._rate = Rate()
        self._moving_s.clear()
        self._waiting.clear()
        self._paintings.clear()
        self._key = None

    def _as_it_is(self, painted: Painted) -> Picture:
        if self._inbetween.is_lost:
            self._inbetween.look(painted.photo)
        else:
            self._inbetween.forget()
        self._inbetween.begin(painted.photo, painted.frame.image)
        self._key = painted
        self._paintings.clear()
        while self._waiting and self._waiting[0].index <= painted.frame.index:
            self._waiting.popleft()
        return Picture(painted.frame, painted.photo, is_painted=True, source=painted.source, is_mirrored=painted.mirror)

    def _moved(self, frame: Frame) -> Picture | None:
        start_s = self._clock()
        ripe = None
        while self._paintings and self._paintings[0].frame.index <= frame.index:
            ripe = self._paintings.popleft()
        if ripe is not None:
            self._key = ripe
            self._inbetween.begin(ripe.photo, ripe.frame.image)
        key = self._key
        if key is None:
            return None
        age = frame.index - key.frame.index
        height, width = key.photo.shape[:2]
        photo = prepared(frame.image, (height, width), mirror=key.mirror) if age else key.photo
        image = self._inbetween.at(photo)
        if image is None:
            return None
        self._moving_s.append(self._clock() - start_s)
        moved = Frame(image, frame.time_s, frame.index)
        return Picture(moved, photo, is_painted=True, age=age, source=frame.image, is_mirrored=key.mirror)
