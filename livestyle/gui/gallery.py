"""The gallery: cards of styles, painted by the styles themselves, in a strip or in a grid."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from html import escape

from PyQt6.QtCore import (
    QAbstractListModel,
    QBuffer,
    QByteArray,
    QEvent,
    QIODevice,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
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
from livestyle.gui.actions import FIRST_STYLES, USUAL, Keys, spoken
from livestyle.gui.language import tr
from livestyle.gui.shares import Shares
from livestyle.gui.widgets import SHARE, keeps_arrows
from livestyle.styles.file import Style

CARD = QSize(152, 134)
THUMBNAIL = QSize(144, 81)
NARROWEST_PX = 130
"""How narrow a card may get, so that a grid has one column more."""
MARGIN_PX = 4
BADGE, SHARE_BADGE = QSize(20, 18), QSize(44, 18)

STYLE_ROLE = Qt.ItemDataRole.UserRole
PREVIEW_ROLE = Qt.ItemDataRole.UserRole + 1
CARD_ROLE = Qt.ItemDataRole.UserRole + 2

SIDE_PX = 10
STRIP_EXTRA_PX = 18
"""What a strip is higher than its cards, for the scroll bar."""
MOST_PX = 16_777_215
"""Qt's word for no limit (`QWIDGETSIZE_MAX`)."""
MOST_DECODED = 400
"""Cards whose pictures stay decoded, at up to 0.4 MB each: as many as a large screen shows."""
LARGE_PX = 384
"""Width of the preview under the mouse."""
OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete)
STAR = "★"


@dataclass(slots=True)
class _Card:
    """A style, and what its card shows of it besides."""

    style: Style
    number: str = ""
    """By which keys choose it: one of `FIRST_STYLES`, or empty."""
    is_favourite: bool = False
    is_slow: bool = False
    preview: QPixmap | None = None
    """Decoded when it is first needed."""
    painted: QImage | None = None
    """The present frame in this style, in place of the preview."""


