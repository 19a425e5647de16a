"""The thread that measures how still the pictures on show hold, so that measuring slows nothing down."""

from __future__ import annotations

import logging
import os
from threading import Thread

from livestyle.live.message import Kind, Message, Picture, Tell, Topic, log_message
from livestyle.live.slot import Slot
from livestyle.log import see_log
from livestyle.steady.flicker import EVERY_S, Flicker, FlickerMeter

log = logging.getLogger(__name__)

CORES = 4
"""With fewer than these, paintings are compared less often: each time takes 9 CPU-ms at 640x360."""


class FlickerThread:
    """Measures the flicker of the paintings on show.

    Args:
        tell: Takes messages.
    """

    def __init__(self, tell: Tell = log_message) -> None:
        self._tell = tell
        self._pictures: Slot[Picture] = Slot()
        self._thread = Thread(target=self._run, name="livestyle flicker", daemon=True)
        self._reading: Flicker | None = None

    def start(self) -> None:
        """Starts to measure."""
        self._thread.start()

    def put(self, picture: Picture | None) -> None:
        """Hands over what is on show; never waits. What is not painted is left out."""
        if picture is not None and picture.is_painted:
            self._pictures.put(picture)

    @property
    def reading(self) -> Flicker | None:
        """Of the last moments; None if there was nothing to measure."""
        return self._reading

    def stop(self) -> None:
        """Ends the measuring; doesn't wait for it."""
        self._pictures.close()

    def join(self, timeout_s: float) -> bool:
        """Waits for the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        meter = FlickerMeter(EVERY_S * max(1.0, CORES / (os.cpu_count() or 1)))
        try:
            while (picture := self._pictures.take()) is not None:
                meter.add(picture.photo, picture.frame.image, picture.frame.time_s)
                self._reading = meter.reading
        except Exception:
            log.exception("Measuring the flicker failed")
            self._pictures.close()
            self._reading = None
            self._tell(Message(Kind.NOTE, Topic.PAINTER, see_log("Measuring the flicker failed")))
