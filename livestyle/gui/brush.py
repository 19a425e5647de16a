"""The brush with which one says, on the picture itself, what of it is to be painted."""

from __future__ import annotations

from typing import cast

import numpy as np
from PyQt6.QtCore import QEvent, QMargins, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from livestyle.frame import Mask
from livestyle.gui import theme
from livestyle.gui.brushed import empty, with_stroke
from livestyle.gui.language import tr
from livestyle.gui.over_picture import SHEET
from livestyle.masks import as_text, from_text

RADII = (0.01, 0.4)
"""The smallest and the largest brush, as shares of the picture's height."""
STEP = 1.2
"""How many times as large it gets by a key or a notch of the wheel."""
NOTCH = 120
"""What Qt calls a notch of the wheel."""
TINT = 110
"""How much of the accent lies on what is brushed, while one brushes."""
BAR_PX = 560
"""How wide the bar is where there is room."""
BADGE = QSize(110, 54)
"""What the badge of a recording takes of the right upper corner of the picture."""
MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
DRAWS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ERASES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
KEYS = (*MOVES, *DRAWS, *ERASES, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_Escape)


class Brush(QWidget):
    """Lies over the view while somebody brushes: a round cursor, and the bar that ends it.

    The left button paints, the right one erases; the keys [ and ] and the wheel change the size. From the keyboard
    arrows move the brush, Return paints and Delete erases.

    Attributes:
        brushed: What is brushed now, as `brushed.as_text` has it: after each stroke.
        bar: What says how it is done.
    """

    brushed = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Brush"))
        self._over, self._picture_hw = QRectF(), (0, 0)
        self._text = ""
        self._mask: Mask | None = None
        self._radius = 0.08
        self._at = QPointF(0.5, 0.5)
        """Where it is, in shares of the picture."""
        self._erases: bool | None = None
        """What the stroke does that is being made; None between strokes."""
        self.bar = _Bar()
        self.bar.clear.clicked.connect(self._clear)
        self.bar.done.clicked.connect(self.end)
        self._column = column = QVBoxLayout(self)
        self._margins = column.contentsMargins()
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setVisible(False)

    def begin(self) -> None:
        """Begins to brush, where there is a picture to brush on."""
        if self._over.isEmpty():
            return
        self.setVisible(True)
        self.raise_()
        self.setFocus()

    def end(self) -> None:
        """Ends it; what is brushed stays."""
        parent = self.parentWidget()
        if self.hasFocus() and parent is not None:
            parent.setFocus()
        self._erases = None
        self.setVisible(False)

    def show_brushed(self, text: str) -> None:
        """Goes on from what is brushed, which may have been taken back."""
        if text != self._text and self._erases is None:
            self._text, self._mask = text, from_text(text)
            self.update()

    def show_over(self, picture: QRectF, picture_hw: tuple[int, int]) -> None:
        """Lies over a picture.

        Args:
            picture: Where it is, in the coordinates of this and its parent.
            picture_hw: Its own size.
        """
        self._over, self._picture_hw = picture, picture_hw
        self._place_bar()

    # ---- events ------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        """Keeps its keys, which mean something else to the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Brushes from the keyboard."""
        key = None if event is None else event.key()
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self._resize(STEP if key == Qt.Key.Key_BracketRight else 1 / STEP)
        elif key in DRAWS or key in ERASES:
            self._begin_stroke(self._at, erases=key in ERASES)
            self._end_stroke()
        elif key in MOVES:
            right, down = MOVES[Qt.Key(key)]
            step = self._radius / 2
            width_per_height = self._over.height() / max(1.0, self._over.width())
            x, y = self._at.x() + right * step * width_per_height, self._at.y() + down * step
            self._at = QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))
            self.update()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begins a stroke."""
        if event is not None and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._begin_stroke(self._shares(event.position()), erases=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Goes on with it."""
        if event is not None:
            self._go_on(self._shares(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Ends it."""
        self._end_stroke()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Is another stroke; full screen is the picture's."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Changes the size."""
        if event is not None:
            self._resize(STEP ** (event.angleDelta().y() / NOTCH))
            event.accept()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Leaves the bar the room there is."""
        self.bar.setFixedWidth(max(0, min(BAR_PX, self.width() - 24)))
        super().resizeEvent(event)
        self._place_bar()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the round cursor, and what is brushed during a stroke: between strokes the picture shows it itself."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._erases is not None and self._mask is not None:
            tinted = _tinted(self._mask)
            painter.drawImage(self._over, _as_qimage(tinted))
        radius = self._radius * self._over.height()
        center = QPointF(
            self._over.left() + self._at.x() * self._over.width(),
            self._over.top() + self._at.y() * self._over.height(),
        )
        for color, width in ((QColor(13, 14, 16, 160), 4), (QColor(theme.DARK.text), 2)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(center, radius, radius)
        painter.end()

    # ---- strokes -----------------------------------------------------------------------------------------------------

    def _shares(self, place: QPointF) -> QPointF:
        if self._over.isEmpty():
            return self._at
        return QPointF(
            (place.x() - self._over.left()) / self._over.width(), (place.y() - self._over.top()) / self._over.height()
        )

    def _begin_stroke(self, at: QPointF, *, erases: bool) -> None:
        if self._over.isEmpty():
            return
        if self._mask is None:
            self._mask = empty(self._picture_hw)
        self._erases, self._at = erases, at
        self._go_on(at)

    def _go_on(self, to: QPointF) -> None:
        if self._erases is not None and self._mask is not None:
            start, end = (self._at.x(), self._at.y()), (to.x(), to.y())
            self._mask = with_stroke(self._mask, start, end, self._radius, erases=self._erases)
        self._at = to
        self.update()

    def _end_stroke(self) -> None:
        if self._erases is not None and self._mask is not None:
            self._erases, self._text = None, as_text(self._mask)
            self.brushed.emit(self._text)
            self.update()

    def _clear(self) -> None:
        self._mask, self._text = None, ""
        self.brushed.emit("")
        self.setFocus()

    def _place_bar(self) -> None:
        """At the top; below the badge of a recording where that would be covered, whether there is one or not."""
        is_clear = (self.width() + self.bar.width()) / 2 <= self._over.right() - BADGE.width()
        top_px = self._margins.top() if is_clear else round(self._over.top()) + BADGE.height()
        margins = QMargins(self._margins.left(), top_px, self._margins.right(), self._margins.bottom())
        if margins != self._column.contentsMargins():
            self._column.setContentsMargins(margins)

    def _resize(self, factor: float) -> None:
        least, most = RADII
        self._radius = min(most, max(least, self._radius * factor))
        self.update()


class _Bar(QFrame):
    """Says how it is done, and ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setStyleSheet(SHEET)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        words = QLabel(tr("Brush over what is to be painted. The right button erases; [ and ] change the size."))
        words.setWordWrap(True)
        self.clear, self.done = QPushButton(tr("Clear")), QPushButton(tr("Done"))
        self.done.setObjectName("card_first")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(words, 1)
        for button in (self.clear, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)


def _tinted(mask: Mask) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """The accent where a mask is white, as RGBA (H, W, 4)."""
    color = QColor(theme.DARK.accent)
    tinted = np.empty((*mask.shape, 4), np.uint8)
    tinted[..., :3] = color.red(), color.green(), color.blue()
    tinted[..., 3] = mask.astype(np.uint16) * TINT // 255
    return tinted


def _as_qimage(image: np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]) -> QImage:
    """A QImage on the memory of an array (H, W, 4), which must live as long as it."""
    height, width, _ = image.shape
    memory = cast("bytes", image.data)  # any buffer will do
    return QImage(memory, width, height, image.strides[0], QImage.Format.Format_RGBA8888)
