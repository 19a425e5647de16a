"""Gets the other networks ready once the show paints, so that the first change to one of them is quick."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer

from livestyle.gui.background import Background

AFTER_MS = 10_000
"""So long after it looked in vain whether there is a painting it looks again: the first minute is the show's."""

Start = Callable[[], "subprocess.Popen[bytes] | None"]


class Preparer(QObject):
    """Starts the process that converts networks, and ends it with the show.

    Args:
        background: Where to look what there is to do.
        paints: Whether there has been a painting.
        start_process: Starts it; gives None where nothing is to be done.
    """

    def __init__(
        self, background: Background, paints: Callable[[], bool], start_process: Start, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._paints = paints
        self._start_process = start_process
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Waits for the first painting from now on."""
        self._timer.start(AFTER_MS)

    def stop(self) -> None:
        """Ends the process, wherever it is: what is half done is made anew another time."""
        self._is_stopped = True
        self._timer.stop()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _look(self) -> None:
        if self._paints():
            self._timer.stop()
            self._background.run("Getting other networks ready", self._start_process, self._have)

    def _have(self, process: subprocess.Popen[bytes] | None) -> None:
        self._process = process
        if self._is_stopped:
            self.stop()
