"""Recording the show: one sink at a time, from the click to the finished file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui import outputs
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.language import tr
from livestyle.live.message import Written
from livestyle.sinks.sink import FrameSink


@dataclass
class _Recording:
    start_s: float
    sink: FrameSink | None = None
    path: Path | None = None
    is_wanted: bool = True


class Recorder(QObject):
    """Starts and stops recordings, and says how they end.

    Attributes:
        changed: A recording began or ended.
        told: A sentence for the user.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

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
        self.changed.emit()

    def _begin(self, style: str) -> None:
        picture = self._live.newest
        if picture is None:
            self.told.emit("There is no picture to record yet.")
            return
        stats = self._live.stats()
        rate_fps = stats.shown_fps if stats is not None and stats.shown_fps >= 1 else 30.0
        size_hw = picture.frame.height, picture.frame.width
        now = datetime.now()
        recording = self._recording = _Recording(self._clock())
        self._background.run(
            "Recording",
            lambda: outputs.recording_sink(style, now, size_hw, rate_fps),
            partial(self._on_sink_made, recording),
            self._forget,
        )

    def _on_sink_made(self, recording: _Recording, made: tuple[Path, FrameSink]) -> None:
        if not recording.is_wanted:
            self._forget()
            return
        recording.path, recording.sink = made
        self._live.add_sink(recording.sink)

    def _end(self, recording: _Recording) -> None:
        recording.is_wanted = False
        if recording.sink is not None:
            self._live.remove_sink(recording.sink)

    def _on_sink_ended(self, sink: FrameSink, error: Exception | None, written: Written) -> None:
        recording = self._recording
        if recording is None or recording.path is None or recording.sink is not sink:
            return
        self._forget()
        if error is None:
            # A video without a single picture leaves no file.
            self.told.emit(_ended_text(recording.path, written) if recording.path.exists() else "Nothing was recorded.")

    def _forget(self) -> None:
        self._recording = None
        self.changed.emit()


def _ended_text(path: Path, written: Written) -> str:
    if not written.moved:
        return tr("Recorded to {path}", path=outputs.spoken(path))
    return tr(
        "Recorded to {path}: {n} pictures painted, {moved} moved along",
        path=outputs.spoken(path),
        n=written.painted,
        moved=written.moved,
    )
