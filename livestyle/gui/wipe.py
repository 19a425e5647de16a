"""The line between before and after, which one drags over the picture."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractSlider, QWidget

from livestyle.gui import theme
from livestyle.gui.language import tr
from livestyle.gui.widgets import keeps_arrows

PLACES = 1000
GRIP_PX = 28
"""How wide it can be taken hold of, and how large its handle is."""


class WipeLine(QAbstractSlider):
    """An upright line on its parent, with a handle; its value is where it stands, 0 to `PLACES`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, PLACES)
        self.setValue(PLACES // 2)
        self.setSingleStep(PLACES // 50)
        self.setPageStep(PLACES // 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(tr("Line between before and after"))
        self.setToolTip(tr("Drag: the camera's own picture to the left, the painting to the right"))
        self.setVisible(False)
        self._over = QRectF()
        self.valueChanged.connect(self._stand)

    @property
    def share(self) -> float:
        """How much of the picture is to its left, 0 to 1."""
        return self.value() / PLACES

    def show_over(self, picture: QRectF) -> None:
        """Stands over a picture, which is in its parent's coordinates."""
        if picture != self._over:
            self._over = picture
            self._stand()

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys."""
        if keeps_arrows(event):
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Takes hold."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follows the mouse."""
        if event is not None and self.isSliderDown() and self._over.width() > 0:
            x = self.mapToParent(event.position()).x()
            self.setValue(round((x - self._over.left()) / self._over.width() * PLACES))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Lets go."""
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Goes back to the middle; full screen is the picture's."""
        self.setValue(PLACES // 2)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws line and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, light = self.width() / 2, QColor(theme.DARK.accent if self.hasFocus() else theme.DARK.text)
        painter.fillRect(QRectF(middle - 2, 0, 4, self.height()), QColor(13, 14, 16, 110))
        painter.fillRect(QRectF(middle - 1, 0, 2, self.height()), light)
        handle = QRectF(0, 0, GRIP_PX - 4, GRIP_PX - 4)
        handle.moveCenter(QRectF(self.rect()).center())
        painter.setPen(light)
        painter.setBrush(QColor(13, 14, 16, 210))
        painter.drawEllipse(handle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(light)
        center = handle.center().toPoint()
        for side in (-1, 1):
            tip = [QPoint(side * 8, 0), QPoint(side * 4, -4), QPoint(side * 4, 4)]
            painter.drawPolygon(*(center + point for point in tip))
        painter.end()

    def _stand(self) -> None:
        left = self._over.left() + self.share * self._over.width() - GRIP_PX / 2
        self.setGeometry(round(left), round(self._over.top()), GRIP_PX, round(self._over.height()))
