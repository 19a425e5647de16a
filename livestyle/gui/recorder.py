"""Recording the show: one sink at a time, from the click to the finished file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui import backstage
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.outputs import recording_path, spoken
from livestyle.live.message import Kind, Message, Topic
from livestyle.sinks.sink import FrameSink


@dataclass
class _Recording:
    path: Path
    start_s: float
    sink: FrameSink | None = None
    is_wanted: bool = True


class Recorder(QObject):
    """Starts and stops recordings, and says how they end.

    Attributes:
        changed: A recording began or ended.
        told: A `Message`.
    """

    changed = pyqtSignal()
    told = pyqtSignal(object)

    def __init__(
        self,
        live: LiveAdapter,
        background: Background,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._background = background
        self._clock = clock
        self._recording: _Recording | None = None
        live.sink_ended.connect(self._on_sink_ended)

    @property
    def elapsed_s(self) -> float | None:
        """How long the recording has been going on; None while there is none."""
        recording = self._recording
        return None if recording is None or not recording.is_wanted else self._clock() - recording.start_s

    def toggle(self, style: str) -> None:
        """Stops the recording, or begins one and names it after a style."""
        if self._recording is None:
            self._begin(style)
        else:
            self._end(self._recording)

    def _begin(self, style: str) -> None:
        picture = self._live.newest
        if picture is None:
            self._note("There is no picture to record yet.")
            self.changed.emit()
            return
        stats = self._live.stats()
        rate_fps = stats.shown_fps if stats is not None and stats.shown_fps >= 1 else 30.0
        recording = _Recording(recording_path(style, datetime.now()), self._clock())
        self._recording = recording
        size_hw = picture.frame.height, picture.frame.width

        def add(sink: FrameSink) -> None:
            recording.sink = sink
            self._live.add_sink(sink)
            if not recording.is_wanted:
                self._live.remove_sink(sink)

        self._background.run(lambda: backstage.recording_sink(recording.path, size_hw, rate_fps), add)
        self.changed.emit()

    def _end(self, recording: _Recording) -> None:
        recording.is_wanted = False
        if recording.sink is not None:
            self._live.remove_sink(recording.sink)
        self.changed.emit()

    def _on_sink_ended(self, sink: FrameSink, error: Exception | None) -> None:
        recording = self._recording
        if recording is None or recording.sink is not sink:
            return
        self._recording = None
        if error is None:
            self._note(f"Recorded to {spoken(recording.path)}")
        self.changed.emit()

    def _note(self, text: str) -> None:
        self.told.emit(Message(Kind.NOTE, Topic.OUTPUT, text))
