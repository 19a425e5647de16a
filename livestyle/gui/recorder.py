"""Recording the show: one sink at a time, from the click to the finished file."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui import outputs
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.file_sink import FileSink
from livestyle.gui.language import tr
from livestyle.gui.sound_in import has_track
from livestyle.live.message import Written
from livestyle.settings import Settings

if TYPE_CHECKING:
    from livestyle.listening.source import SoundSource


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
        self._settings = settings
        self._sound = sound
        self._file = FileSink(live, background, "Recording", self, clock)
        self._file.changed.connect(self.changed)
        self._file.ended.connect(self._on_ended)

    @property
    def elapsed_s(self) -> float | None:
        """How long the recording has been going on; None while there is none."""
        return self._file.elapsed_s

    def toggle(self, style: str) -> None:
        """Stops the recording, or begins one and names it after a style."""
        if self._file.is_there:
            self._file.end()
        else:
            self._begin(style)
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
        self._file.begin(
            lambda: outputs.recording_sink(style, now, size_hw, rate_fps, settings.folder, has_track(self._sound()))
        )

    def _on_ended(self, path: Path, error: Exception | None, written: Written) -> None:
        if error is None:
            # A video without a single picture leaves no file.
            if path.exists():
                self.told.emit(_ended_text(path, written))
                self.made.emit(path)
            else:
                self.told.emit("Nothing was recorded.")


def _ended_text(path: Path, written: Written) -> str:
    if not written.moved:
        return tr("Recorded to {path}", path=outputs.spoken(path))
    return tr(
        "Recorded to {path}: {n} pictures painted, {moved} moved along",
        path=outputs.spoken(path),
        n=written.painted,
        moved=written.moved,
    )