class StyleModel(QAbstractListModel):
    """The styles on show, which are some of those that there are, in some order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, _Card] = {}
        self._shown: list[_Card] = []
        self.keys: Keys = USUAL
        self._decoded: dict[str, None] = {}
        """The cards with decoded pictures, the one that was needed last at the end."""

    def use(self, styles: Iterable[Style], slow: Collection[str], favourites: Collection[str]) -> None:
        """Takes the styles there are, in the order of their keys. Previews that are the same stay decoded."""
        before, self._cards = self._cards, {}
        for style in styles:
            number = next(iter(FIRST_STYLES[len(self._cards) :]), "")
            card = before.get(style.name)
            # One that is about to paint otherwise has no preview for a while: what its card shows stays.
            is_known = card is not None and style.preview in (card.style.preview, b"")
            known = (card.preview, card.painted) if card is not None and is_known else (None, None)
            is_slow, is_favourite = style.name in slow, style.name in favourites
            self._cards[style.name] = _Card(style, number, is_favourite, is_slow, *known)
        self.show(card.style.name for card in self._shown)

    def show(self, names: Iterable[str]) -> None:
        """Shows some of the styles."""
        shown = [self._cards[name] for name in names if name in self._cards]
        if [card.style.name for card in shown] != self.names:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()
        else:
            self._shown = shown
            self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, 0))

    @property
    def names(self) -> list[str]:
        """The styles on show."""
        return [card.style.name for card in self._shown]

    def show_painted(self, name: str, painted: QImage) -> None:
        """Has a card show the present frame in its style."""
        if name in self._cards:
            self._cards[name].painted, self._cards[name].preview = painted, None
            self._keep_decoded(name)
            index = self.index_of(name)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def index_of(self, name: str) -> QModelIndex:
        """Where a style is; nowhere if it is not on show."""
        return self.index(self.names.index(name), 0) if name in self.names else QModelIndex()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many styles are on show."""
        return len(self._shown)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, tool tip, style, card and preview of a style."""
        if not index.isValid():
            return None
        card = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return card.style.title
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(card, self.keys)
            case _ if role == STYLE_ROLE:
                return card.style
            case _ if role == CARD_ROLE:
                return card
            case _ if role == PREVIEW_ROLE:
                self._keep_decoded(card.style.name)
                if card.preview is None:
                    card.preview = _cropped(_picture_of(card))
                return card.preview
        return None

    def _keep_decoded(self, name: str) -> None:
        """Notes that a card is needed; those that were not for long give their memory back."""
        self._decoded.pop(name, None)
        self._decoded[name] = None
        while len(self._decoded) > MOST_DECODED:
            oldest = next(iter(self._decoded))
            del self._decoded[oldest]
            if oldest in self._cards:
                self._cards[oldest].preview = self._cards[oldest].painted = None


def _picture_of(card: _Card) -> QImage:
    """What a card shows: a painting, or at least the picture that the style was made of; null if there is nothing."""
    return card.painted or QImage.fromData(card.style.preview or card.style.picture)


def _tip(card: _Card, keys: Keys) -> str:
    """What is said of a card under the mouse, under a larger preview."""
    style = card.style
    lines = [", ".join(fact for fact in (style.title, style.artist, style.year) if fact)]
    if card.is_slow:
        lines.append(tr("Painted by a slow network, some seconds a picture on a processor"))
    lines.append(tr("Click to paint in this style, Shift+click to mix it in or take it out"))
    key, mix_key = _keys_of(card, keys)
    if key and mix_key:
        lines.append(tr("Key {key}; {mix_key} to mix it in", key=key, mix_key=mix_key))
    elif key:
        lines.append(tr("Key {key}", key=key))
    lines.append(tr("Right-click for more"))
    words = "<br>".join(escape(line) for line in lines)
    picture = _picture_of(card)
    return words if picture.isNull() else f'<img src="{_as_address(picture)}" width="{LARGE_PX}"><br>{words}'


def _keys_of(card: _Card, keys: Keys) -> tuple[str, str]:
    """The keys that paint in a style and mix it in; empty where there is none."""
    if not card.number:
        return "", ""
    return spoken(keys[f"style {card.number}"]), spoken(keys[f"mix {card.number}"])


def _as_address(picture: QImage) -> str:
    """A picture as an address that has it in itself, at the size of a large preview."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.scaledToWidth(LARGE_PX, Qt.TransformationMode.SmoothTransformation).save(buffer, "JPEG", 92)
    return f"data:image/jpeg;base64,{data.toBase64().data().decode()}"


