"""Full screen, and the way back to the window as it was."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget


class FullScreen:
    """Gives a window the whole screen, and takes it back."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._was_maximized = False

    def toggle(self) -> None:
        """Takes the whole screen, or gives it back."""
        if self._window.isFullScreen():
            self.leave()
        else:
            self._was_maximized = self._window.isMaximized()
            self._window.showFullScreen()

    def leave(self) -> None:
        """Gives the screen back if it was taken."""
        if self._window.isFullScreen():
            (self._window.showMaximized if self._was_maximized else self._window.showNormal)()
