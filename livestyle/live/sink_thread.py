"""The thread that writes to one sink, so that a slow sink slows nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread

from livestyle.errors import SinkError
from livestyle.live.message import Picture, Written
from livestyle.live.slot import Slot
from livestyle.log import see_log
from livestyle.sinks.sink import FrameSink

log = logging.getLogger(__name__)


OnEnd = Callable[[SinkError | None, Written], None]
"""Told once, in the sink's thread, when it is closed: with the error, or with None; and what was written."""


class SinkThread:
    """Hands pictures to a sink in a thread of its own until it is finished or the sink fails.

    Args:
        sink: Where their frames go; opened and closed in this thread.
        on_end: Told how it ended.
    """

    def __init__(self, sink: FrameSink, on_end: OnEnd) -> None:
        self._sink = sink
        self._on_end = on_end
        self._pictures: Slot[Picture] = Slot()
        self._last_s = float("-inf")
        self._thread = Thread(target=self._run, name="livestyle sink", daemon=True)

    def start(self) -> None:
        """Opens the sink and starts to write."""
        self._thread.start()

    def put(self, picture: Picture) -> None:
        """Hands over a picture; never waits."""
        self._pictures.put(picture)

    def finish(self) -> None:
        """Makes the sink be closed once the pictures handed over are written; doesn't wait for it."""
        self._pictures.close()

    def join(self, timeout_s: float) -> bool:
        """Waits for the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failure: SinkError | None = None
        written = Written()
        try:
            with self._sink:
                while (picture := self._pictures.take()) is not None:
                    frame = picture.frame
                    # A photo and its painting, shown one after the other, have the same time; a sink wants rising ones.
                    if frame.time_s > self._last_s:
                        self._last_s = frame.time_s
                        self._sink.write(frame)
                        written = written.plus(picture)
        except SinkError as error:
            failure = error
        except Exception:
            log.exception("Writing failed")
            failure = SinkError(see_log("Writing failed"))
        self._pictures.close()
        self._on_end(failure, written)
