"""The live view: the picture, as large as fits, and the few words that belong on it."""

from __future__ import annotations

from typing import cast

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from livestyle.frame import Image
from livestyle.gui import theme
from livestyle.gui.brush import Brush
from livestyle.gui.language import tr
from livestyle.gui.over_picture import GettingReady, NoSource
from livestyle.gui.status import StatusBoard
from livestyle.gui.widgets import breakable
from livestyle.gui.wipe import WipeLine
from livestyle.live.message import Kind, Picture, Topic

MOST_LINES = 3
"""No sentence on the picture takes more."""
BROKEN = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


class LiveView(QWidget):
    """Paints the newest picture, letterboxed. Shows what it was last given until it is given something else.

    Attributes:
        no_source: The card for when there is no picture.
        getting_ready: The card for the first start.
        wipe: The line between the camera's own picture and the painting.
        brush: What one brushes with.
        double_clicked: The user double-clicked the picture.
    """

    double_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 135))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._picture: Picture | None = None
        self._compares = False
        self._is_recording = False
        self._words = ""
        self.no_source = NoSource()
        self.getting_ready = GettingReady()
        column = QVBoxLayout(self)
        for card in (self.no_source, self.getting_ready):
            column.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.wipe = WipeLine(self)
        self.wipe.valueChanged.connect(lambda _: self.update())
        self.brush = Brush(self)

    def sizeHint(self) -> QSize:
        """1280x720, shrunk by the layout as need be."""
        return QSize(1280, 720)

    @property
    def picture(self) -> Picture | None:
        """The picture on show."""
        return self._picture

    def show_picture(self, picture: Picture | None) -> None:
        """Shows a picture from the next paint on."""
        self._picture = picture
        self._place()
        self.update()

    def set_wipe(self, is_on: bool) -> None:
        """Shows the photo to the left of a line that can be dragged, or no longer."""
        self.wipe.setVisible(is_on)
        self.update()

    def set_compares(self, compares: bool) -> None:
        """Shows the photo instead of the painting, or no longer."""
        self._compares = compares
        self.update()

    def set_recording(self, is_recording: bool) -> None:
        """Shows the red dot, or no longer."""
        self._is_recording = is_recording
        self.update()

    def set_words(self, words: str) -> None:
        """Writes a sentence over the foot of the picture; empty for none. Without a picture it stands in the middle."""
        if words != self._words:
            self._words = words
            self.update()

    def show_cards(self, board: StatusBoard, picture: Picture | None) -> bool:
        """Shows the card that the messages ask for, if one; returns whether one is shown.

        Args:
            board: The messages.
            picture: What is on show.
        """
        source, painter = board.standing(Topic.SOURCE), board.standing(Topic.PAINTER)
        is_lost = picture is None and source is not None and source.kind is Kind.PROBLEM
        self.no_source.show_reason(source.text if is_lost and source is not None else "")
        is_painted = picture is not None and picture.is_painted
        share = None if painter is None or is_painted or is_lost else painter.share
        self.getting_ready.show_step("" if painter is None else painter.text, share)
        return is_lost or share is not None

    def picture_rect(self) -> QRectF:
        """Where the picture is, in the widget's coordinates; empty while there is none."""
        if self._picture is None:
            return QRectF()
        frame = self._picture.frame
        scale = min(self.width() / frame.width, self.height() / frame.height)
        size = QPointF(frame.width * scale, frame.height * scale)
        # Whole pixels, so that a picture shown at its own size is shown as it is.
        left, top = (self.width() - round(size.x())) // 2, (self.height() - round(size.y())) // 2
        return QRectF(left, top, round(size.x()), round(size.y()))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paints the newest picture."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.STAGE))
        picture = self._picture
        if picture is not None:
            painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
            # The array stays referenced by `picture` until the painter is done with it.
            rect = self.picture_rect()
            # Of one moment both: the picture has the photo that it is of.
            photo_rect = self._photo_rect(rect)
            if photo_rect.width() < rect.width():
                painter.drawImage(rect, _as_qimage(picture.frame.image))
            if not photo_rect.isEmpty():
                painter.setClipRect(photo_rect)
                painter.drawImage(rect, _as_qimage(picture.photo))
                self._draw_pill(painter, tr("Original"), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_recording:
            self._draw_pill(
                painter, "●  REC", Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, theme.DARK.alert
            )
        if self._words:
            vertical = Qt.AlignmentFlag.AlignVCenter if picture is None else Qt.AlignmentFlag.AlignBottom
            self._draw_pill(painter, self._words, vertical | Qt.AlignmentFlag.AlignHCenter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keeps what lies on the picture there."""
        super().resizeEvent(event)
        self._place()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Tells."""
        self.double_clicked.emit()

    def _photo_rect(self, rect: QRectF) -> QRectF:
        """Where the photo is shown, of the picture's place: all of that, a part, or nothing."""
        if self._compares:
            return rect
        share = self.wipe.share if self.wipe.isVisibleTo(self) else 0.0
        return QRectF(rect.left(), rect.top(), round(rect.width() * share), rect.height())

    def _place(self) -> None:
        rect = self.picture_rect()
        self.wipe.show_over(rect)
        frame = None if self._picture is None else self._picture.frame
        self.brush.setGeometry(self.rect())
        self.brush.show_over(rect, (0, 0) if frame is None else (frame.height, frame.width))

    def _draw_pill(
        self, painter: QPainter, text: str, alignment: Qt.AlignmentFlag, color: str = theme.DARK.text
    ) -> None:
        inside = (self.picture_rect().toRect() if self._picture is not None else self.rect()).adjusted(14, 14, -14, -14)
        metrics = QFontMetrics(painter.font())
        room = QSize(max(0, inside.width() - 24), MOST_LINES * metrics.height())
        # A little less than all lines, for each may break before its end.
        room_px = int(room.width() * (MOST_LINES - 0.5))
        text = breakable(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room_px))
        lines = metrics.boundingRect(QRect(QPoint(), room), BROKEN, text)
        pill = _aligned(lines.size() + QSize(24, 12), inside, alignment)
        round_px = metrics.height() / 2 + 6
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(13, 14, 16, 190))
        painter.drawRoundedRect(pill, round_px, round_px)
        painter.setPen(QColor(color))
        painter.drawText(pill.adjusted(12, 6, -12, -6), BROKEN, text)


def _aligned(size: QSize, inside: QRect, alignment: Qt.AlignmentFlag) -> QRect:
    rect = QRect(inside.topLeft(), size)
    if alignment & Qt.AlignmentFlag.AlignHCenter:
        rect.moveLeft(inside.center().x() - size.width() // 2)
    elif alignment & Qt.AlignmentFlag.AlignRight:
        rect.moveRight(inside.right())
    if alignment & Qt.AlignmentFlag.AlignVCenter:
        rect.moveTop(inside.center().y() - size.height() // 2)
    elif alignment & Qt.AlignmentFlag.AlignBottom:
        rect.moveBottom(inside.bottom())
    return rect


def _as_qimage(image: Image) -> QImage:
    """A QImage on the memory of an array (H, W, 3), which must live as long as it."""
    height, width, _ = image.shape
    memory = cast("bytes", image.data)  # any buffer will do
    return QImage(memory, width, height, image.strides[0], QImage.Format.Format_RGB888)
