"""A frame of a clip as it is and painted, with a line in between to drag."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from livestyle.gui import theme
from livestyle.gui.language import tr
from livestyle.gui.wipe import WipeLine

LEAST = QSize(160, 90)


class FramePreview(QWidget):
    """Shows before to the left of the line, and after to its right.

    Attributes:
        wipe: The line.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("A frame before and after"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST)
        self._before: QPixmap | None = None
        self._after: QPixmap | None = None
        self._words = ""
        self.wipe = WipeLine(self)
        self.wipe.setToolTip(tr("Drag: the clip to the left, the painting to the right"))
        self.wipe.valueChanged.connect(self.update)

    def sizeHint(self) -> QSize:
        """That of a small film."""
        return QSize(320, 180)

    def show_frames(self, before: QPixmap | None, after: QPixmap | None, words: str = "") -> None:
        """Shows what is there of a frame, and words over it."""
        self._before, self._after, self._words = before, after, words
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keeps the line over the picture."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws both."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(theme.STAGE))
        place = self._place()
        if self._before is not None:
            painter.drawPixmap(place, self._before, QRectF(self._before.rect()))
        if self._after is not None:
            share = self.wipe.share
            part = QRectF(place)
            part.setLeft(place.left() + share * place.width())
            source = QRectF(self._after.rect())
            source.setLeft(share * self._after.width())
            painter.drawPixmap(part, self._after, source)
        if self._words:
            line = QRectF(0, self.height() - 24, self.width(), 24)
            painter.fillRect(line, QColor(13, 14, 16, 170))
            painter.setPen(QColor(theme.DARK.text))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()

    def _place(self) -> QRectF:
        size = LEAST if self._before is None else self._before.size()
        place = QRectF(self.rect())
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        result = QRectF(0, 0, fitted.width(), fitted.height())
        result.moveCenter(place.center())
        return result

    def _lay_out(self) -> None:
        self.wipe.setVisible(self._before is not None and self._after is not None)
        self.wipe.show_over(self._place())
        self.update()
