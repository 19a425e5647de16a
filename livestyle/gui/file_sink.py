"""A file that the show is written to: one at a time, from the click to its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.live.message import Written
from livestyle.sinks.sink import FrameSink


@dataclass
class _Writing:
    start_s: float
    sink: FrameSink | None = None
    path: Path | None = None
    is_wanted: bool = True


class FileSink(QObject):
    """Begins and ends a file.

    Args:
        live: The show.
        background: Where files are made.
        what: What is done, as it is told if it fails.
        clock: Monotonic seconds.

    Attributes:
        changed: It began, or has ended.
        ended: It has ended, after `changed`: its path, the `SinkError` or None, and what was `Written`.
    """

    changed = pyqtSignal()
    ended = pyqtSignal(Path, object, object)

    def __init__(
        self,
        live: LiveAdapter,
        background: Background,
        what: str,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._background = background
        self._what = what
        self._clock = clock
        self._writing: _Writing | None = None
        live.sink_ended.connect(self._on_sink_ended)

    @property
    def is_there(self) -> bool:
        """Whether there is one, be it on its way to its end."""
        return self._writing is not None

    @property
    def elapsed_s(self) -> float | None:
        """How long it has been going on; None while there is none."""
        writing = self._writing
        return None if writing is None or not writing.is_wanted else self._clock() - writing.start_s

    def begin(self, make: Callable[[], tuple[Path, FrameSink]]) -> None:
        """Begins one, which is made in a thread."""
        writing = self._writing = _Writing(self._clock())
        self._background.run(self._what, make, partial(self._on_made, writing), self._forget)

    def end(self) -> None:
        """Ends it, if there is one."""
        writing = self._writing
        if writing is not None:
            writing.is_wanted = False
            if writing.sink is not None:
                self._live.remove_sink(writing.sink)

    def _on_made(self, writing: _Writing, made: tuple[Path, FrameSink]) -> None:
        if not writing.is_wanted:
            self._forget()
            return
        writing.path, writing.sink = made
        self._live.add_sink(writing.sink)

    def _on_sink_ended(self, sink: FrameSink, error: Exception | None, written: Written) -> None:
        writing = self._writing
        if writing is None or writing.path is None or writing.sink is not sink:
            return
        self._forget()
        self.ended.emit(writing.path, error, written)

    def _forget(self) -> None:
        self._writing = None
        self.changed.emit()
