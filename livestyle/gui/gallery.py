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
from livestyle.gui.actions import MIX_KEYS, STYLE_KEYS
from livestyle.gui.shares import Shares
from livestyle.gui.widgets import SHARE
from livestyle.styles.file import Style

CARD = QSize(152, 134)
THUMBNAIL = QSize(144, 81)
MARGIN_PX = 4
BADGE, SHARE_BADGE = QSize(20, 18), QSize(44, 18)

STYLE_ROLE = Qt.ItemDataRole.UserRole
PREVIEW_ROLE = Qt.ItemDataRole.UserRole + 1


class StyleModel(QAbstractListModel):
    """The styles on show. Previews are decoded when they are first needed."""

    def __init__(self, styles: Sequence[Style], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._styles = list(styles)
        self._previews: dict[int, QPixmap] = {}

    def add(self, style: Style) -> None:
        """One more style, at the end."""
        self.beginInsertRows(QModelIndex(), len(self._styles), len(self._styles))
        self._styles.append(style)
        self.endInsertRows()

    def index_of(self, name: str) -> QModelIndex:
        """Where a style is."""
        return self.index([style.name for style in self._styles].index(name), 0)

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
        keys = f"\nKey {STYLE_KEYS[row]}; {MIX_KEYS[row]} to mix it in" if row < len(STYLE_KEYS) else ""
        return f"{facts}\nClick to paint in this style, Shift+click to mix it in or take it out{keys}"

    def _preview(self, row: int) -> QPixmap:
        if row not in self._previews:
            self._previews[row] = _cropped(self._styles[row].preview)
        return self._previews[row]


class Gallery(QListView):
    """A strip of cards. Those of the styles in use are framed, and say their shares if there are several.

    Attributes:
        chosen: A style was clicked; its name.
        toggled: A style was clicked with Shift held; its name.
        shares: The styles in use.
    """

    chosen = pyqtSignal(str)
    toggled = pyqtSignal(str)

    def __init__(self, styles: Sequence[Style], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self._styles = StyleModel(styles, self)
        self.setModel(self._styles)
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
        self.shares: Shares = {}

    def add(self, style: Style) -> None:
        """One more style, at the end."""
        self._styles.add(style)

    def mark(self, shares: Shares) -> None:
        """Marks the styles in use, and brings one that has just come into sight."""
        new = [name for name in shares if name not in self.shares]
        self.shares = shares
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()
        for name in new[:1]:
            self.scrollTo(self._styles.index_of(name), QAbstractItemView.ScrollHint.EnsureVisible)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Chooses the card under the mouse."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            style: Style = index.data(STYLE_ROLE)
            mixes = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.toggled if mixes else self.chosen).emit(style.name)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Scrolls sideways with an ordinary wheel."""
        bar = self.horizontalScrollBar()
        if event is None or bar is None:
            return
        delta: QPoint = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        bar.setValue(bar.value() - (delta.x() if abs(delta.x()) > abs(delta.y()) else delta.y()))
        event.accept()


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
        shares = self._gallery.shares
        color = theme.MIX[list(shares).index(style.name)] if style.name in shares else None
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        thumbnail = QRect(option.rect.topLeft() + QPoint(MARGIN_PX, MARGIN_PX), THUMBNAIL)
        self._draw_preview(painter, thumbnail, index)
        if color or is_hovered:
            painter.setPen(QPen(QColor(color or theme.FAINT), 2.0 if color else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(thumbnail, 6, 6)
        if color and len(shares) > 1:
            corner = thumbnail.topRight() - QPoint(SHARE_BADGE.width() + 5, -5)
            _draw_badge(painter, QRect(corner, SHARE_BADGE), SHARE.text(shares[style.name]), color)
        for key in STYLE_KEYS[index.row() :][:1]:
            _draw_badge(painter, QRect(thumbnail.topLeft() + QPoint(6, 5), BADGE), key, color)
        draw_words(painter, thumbnail, style.title, style.artist, color or theme.TEXT)
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


def draw_words(painter: QPainter, thumbnail: QRect, title: str, fact: str, color: str) -> None:
    """Writes the two lines under the thumbnail of a card."""
    box = QRect(thumbnail.left() + 2, thumbnail.bottom() + 5, thumbnail.width() - 4, 18)
    for text, line, ink, weight in (
        (title, box, color, QFont.Weight.DemiBold),
        (fact, box.translated(0, 17), theme.QUIET, QFont.Weight.Normal),
    ):
        font = QFont(painter.font())
        font.setPixelSize(12)
        font.setWeight(weight)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


def _draw_badge(painter: QPainter, badge: QRect, text: str, color: str | None) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color) if color else QColor(13, 14, 16, 170))
    painter.drawRoundedRect(badge, 5, 5)
    font = QFont(painter.font())
    font.setPixelSize(11)
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.setPen(QColor(theme.ON_ACCENT if color else theme.DARK.text))
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
