"""Where threads leave what comes in from outside, until the window takes it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from livestyle.gui.remote.controls import CONTROLS

PAUSE_MS = 25
"""After so long the window looks again: a fader sends a thousand values a second, and 40 are seen as one movement."""
MOST = 200
"""Actions that may wait: somebody who sends more means no harm to the memory."""

Take = Callable[[str, float], None]
"""Takes the name of an action or a control, and a value: for an action, above 0 is pressed."""


class Inbox(QObject):
    """Hands over what comes in, in the GUI thread: each action, and of each control the newest value.

    Args:
        take: Takes it, in the GUI thread.
    """

    _came = pyqtSignal()

    def __init__(self, take: Take, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take = take
        self._lock = Lock()
        self._waiting: list[tuple[str, float]] = []
        self._is_announced = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._hand_over)
        self._came.connect(self._hand_over_soon)

    def put(self, name: str, value: float) -> None:
        """Leaves something, from any thread; returns at once."""
        with self._lock:
            if name in CONTROLS:
                self._waiting = [each for each in self._waiting if each[0] != name]
            if len(self._waiting) < MOST:
                self._waiting.append((name, value))
            is_first, self._is_announced = not self._is_announced, True
        if is_first:
            self._came.emit()

    def _hand_over_soon(self) -> None:
        if not self._timer.isActive():
            self._hand_over()

    def _hand_over(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
            self._is_announced = False
        if waiting:
            self._timer.start(PAUSE_MS)
        for name, value in waiting:
            self._take(name, value)