class Gallery(QListView):
    """Cards in a strip or in a grid. Those of the styles in use are framed, and say their shares if there are several.

    With the keyboard in it, arrow keys go from card to card, Enter chooses, Shift+Enter mixes, and the menu key, F2 and
    Delete do what the menu under the right mouse button does.

    Attributes:
        chosen: A style was clicked; its name.
        toggled: A style was clicked with Shift held; its name.
        menu_wanted: A style, and where on the screen its menu is to open.
        rename_wanted: A style is to be renamed; its name.
        delete_wanted: A style is to be deleted; its name.
        shares: The styles in use.
    """

    chosen = pyqtSignal(str)
    toggled = pyqtSignal(str)
    menu_wanted = pyqtSignal(str, QPoint)
    rename_wanted = pyqtSignal(str)
    delete_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setAccessibleName(tr("Styles"))
        self.styles: StyleModel = StyleModel(self)
        self.setModel(self.styles)
        self.setItemDelegate(_CardPainter(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setViewportMargins(SIDE_PX, 6, SIDE_PX, 0)
        self.shares: Shares = {}
        self.card = CARD
        """The size of a card: in a grid as wide as fills it."""
        self._empty = ""
        self._row = -1
        self.styles.modelAboutToBeReset.connect(self._note_row)
        self.styles.modelReset.connect(self._return_to_row)
        self.show_as_grid(False)

    @property
    def is_grid(self) -> bool:
        """Whether the cards are in rows; else they are in one strip."""
        return self.isWrapping()

    def show_as_grid(self, is_grid: bool) -> None:
        """Shows the cards in rows, or in one strip."""
        self.setWrapping(is_grid)
        self.setMinimumHeight(CARD.height() + STRIP_EXTRA_PX)
        self.setMaximumHeight(MOST_PX if is_grid else CARD.height() + STRIP_EXTRA_PX)
        never, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(needed if is_grid else never)
        self.setHorizontalScrollBarPolicy(never if is_grid else needed)
        self._fit_cards()
        for name in list(self.shares)[:1]:
            self.bring(name)

    def show_keys(self, keys: Keys) -> None:
        """Has the first cards say other keys."""
        self.styles.keys = keys
        self._repaint()

    def mark(self, shares: Shares) -> None:
        """Marks the styles in use, and brings one that has just come into sight."""
        new = [name for name in shares if name not in self.shares]
        self.shares = shares
        self._repaint()
        for name in new[:1]:
            self.bring(name)

    def bring(self, name: str) -> None:
        """Brings a card into sight."""
        index = self.styles.index_of(name)
        if index.isValid():
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def in_sight(self) -> list[str]:
        """The styles whose cards can be seen at the moment."""
        viewport = self.viewport()
        window = self.window()
        if viewport is None or window is None or not self.isVisible() or window.isMinimized():
            return []
        area = viewport.rect()
        rows = (self.styles.index(row, 0) for row in range(self.styles.rowCount()))
        return [self._name_at(index) for index in rows if area.intersects(self.visualRect(index))]

    def set_empty(self, words: str) -> None:
        """What is written where there is no card."""
        self._empty = words
        self._repaint()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Has the cards of a grid fill it."""
        self._fit_cards()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paints the cards, or the words in their place."""
        super().paintEvent(event)
        viewport = self.viewport()
        if viewport is not None and not self.styles.rowCount():
            painter = QPainter(viewport)
            painter.setPen(QColor(theme.QUIET))
            ways = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(viewport.rect(), int(ways), self._empty)
            painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Chooses the card under the mouse."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            mixes = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.toggled if mixes else self.chosen).emit(self._name_at(index))

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Asks for the menu of the card under the mouse, or of the one that has the keyboard."""
        viewport = self.viewport()
        if event is None or viewport is None:
            return
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(viewport.mapFromGlobal(event.globalPos()))
        if index.isValid():
            place = viewport.mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
            self.menu_wanted.emit(self._name_at(index), place)

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys and its own while it has the keyboard."""
        if keeps_arrows(event):
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Does what a key does to the card that has the keyboard."""
        index = self.currentIndex()
        if event is None or not index.isValid() or event.key() not in OWN_KEYS:
            super().keyPressEvent(event)
            return
        name = self._name_at(index)
        match event.key():
            case Qt.Key.Key_F2:
                self.rename_wanted.emit(name)
            case Qt.Key.Key_Delete:
                self.delete_wanted.emit(name)
            case _ if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.toggled.emit(name)
            case _:
                self.chosen.emit(name)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Begins with the card of the style that leads."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            leader = self.styles.index_of(next(iter(self.shares), ""))
            self.setCurrentIndex(leader if leader.isValid() else self.styles.index(0, 0))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Scrolls a strip sideways with an ordinary wheel."""
        bar = self.horizontalScrollBar()
        if event is None or bar is None:
            return
        if self.is_grid:
            super().wheelEvent(event)
            return
        delta: QPoint = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        bar.setValue(bar.value() - (delta.x() if abs(delta.x()) > abs(delta.y()) else delta.y()))
        event.accept()

    def _fit_cards(self) -> None:
        style = self.style()
        if not self.is_grid or style is None:
            card = CARD
        else:
            # What Qt keeps free beside the cards, be there a scroll bar or not.
            bar = style.pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
            card = card_in(self.width() - 2 * SIDE_PX - bar)
        if card != self.card:
            self.card = card
            self.scheduleDelayedItemsLayout()

    def _note_row(self) -> None:
        self._row = self.currentIndex().row()

    def _return_to_row(self) -> None:
        """The keyboard stays where it was when other cards come into sight: after a deletion, at the next one."""
        if self._row >= 0:
            self.setCurrentIndex(self.styles.index(min(self._row, self.styles.rowCount() - 1), 0))

    def _name_at(self, index: QModelIndex) -> str:
        style: Style = index.data(STYLE_ROLE)
        return style.name

    def _repaint(self) -> None:
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()


class _CardPainter(QStyledItemDelegate):
    """Paints a card: preview, number, title, artist."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__(gallery)
        self._gallery = gallery

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return self._gallery.card

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if painter is None:
            return
        card: _Card = index.data(CARD_ROLE)
        style = card.style
        shares = self._gallery.shares
        color = theme.MIX[list(shares).index(style.name)] if style.name in shares else None
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        thumbnail = QRect(option.rect.topLeft() + QPoint(MARGIN_PX, MARGIN_PX), _thumbnail_of(self._gallery.card))
        self._draw_preview(painter, thumbnail, index)
        has_keyboard = self._gallery.hasFocus() and index == self._gallery.currentIndex()
        if color or is_hovered or has_keyboard:
            ink = color or (theme.TEXT if has_keyboard else theme.FAINT)
            painter.setPen(QPen(QColor(ink), 2.0 if color or has_keyboard else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(thumbnail, 6, 6)
        if color and len(shares) > 1:
            corner = thumbnail.topRight() - QPoint(SHARE_BADGE.width() + 5, -5)
            _draw_badge(painter, QRect(corner, SHARE_BADGE), SHARE.text(shares[style.name]), color)
        left = thumbnail.topLeft() + QPoint(6, 5)
        key, _ = _keys_of(card, self._gallery.styles.keys)
        if key:
            _draw_badge(painter, QRect(left, _badge_for(painter, key, BADGE)), key, color)
        foot = thumbnail.bottomLeft() + QPoint(6, -BADGE.height() - 4)
        if card.is_favourite:
            _draw_badge(painter, QRect(foot, BADGE), STAR, None)
        if card.is_slow:
            word = tr("Slow")
            badge = _badge_for(painter, word, SHARE_BADGE)
            corner = thumbnail.bottomRight() - QPoint(badge.width() + 5, badge.height() + 4)
            _draw_badge(painter, QRect(corner, badge), word, None)
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


def _thumbnail_of(card: QSize) -> QSize:
    width = card.width() - 2 * MARGIN_PX
    return QSize(width, round(width * THUMBNAIL.height() / THUMBNAIL.width()))


def card_in(room_px: int) -> QSize:
    """The size of the cards that fill a row so wide: about as wide as in a strip, and of the same shape."""
    columns = max(1, room_px // CARD.width())
    if room_px // (columns + 1) >= NARROWEST_PX:
        columns += 1
    width = max(NARROWEST_PX, room_px // columns)
    return QSize(width, CARD.height() - THUMBNAIL.height() + _thumbnail_of(QSize(width, 0)).height())


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


def _badge_font(painter: QPainter) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(11)
    font.setWeight(QFont.Weight.Bold)
    return font


def _badge_for(painter: QPainter, text: str, least: QSize) -> QSize:
    room = QFontMetrics(_badge_font(painter)).horizontalAdvance(text) + 12
    return QSize(max(least.width(), room), least.height())


def _draw_badge(painter: QPainter, badge: QRect, text: str, color: str | None) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color) if color else QColor(13, 14, 16, 170))
    painter.drawRoundedRect(badge, 5, 5)
    painter.setFont(_badge_font(painter))
    painter.setPen(QColor(theme.ON_ACCENT if color else theme.DARK.text))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _cropped(picture: QImage) -> QPixmap:
    """A preview at twice the size of a thumbnail (for fine screens), cut to its shape; null if there is none."""
    if picture.isNull():
        return QPixmap()
    size = THUMBNAIL * 2
    ways = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    scaled = picture.scaled(size, *ways)
    offset = QPoint((scaled.width() - size.width()) // 2, (scaled.height() - size.height()) // 2)
    return QPixmap.fromImage(scaled.copy(QRect(offset, size)))
