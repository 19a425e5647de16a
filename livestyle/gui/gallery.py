"""The gallery: a strip of all styles, painted by the styles themselves."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap, QWheelEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from livestyle.gui import theme
from livestyle.styles.file import Style

CARD = QSize(152, 134)
THUMBNAIL = QSize(144, 81)
MARGIN_PX = 4
NUMBERED = 9
"""Styles with a number key."""

STYLE_ROLE = Qt.ItemDataRole.UserRole
PREVIEW_ROLE = Qt.ItemDataRole.UserRole + 1


class StyleModel(QAbstractListModel):
    """The styles on show. Previews are decoded when they are first needed."""

    def __init__(self, styles: Sequence[Style], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._styles = list(styles)
        self._previews: dict[int, QPixmap] = {}

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many styles there are."""
        return len(self._styles)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, tool tip, style and preview of a style."""
        if not index.isValid():
            return None
        style = self._styles[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return style.title
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(index.row())
            case _ if role == STYLE_ROLE:
                return style
            case _ if role == PREVIEW_ROLE:
                return self._preview(index.row())
        return None

    def _tip(self, row: int) -> str:
        style = self._styles[row]
        facts = ", ".join(fact for fact in (style.title, style.artist, style.year) if fact)
        keys = f"\nKey {row + 1}; Ctrl+{row + 1} to mix it in" if row < NUMBERED else ""
        return f"{facts}\nClick to paint in this style, Shift+click to mix it in{keys}"

    def _preview(self, row: int) -> QPixmap:
        if row not in self._previews:
            self._previews[row] = _cropped(self._styles[row].preview)
        return self._previews[row]


class Gallery(QListView):
    """A strip of cards; one is the style in use, another may be mixed in.

    Attributes:
        chosen: A style was clicked; its name.
        mixed_in: A style was clicked with Shift held; its name.
    """

    chosen = pyqtSignal(str)
    mixed_in = pyqtSignal(str)

    def __init__(self, styles: Sequence[Style], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setModel(StyleModel(styles, self))
        self.setItemDelegate(_CardPainter(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(CARD.height() + 18)
        self.setViewportMargins(10, 6, 10, 0)
        self.first: str | None = None
        self.second: str | None = None

    def mark(self, first: str | None, second: str | None) -> None:
        """Marks the style in use and the one mixed in, and brings the first into sight."""
        moved = first != self.first
        self.first, self.second = first, second
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()
        row = self._row_of(first)
        if moved and row is not None:
            self.scrollTo(row, QAbstractItemView.ScrollHint.EnsureVisible)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Chooses the card under the mouse."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            style: Style = index.data(STYLE_ROLE)
            mixes = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.mixed_in if mixes else self.chosen).emit(style.name)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Scrolls sideways with an ordinary wheel."""
        bar = self.horizontalScrollBar()
        if event is None or bar is None:
            return
        delta: QPoint = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        bar.setValue(bar.value() - (delta.x() if abs(delta.x()) > abs(delta.y()) else delta.y()))
        event.accept()

    def _row_of(self, name: str | None) -> QModelIndex | None:
        model = self.model()
        if model is None or name is None:
            return None
        rows = (model.index(row, 0) for row in range(model.rowCount()))
        return next((index for index in rows if index.data(STYLE_ROLE).name == name), None)


class _CardPainter(QStyledItemDelegate):
    """Paints a card: preview, number, title, artist."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__(gallery)
        self._gallery = gallery

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return CARD

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if painter is None:
            return
        style: Style = index.data(STYLE_ROLE)
        is_first, is_second = style.name == self._gallery.first, style.name == self._gallery.second
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        thumbnail = QRect(option.rect.topLeft() + QPoint(MARGIN_PX, MARGIN_PX), THUMBNAIL)
        self._draw_preview(painter, thumbnail, index)
        if is_first or is_second or is_hovered:
            color = theme.ACCENT if is_first else theme.SECOND if is_second else theme.FAINT
            painter.setPen(QPen(QColor(color), 2.0 if is_first or is_second else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(thumbnail, 6, 6)
        if is_second:
            _draw_badge(painter, thumbnail.topRight() + QPoint(-25, 5), "+", theme.SECOND)
        if index.row() < NUMBERED:
            _draw_badge(
                painter, thumbnail.topLeft() + QPoint(6, 5), str(index.row() + 1), theme.ACCENT if is_first else None
            )
        self._draw_words(painter, thumbnail, style, theme.ACCENT if is_first else theme.TEXT)
        painter.restore()

    def _draw_preview(self, painter: QPainter, thumbnail: QRect, index: QModelIndex) -> None:
        path = QPainterPath()
        path.addRoundedRect(thumbnail.toRectF(), 6, 6)
        preview: QPixmap = index.data(PREVIEW_ROLE)
        if preview.isNull():
            painter.fillPath(path, QColor(theme.RAISED))
            return
        painter.setClipPath(path)
        painter.drawPixmap(thumbnail, preview)
        painter.setClipping(False)

    def _draw_words(self, painter: QPainter, thumbnail: QRect, style: Style, color: str) -> None:
        title = QRect(thumbnail.left() + 2, thumbnail.bottom() + 5, thumbnail.width() - 4, 18)
        for text, box, ink, weight in (
            (style.title, title, color, QFont.Weight.DemiBold),
            (style.artist, title.translated(0, 17), theme.QUIET, QFont.Weight.Normal),
        ):
            font = QFont(painter.font())
            font.setPixelSize(12)
            font.setWeight(weight)
            painter.setFont(font)
            painter.setPen(QColor(ink))
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


def _draw_badge(painter: QPainter, corner: QPoint, text: str, color: str | None) -> None:
    badge = QRect(corner, QSize(20, 18))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color) if color else QColor(13, 14, 16, 170))
    painter.drawRoundedRect(badge, 5, 5)
    font = QFont(painter.font())
    font.setPixelSize(11)
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.setPen(QColor(theme.STAGE if color else theme.TEXT))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _cropped(jpeg: bytes) -> QPixmap:
    """A preview at twice the size of a thumbnail (for fine screens), cut to its shape; null if there is none."""
    pixmap = QPixmap()
    if not jpeg or not pixmap.loadFromData(jpeg):
        return QPixmap()
    size = THUMBNAIL * 2
    ways = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    pixmap = pixmap.scaled(size, *ways)
    offset = QPoint((pixmap.width() - size.width()) // 2, (pixmap.height() - size.height()) // 2)
    return pixmap.copy(QRect(offset, size))
