"""Recording the show: one sink at a time, from the click to the finished file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui import outputs
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.language import tr
from livestyle.gui.sound_in import has_track
from livestyle.live.message import Written
from livestyle.settings import Settings
from livestyle.sinks.sink import FrameSink

if TYPE_CHECKING:
    from livestyle.listening.source import SoundSource


@dataclass
class _Recording:
    start_s: float
    sink: FrameSink | None = None
    path: Path | None = None
    is_wanted: bool = True


class Recorder(QObject):
    """Starts and stops recordings, and says how they end.

    Args:
        live: The show.
        background: Where files are made.
        settings: Gives what is set.
        sound: Gives what is to be heard; asked in a thread.
        clock: Monotonic seconds.

    Attributes:
        changed: A recording began or ended.
        told: A sentence for the user.
        made: A recording is there; its path.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)
    made = pyqtSignal(Path)

    def __init__(
        self,
        live: LiveAdapter,
        background: Background,
        settings: Callable[[], Settings],
        sound: Callable[[], SoundSource | None],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._background = background
        self._settings = settings
        self._sound = sound
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
        settings, source = self._settings(), picture.frame.image if picture.source is None else picture.source
        size_hw = outputs.recorded_hw((source.shape[0], source.shape[1]), settings.record_lines)
        now = datetime.now()
        recording = self._recording = _Recording(self._clock())
        self._background.run(
            "Recording",
            lambda: outputs.recording_sink(style, now, size_hw, rate_fps, settings.folder, has_track(self._sound())),
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
            if recording.path.exists():
                self.told.emit(_ended_text(recording.path, written))
                self.made.emit(recording.path)
            else:
                self.told.emit("Nothing was recorded.")

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
