"""The countdown before a snapshot: time to get in front of the camera."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from livestyle.gui import theme

SECONDS = 3
SHARE = 0.4
"""How much of the picture's height a number takes."""


class Countdown(QWidget):
    """Counts 3, 2, 1 over a picture, and then does something.

    Args:
        over: What to count over.
        do: What to do then.
    """

    def __init__(self, over: QWidget, do: Callable[[], None]) -> None:
        super().__init__(over)
        self._do = do
        self.left = 0
        """Seconds left; 0 while nothing is counted."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        over.installEventFilter(self)

    def toggle(self) -> None:
        """Begins to count, or thinks better of it."""
        self._count(0 if self.left else SECONDS)

    def tick(self) -> None:
        """A second has gone by."""
        if self.left:
            self._count(self.left - 1)
            if not self.left:
                self._do()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stays as large as what it is over."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the number."""
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(max(12, round(SHARE * self.height())))
        font.setBold(True)
        painter.setFont(font)
        for offset, color in ((2, QColor(13, 14, 16, 160)), (0, QColor(theme.DARK.text))):
            painter.setPen(color)
            painter.drawText(self.rect().translated(offset, offset), Qt.AlignmentFlag.AlignCenter, str(self.left))
        painter.end()

    def _count(self, left: int) -> None:
        self.left = left
        if left:
            self._timer.start()
        else:
            self._timer.stop()
        self._cover()
        self.setVisible(bool(left))
        self.raise_()
        self.update()

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
