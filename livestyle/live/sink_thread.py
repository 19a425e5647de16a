"""The thread that writes to one sink, so that a slow sink slows nothing else."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Condition, Thread

from livestyle.errors import SinkError
from livestyle.frame import Image
from livestyle.live.message import Picture, Written
from livestyle.live.shape import letterboxed
from livestyle.log import see_log
from livestyle.sinks.sink import FrameSink
from livestyle.sound import Sound
from livestyle.timeline import Cue

log = logging.getLogger(__name__)

MOST_OWN = 16
"""Pictures of the source that may wait for a sink that wants them all: an encoder takes some longer than others."""
MOST_SOUNDS = 2000
"""Pieces of sound that may wait for a sink: some seconds. One that takes longer to write a picture loses the oldest."""

OnEnd = Callable[[SinkError | None, Written], None]
"""Told once, in the sink's thread, when it is closed: with the error, or with None; and what was written."""


class SinkThread:
    """Hands pictures, and sound, to a sink as it wants them, in a thread of its own, until finished or the sink fails.

    Args:
        sink: Where their frames go; opened and closed in this thread.
        on_end: Told how it ended.
        clock: Monotonic seconds.
    """

    def __init__(self, sink: FrameSink, on_end: OnEnd, clock: Callable[[], float] = time.perf_counter) -> None:
        self._sink = sink
        self._on_end = on_end
        self._clock = clock
        self._last_s = float("-inf")
        self._fitted: tuple[Image, Image] | None = None
        """The picture written last, as it came and at the size the sink wants."""
        self._thread = Thread(target=self._run, name="livestyle sink", daemon=True)
        # Guards what follows.
        self._changed = Condition()
        self._pictures: deque[Picture] = deque(maxlen=MOST_OWN if sink.wants.own else 1)
        self._cues: deque[Cue] = deque()
        self._sounds: deque[Sound] = deque(maxlen=MOST_SOUNDS)
        self._is_finished = False

    def start(self) -> None:
        """Opens the sink and starts to write."""
        self._thread.start()

    def put(self, picture: Picture) -> None:
        """Hands over a picture, in place of one that still waits, or of the oldest of several; never waits."""
        with self._changed:
            if not self._is_finished:
                self._pictures.append(picture)
                self._changed.notify()

    def note(self, *cues: Cue) -> None:
        """Hands over what is set, if the sink wants to know; never waits."""
        with self._changed:
            if self._sink.wants.own and not self._is_finished:
                self._cues += cues
                self._changed.notify()

    def hear(self, sound: Sound) -> None:
        """Hands over sound, if the sink wants any; never waits."""
        with self._changed:
            if self._sink.wants.sound and not self._is_finished:
                self._sounds.append(sound)
                self._changed.notify()

    def finish(self) -> None:
        """Makes the sink be closed once what was handed over is written; doesn't wait for it."""
        with self._changed:
            self._is_finished = True
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        """Waits for the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failure: SinkError | None = None
        written = Written()
        try:
            with self._sink:
                for picture in self._evenly() if self._sink.wants.rate_fps else self._as_they_come():
                    written = written.plus(picture)
        except SinkError as error:
            failure = error
        except Exception:
            log.exception("Writing failed")
            failure = SinkError(see_log("Writing failed"))
        self.finish()
        self._on_end(failure, written)

    def _as_they_come(self) -> Iterator[Picture]:
        """Writes every picture; yields those that are written."""
        while True:
            picture, is_finished = self._take()
            # A photo and its painting, shown one after the other, have the same time; a sink wants rising ones.
            if picture is not None and picture.frame.time_s > self._last_s:
                self._write(picture, picture.frame.time_s)
                yield picture
            if is_finished:
                return

    def _evenly(self) -> Iterator[Picture]:
        """Writes the newest picture at even times, the same one again where there is no newer; yields new ones."""
        rate_fps = self._sink.wants.rate_fps
        assert rate_fps is not None
        shown: Picture | None = None
        due_s = written_s = self._clock()
        while True:
            picture, is_finished = self._take(None if shown is None else due_s)
            if is_finished:
                return
            now_s = self._clock()
            newest = picture or shown
            assert newest is not None
            if newest is not shown and newest.frame.time_s > self._last_s:
                time_s = newest.frame.time_s
            else:
                time_s = self._last_s + max(now_s - written_s, 0.5 / rate_fps)
            is_new, shown, written_s = newest is not shown, newest, now_s
            self._write(newest, time_s)
            if is_new:
                yield newest
            due_s = now_s if due_s + 1 / rate_fps < now_s else due_s + 1 / rate_fps

    def _take(self, until_s: float | None = None) -> tuple[Picture | None, bool]:
        """Waits for a picture, or until a time, and hands on the sound and the cues that come meanwhile.

        Args:
            until_s: When to stop waiting for another picture, even if one is there; None to take the first.

        Returns:
            The picture, if one has come, and whether it is the end.
        """
        while True:
            with self._changed:
                has_come = self._sounds or self._cues or self._is_finished or (until_s is None and self._pictures)
                if not has_come:
                    self._changed.wait(None if until_s is None else max(0.0, until_s - self._clock()))
                sounds, cues, is_finished = list(self._sounds), list(self._cues), self._is_finished
                self._sounds.clear()
                self._cues.clear()
                is_due = until_s is None or self._clock() >= until_s
                picture = None
                if self._pictures and (is_due or is_finished):
                    picture = self._pictures.popleft()
                is_finished = is_finished and not self._pictures
            for cue in cues:
                self._sink.note(cue)
            for sound in sounds:
                self._sink.hear(sound)
            if is_finished or (is_due and (picture is not None or until_s is not None)):
                return picture, is_finished

    def _write(self, picture: Picture, time_s: float) -> None:
        self._last_s = time_s
        frame, size_hw = picture.frame, self._sink.wants.size_hw
        if self._fitted is None or self._fitted[0] is not frame.image:
            self._fitted = frame.image, frame.image if size_hw is None else letterboxed(frame.image, size_hw)
        self._sink.write(replace(frame, image=self._fitted[1], time_s=time_s))
