"""Comparing the painting with the camera's own picture: by a line between them, or for as long as a key is held."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QWidget

HOLD_KEY = "Space"


class Comparison(QObject):
    """Whether the camera's own picture is shown, in part or all of it.

    Args:
        window: The window whose keyboard it listens to.

    Attributes:
        changed: It is shown otherwise.
    """

    changed = pyqtSignal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.key = HOLD_KEY
        """Shows it while it is held; empty for none."""
        self.is_on = False
        """Whether the line between them is there."""
        self.is_held = False
        """Whether nothing but the camera's own picture is shown."""
        window.installEventFilter(self)

    def toggle(self) -> None:
        """Shows the line, or no longer."""
        self.is_on = not self.is_on
        self.changed.emit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Listens to the key; one that is held while the window loses the keyboard is let go."""
        kind = QEvent.Type.None_ if event is None else event.type()
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if self._is_key(event) and not event.isAutoRepeat():
                self._hold(kind == QEvent.Type.KeyPress)
        elif kind == QEvent.Type.ActivationChange and not self._window.isActiveWindow():
            self._hold(False)
        return False

    def _is_key(self, event: QKeyEvent) -> bool:
        # The keys held with it may be let go before it is, and matter only where it was chosen with some.
        combined = QKeySequence(event.keyCombination()) if "+" in self.key[:-1] else QKeySequence(event.key())
        is_release = event.type() == QEvent.Type.KeyRelease
        key = QKeySequence(self.key)
        return not key.isEmpty() and (combined == key or (is_release and key[0].key() == event.key()))

    def _hold(self, is_held: bool) -> None:
        self.is_held = is_held
        self.changed.emit()
