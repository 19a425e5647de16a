"""The few icons, drawn: sharp at any scale, and no files to ship."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from livestyle.gui import theme

SIDE_PX = 18
SCALE = 3
"""Pixels drawn for each pixel of an ordinary screen."""


def record_icon() -> QIcon:
    """A red disc; a square while it is on."""
    icon = _icon(_draw_disc, QColor(theme.ALERT))
    icon.addPixmap(_pixmap(_draw_square, QColor(theme.ALERT)), state=QIcon.State.On)
    return icon


def _icon(draw: Callable[[QPainter, QColor], None], color: QColor | None = None) -> QIcon:
    icon = QIcon(_pixmap(draw, color or QColor(theme.TEXT)))
    icon.addPixmap(_pixmap(draw, color or QColor(theme.ACCENT)), state=QIcon.State.On)
    icon.addPixmap(_pixmap(draw, QColor(theme.FAINT)), QIcon.Mode.Disabled)
    return icon


def _pixmap(draw: Callable[[QPainter, QColor], None], color: QColor) -> QPixmap:
    pixmap = QPixmap(SIDE_PX * SCALE, SIDE_PX * SCALE)
    pixmap.setDevicePixelRatio(SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, 1.5)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    draw(painter, color)
    painter.end()
    return pixmap


def _draw_disc(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    painter.drawEllipse(QPointF(9, 9), 5, 5)


def _draw_square(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(4.5, 4.5, 9, 9), 1, 1)


def _draw_film(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 3.5, 14, 11), 1.5, 1.5)
    for x in (5.5, 12.5):
        painter.drawLine(QPointF(x, 3.5), QPointF(x, 14.5))
    for x in (2.0, 12.5):
        painter.drawLine(QPointF(x, 9), QPointF(x + 3.5, 9))


def _draw_camera(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 5, 14, 10), 2, 2)
    painter.drawEllipse(QPointF(9, 10), 2.8, 2.8)
    painter.drawLine(QPointF(6.5, 5), QPointF(7.5, 3))
    painter.drawLine(QPointF(7.5, 3), QPointF(10.5, 3))
    painter.drawLine(QPointF(10.5, 3), QPointF(11.5, 5))


def _draw_halves(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 4, 14, 10), 2, 2)
    painter.fillRect(QRectF(9, 4, 7, 10), color)
    painter.drawLine(QPointF(9, 2), QPointF(9, 16))


def _draw_panels(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 14, 12), 2, 2)
    painter.drawLine(QPointF(11.5, 3), QPointF(11.5, 15))
    painter.drawLine(QPointF(2, 11.5), QPointF(11.5, 11.5))


def _draw_corners(painter: QPainter, color: QColor) -> None:
    for x, y in ((3, 3), (15, 3), (3, 15), (15, 15)):
        inward_x, inward_y = (4 if x < 9 else -4), (4 if y < 9 else -4)
        painter.drawLine(QPointF(x, y), QPointF(x + inward_x, y))
        painter.drawLine(QPointF(x, y), QPointF(x, y + inward_y))


def _draw_cards(painter: QPainter, color: QColor) -> None:
    for x in (2.5, 10.0):
        for y in (3.0, 10.0):
            painter.drawRoundedRect(QRectF(x, y, 5.5, 5), 1, 1)


def _draw_queue(painter: QPainter, color: QColor) -> None:
    for y in (3.0, 10.0):
        painter.drawRoundedRect(QRectF(2, y, 7, 5), 1, 1)
        painter.drawLine(QPointF(11.5, y + 1), QPointF(16, y + 1))
        painter.drawLine(QPointF(11.5, y + 4), QPointF(14.5, y + 4))


def _draw_bars(painter: QPainter, color: QColor) -> None:
    for x in (5.0, 10.5):
        painter.fillRect(QRectF(x, 4, 2.5, 10), color)


def _draw_webcam(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(9, 7.5), 5, 5)
    painter.drawEllipse(QPointF(9, 7.5), 1.6, 1.6)
    painter.drawLine(QPointF(5, 15.5), QPointF(13, 15.5))
    painter.drawLine(QPointF(9, 12.5), QPointF(9, 15.5))


def _draw_screen(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 14, 9), 1.5, 1.5)
    painter.drawLine(QPointF(9, 12), QPointF(9, 15))
    painter.drawLine(QPointF(5.5, 15), QPointF(12.5, 15))


def _draw_waves(painter: QPainter, color: QColor) -> None:
    for radius in (3.5, 6.5):
        square = QRectF(9 - radius, 9 - radius, 2 * radius, 2 * radius)
        for middle_deg in (0, 180):
            painter.drawArc(square, (middle_deg - 50) * 16, 100 * 16)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(9, 9), 0.8, 0.8)


def _draw_page(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 14, 12), 1.5, 1.5)
    painter.drawLine(QPointF(2, 6.5), QPointF(16, 6.5))
    painter.drawPoint(QPointF(4.5, 4.8))


def _draw_way_out(painter: QPainter, color: QColor) -> None:
    painter.drawPolyline(QPolygonF([QPointF(10, 3), QPointF(3, 3), QPointF(3, 15), QPointF(15, 15), QPointF(15, 8)]))
    painter.drawLine(QPointF(8.5, 9.5), QPointF(15, 3))
    painter.drawPolyline(QPolygonF([QPointF(11.5, 2.5), QPointF(15.5, 2.5), QPointF(15.5, 6.5)]))


def _draw_triangle(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(6, 4), QPointF(14, 9), QPointF(6, 14)]))


def _draw_next(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(4.5, 4.5), QPointF(11, 9), QPointF(4.5, 13.5)]))
    painter.drawLine(QPointF(13.5, 4.5), QPointF(13.5, 13.5))


def _draw_before(painter: QPainter, color: QColor) -> None:
    painter.scale(-1, 1)
    painter.translate(-SIDE_PX, 0)
    _draw_next(painter, color)


def _draw_stroke(painter: QPainter, color: QColor) -> None:
    painter.fillRect(QRectF(0, 0, SIDE_PX, SIDE_PX), QColor(theme.STAGE))
    path = QPainterPath(QPointF(3, 13))
    path.cubicTo(QPointF(6, 2), QPointF(9, 15), QPointF(15, 4))
    painter.setPen(QPen(color, 3, cap=Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)


videos_icon = partial(_icon, _draw_queue)
"""Two pictures with lines beside them."""
take_icon = partial(_icon, _draw_film)
"""A piece of film."""
snapshot_icon = partial(_icon, _draw_camera)
"""A camera."""
compare_icon = partial(_icon, _draw_halves)
"""A picture of two halves."""
panels_icon = partial(_icon, _draw_panels)
"""A window with a panel."""
full_screen_icon = partial(_icon, _draw_corners)
"""Four corners."""
grid_icon = partial(_icon, _draw_cards)
"""Four cards."""
pause_icon = partial(_icon, _draw_bars)
"""Two bars."""
play_icon = partial(_icon, _draw_triangle)
"""A triangle that points on."""
next_icon = partial(_icon, _draw_next)
"""A triangle that points on, to a line."""
before_icon = partial(_icon, _draw_before)
"""A triangle that points back, to a line."""
webcam_icon = partial(_icon, _draw_webcam)
"""A camera on a foot."""
projector_icon = partial(_icon, _draw_screen)
"""A screen."""
stream_icon = partial(_icon, _draw_waves)
"""Waves that go out from a point."""
web_page_icon = partial(_icon, _draw_page)
"""The window of a browser."""
outputs_icon = partial(_icon, _draw_way_out)
"""An arrow out of a frame."""
app_icon = partial(_icon, _draw_stroke, QColor(theme.ACCENT))
"""A brush stroke on a dark ground."""
