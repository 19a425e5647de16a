"""What paints while the network changes: the one at hand, until the next one is ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

from livestyle.fade import in_styles_of
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message, Tell, Topic
from livestyle.live.painting_stage import OpenStylizer, PaintingStage
from livestyle.styles.file import StyleFile


class Relay:
    """Has one painting stage paint, and the stage of the next network made ready in a thread of its own meanwhile.

    Until then the look is obeyed but for its styles, which are those of before. A network that can't be made ready is
    told as of `PaintingStage`, and the one at hand goes on. Used from the painting thread.

    Args:
        open_stylizer: Opens the device.
        tell: Takes messages.
        clock: Monotonic seconds.
    """

    def __init__(self, open_stylizer: OpenStylizer, tell: Tell, clock: Callable[[], float] = time.perf_counter) -> None:
        self._open_stylizer = open_stylizer
        self._tell = tell
        self._clock = clock
        self._stage = PaintingStage(open_stylizer, tell, clock)
        self._controls: Controls | None = None
        """The last that `_stage` could obey as they are."""
        self._next: _Next | None = None

    def open(self, controls: Controls) -> None:
        """Opens the device for the first network before a frame says which size to paint."""
        self._controls = controls
        self._stage.adjust(controls)
        self._stage.open()

    def stage_for(self, controls: Controls, source_hw: tuple[int, int], frames: int = 1) -> PaintingStage:
        """The stage that paints now, adjusted to the controls as far as it can obey them.

        Args:
            controls: The controls.
            source_hw: Size of the source's frames.
            frames: As `PaintingStage.adjust` takes it.
        """
        before = self._controls
        if before is None or self._stage.info is None or _is_same(before.file, controls.file):
            self._put_aside()
            self._controls = controls
        elif self._is_next_ready(controls, source_hw, frames):
            assert self._next is not None
            self._stage.close()
            self._stage, self._next, self._controls = self._next.stage, None, controls
        else:
            look = in_styles_of(controls.look, before.look)
            controls = replace(controls, file=before.file, look=look, outside=before.outside)
        self._stage.adjust(controls, frames)
        return self._stage

    def forget(self) -> None:
        """Forgets what was painted before: the next picture is of another source."""
        self._stage.forget()

    def close(self) -> None:
        """Frees the device; waits for what is being made ready."""
        self._stage.close()
        if self._next is not None:
            self._next.is_wanted = False
            self._next.join()
            self._next.stage.close()
            self._next = None

    def _is_next_ready(self, controls: Controls, source_hw: tuple[int, int], frames: int) -> bool:
        """Whether the next network can take over; otherwise sees to it that it will."""
        coming = self._next
        if coming is not None and not _is_same(coming.file, controls.file):
            self._put_aside()
            if self._next is not None:
                return False
            coming = None
        if coming is None:
            coming = self._next = _Next(controls.file, self._open_stylizer, self._tell, self._clock)
        coming.is_wanted = True
        if coming.is_busy:
            return False
        coming.stage.adjust(controls, frames)
        if not coming.stage.is_ready(source_hw):
            coming.make_ready(source_hw)
            return False
        return coming.stage.info is not None

    def _put_aside(self) -> None:
        """Gives up what is made ready; while its thread is busy, it stays and is silent."""
        coming = self._next
        if coming is None:
            return
        if coming.is_wanted:
            coming.is_wanted = False
            self._tell(Message(Kind.CLEAR, Topic.PAINTER))
        if not coming.is_busy:
            coming.stage.close()
            self._next = None


class _Next:
    """The stage of the network that comes next, and the thread that makes it ready."""

    def __init__(self, file: StyleFile, open_stylizer: OpenStylizer, tell: Tell, clock: Callable[[], float]) -> None:
        self.file = file
        self.is_wanted = True
        self.stage = PaintingStage(open_stylizer, lambda message: tell(message) if self.is_wanted else None, clock)
        self._thread: Thread | None = None

    @property
    def is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def make_ready(self, source_hw: tuple[int, int]) -> None:
        self._thread = Thread(target=self.stage.prepare, args=(source_hw,), name="livestyle next painter", daemon=True)
        self._thread.start()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()


def _is_same(one: StyleFile, other: StyleFile) -> bool:
    """Whether two style files are of one network."""
    return one.weights is other.weights
