"""The thread that shows more than is painted, so that moving pictures does not keep the painter from painting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from livestyle.frame import Frame
from livestyle.live.between_stage import BetweenStage, Painted
from livestyle.live.message import Kind, Message, Picture, Tell, Topic
from livestyle.live.source_thread import SourceThread
from livestyle.log import see_log

log = logging.getLogger(__name__)


class BetweenThread:
    """Runs a `BetweenStage`: takes the frames of a source and their paintings, and shows what is due.

    All that has come in is taken in at once, and then one picture is shown, so it never falls behind.

    Args:
        show: Takes the pictures, in this thread.
        tell: Takes messages.
        clock: Monotonic seconds.
    """

    def __init__(self, show: Callable[[SourceThread, Picture], None], tell: Tell, clock: Callable[[], float]) -> None:
        self._show = show
        self._tell = tell
        self._clock = clock
        self._arrived: SimpleQueue[tuple[SourceThread, Frame | Painted | None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="livestyle in-betweens", daemon=True)

    def start(self) -> None:
        """Starts to show."""
        self._thread.start()

    def see(self, source: SourceThread, frame: Frame) -> None:
        """Hands over a frame of a source; never waits."""
        self._arrived.put((source, frame))

    def add(self, source: SourceThread, painted: Painted) -> None:
        """Hands over a painting of a frame; never waits."""
        self._arrived.put((source, painted))

    def forget(self, source: SourceThread) -> None:
        """Drops what waits to be shown: what comes is shown by somebody else."""
        self._arrived.put((source, None))

    def stop(self) -> None:
        """Ends the showing; doesn't wait for it."""
        self._arrived.put(None)

    def join(self, timeout_s: float) -> bool:
        """Waits for the thread; returns whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        stage, source = BetweenStage(self._clock), None
        while (arrived := self._arrived.get()) is not None:
            try:
                if arrived[0] is not source:
                    stage.forget()
                source, item = arrived
                if isinstance(item, Frame):
                    stage.see(item)
                elif isinstance(item, Painted):
                    stage.add(item)
                else:
                    stage.forget()
                if self._arrived.empty() and (picture := stage.due()) is not None:
                    self._show(source, picture)
            except Exception:
                log.exception("A frame was lost")
                self._tell(Message(Kind.NOTE, Topic.PAINTER, see_log("A frame was lost")))
                stage = BetweenStage(self._clock)
