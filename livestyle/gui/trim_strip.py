"""A strip of frames of a clip with two handles, between which it is painted, and a line at the frame on show."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from livestyle.gui import theme
from livestyle.gui.clip_pictures import ClipPictures, Shot
from livestyle.gui.language import tr
from livestyle.jobs.inputs import Source

HEIGHT_PX = 44
HANDLE_PX = 8
REACH_PX = 10
"""How far beside a handle it can be taken hold of."""
LEAST_S = 0.1
"""How much is left between the handles."""

Held = Literal["start", "end", "time"]


class TrimStrip(QWidget):
    """For the mouse; the fields beside it do the same by keyboard.

    Args:
        pictures: Where its frames come from.

    Attributes:
        trimmed: A handle was moved: where the clip begins and ends, in seconds.
        sought: Another frame is to be shown, at a time in seconds.
    """

    trimmed = pyqtSignal(float, float)
    sought = pyqtSignal(float)

    def __init__(self, pictures: ClipPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._source: Source | None = None
        self._duration_s = self._start_s = self._end_s = self._time_s = 0.0
        self._held: Held | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Drag the ends to paint a part of the clip; click in between to see a frame"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        pictures.ready.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, HEIGHT_PX)

    def show_clip(self, source: Source | None, duration_s: float, start_s: float, end_s: float) -> None:
        """Shows a clip, or none; and which part of it is painted."""
        self._source, self._duration_s = source, duration_s
        if self._held is None:
            self._start_s, self._end_s = start_s, end_s
        self.update()

    def show_time(self, time_s: float) -> None:
        """Puts the line at a time."""
        self._time_s = time_s
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Takes hold of a handle, or of the line."""
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._duration_s <= 0:
            return
        x = event.position().x()
        near: dict[Held, float] = {"start": abs(x - self._x(self._start_s)), "end": abs(x - self._x(self._end_s))}
        held = min(near, key=lambda each: near[each])
        self._held = held if self.isEnabled() and near[held] <= REACH_PX else "time"
        self._move(x)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Moves what is held."""
        if event is not None and self._held is not None:
            self._move(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Lets go: what was moved counts."""
        held, self._held = self._held, None
        if held in ("start", "end"):
            self.trimmed.emit(self._start_s, self._end_s)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws frames, what is left out, handles and the line."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        inside = self._inside()
        painter.fillRect(inside, QColor(theme.STAGE))
        if self._source is not None and self._duration_s > 0:
            self._draw_frames(painter, inside, self._source)
            left, right = self._x(self._start_s), self._x(self._end_s)
            shade = QColor(13, 14, 16, 170)
            painter.fillRect(QRectF(inside.left(), inside.top(), left - inside.left(), inside.height()), shade)
            painter.fillRect(QRectF(right, inside.top(), inside.right() + 1 - right, inside.height()), shade)
            painter.setPen(QPen(QColor(theme.DARK.text), 2))
            x = self._x(self._time_s)
            painter.drawLine(QPointF(x, inside.top()), QPointF(x, inside.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.ACCENT if self.isEnabled() else theme.FAINT))
            for place in (left - HANDLE_PX, right):
                painter.drawRoundedRect(QRectF(place, inside.top(), HANDLE_PX, inside.height()), 3, 3)
        painter.end()

    def _draw_frames(self, painter: QPainter, inside: QRect, source: Source) -> None:
        facts = self._pictures.facts(source)
        if facts is None:
            return
        height, width = facts.size_hw
        each = max(12.0, inside.height() * width / height)
        count = max(1, round(inside.width() / each))
        painter.setClipRect(inside)
        for place in range(count):
            time_s = round(self._duration_s * (place + 0.5) / count, 2)
            picture = self._pictures.picture(Shot(source, time_s, HEIGHT_PX))
            if picture is not None:
                step = inside.width() / count
                painter.drawPixmap(
                    QRectF(inside.left() + place * step, inside.top(), step, inside.height()),
                    picture,
                    QRectF(picture.rect()),
                )
        painter.setClipping(False)

    def _inside(self) -> QRect:
        return self.rect().adjusted(HANDLE_PX, 0, -HANDLE_PX, 0)

    def _x(self, time_s: float) -> float:
        inside = self._inside()
        return inside.left() + inside.width() * (time_s / self._duration_s if self._duration_s > 0 else 0)

    def _move(self, x: float) -> None:
        inside = self._inside()
        time_s = min(1.0, max(0.0, (x - inside.left()) / max(1, inside.width()))) * self._duration_s
        if self._held == "start":
            self._start_s = min(time_s, max(0.0, self._end_s - LEAST_S))
            time_s = self._start_s
        elif self._held == "end":
            self._end_s = max(time_s, min(self._duration_s, self._start_s + LEAST_S))
            time_s = self._end_s
        self.update()
        self.sought.emit(time_s)
