"""The last card of the gallery: a picture of one's own."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from livestyle.gui import theme
from livestyle.gui.actions import set_tip
from livestyle.gui.gallery import CARD, MARGIN_PX, THUMBNAIL, draw_words
from livestyle.gui.language import tr
from livestyle.gui.widgets import ask_for_file

FRAME = QSize(96, THUMBNAIL.height())
FILE_FILTER = "Pictures and style files (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.safetensors);;All files (*)"
TOP_PX = 6
"""As far down as the cards beside it."""


class PictureCard(QAbstractButton):
    """A button that looks like an empty card. It stands beside the cards, so that it is in sight however many they are.

    Attributes:
        chosen: The user chose a picture or a style file; its path.
    """

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(tr("Picture…"))
        set_tip(self, "picture")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.clicked.connect(self.ask_for_file)

    def ask_for_file(self) -> None:
        """Lets the user choose a picture or a style file."""
        ask_for_file(self, tr("Paint in the style of a picture"), tr(FILE_FILTER), self.chosen)

    def sizeHint(self) -> QSize:
        """As high as a card."""
        return QSize(FRAME.width() + 2 * MARGIN_PX + 10, CARD.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the empty frame, the plus in it, and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRect(QPoint(MARGIN_PX, TOP_PX + MARGIN_PX), FRAME)
        is_lit = self.underMouse() or self.isDown()
        pen = QPen(QColor(theme.ACCENT if self.hasFocus() else theme.QUIET if is_lit else theme.FAINT), 1.2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.RAISED) if is_lit else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(frame), 6, 6)
        painter.setPen(QPen(QColor(theme.TEXT if is_lit else theme.QUIET), 2.0))
        middle = frame.center()
        painter.drawLine(middle - QPoint(9, 0), middle + QPoint(9, 0))
        painter.drawLine(middle - QPoint(0, 9), middle + QPoint(0, 9))
        draw_words(painter, frame, self.text(), tr("Your own style"), theme.TEXT)
        painter.end()
