"""A strip of frames of a clip with two handles, between which it is painted, and a line at the frame on show."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from livestyle.gui import theme
from livestyle.gui.clip_pictures import ClipPictures, Shot
from livestyle.gui.language import tr
from livestyle.gui.widgets import keeps_arrows
from livestyle.jobs.inputs import Source

HEIGHT_PX = 44
HANDLE_PX = 8
REACH_PX = 10
"""How far beside a handle it can be taken hold of."""
PLACES = 1000
"""Of the line."""
LEAST_S = 0.1
"""How much is left between the handles."""

Held = Literal["start", "end", "time"]


class TrimStrip(QAbstractSlider):
    """Its value is where the line stands, 0 to `PLACES`. The handles are for the mouse; fields do the same by keyboard.

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
        self._duration_s = self._start_s = self._end_s = 0.0
        self._held: Held | None = None
        self._can_trim = True
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, PLACES)
        self.setSingleStep(PLACES // 100)
        self.setPageStep(PLACES // 10)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Which frame is shown"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Drag the ends to paint a part of the clip; click in between to see a frame"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        pictures.ready.connect(self.update)
        self.valueChanged.connect(self._seek)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, HEIGHT_PX)

    def show_clip(
        self, source: Source | None, duration_s: float, start_s: float, end_s: float, *, can_trim: bool
    ) -> None:
        """Shows a clip, or none; and which part of it is painted, and whether that can be changed."""
        self._source, self._duration_s, self._can_trim = source, duration_s, can_trim
        if self._held is None:
            self._start_s, self._end_s = start_s, end_s
        self.update()

    def show_time(self, time_s: float) -> None:
        """Puts the line at a time, without a signal."""
        blocked = self.blockSignals(True)
        self.setValue(round(PLACES * time_s / self._duration_s) if self._duration_s > 0 else 0)
        self.blockSignals(blocked)
        self.update()

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys."""
        if keeps_arrows(event):
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Takes hold of a handle, or of the line."""
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._duration_s <= 0:
            return
        x = event.position().x()
        near: dict[Held, float] = {"start": abs(x - self._x(self._start_s)), "end": abs(x - self._x(self._end_s))}
        held = min(near, key=lambda each: near[each])
        self._held = held if self._can_trim and near[held] <= REACH_PX else "time"
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
            painter.setPen(QPen(QColor(theme.DARK.accent if self.hasFocus() else theme.DARK.text), 2))
            x = inside.left() + inside.width() * self.value() / PLACES
            painter.drawLine(QPointF(x, inside.top()), QPointF(x, inside.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.ACCENT if self._can_trim else theme.FAINT))
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
        self.show_time(time_s)
        self.sought.emit(time_s)

    def _seek(self, place: int) -> None:
        self.update()
        self.sought.emit(self._duration_s * place / PLACES)
