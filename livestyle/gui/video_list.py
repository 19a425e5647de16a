"""The videos of the queue as rows: a picture, what it is, how it stands; they are dragged to their order."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from livestyle.gui import theme
from livestyle.gui.drops import dropped_inputs
from livestyle.gui.language import number, told, tr
from livestyle.gui.transport_bar import film_time
from livestyle.gui.video_queue import Speed
from livestyle.gui.widgets import SHARE, keeps_arrows
from livestyle.jobs.inputs import file_name
from livestyle.jobs.queue import Entry

ROW_PX = 68
THUMBNAIL = QSize(96, 54)
GAP_PX = 8
NUMBER_ROLE = Qt.ItemDataRole.UserRole
LINES_ROLE = Qt.ItemDataRole.UserRole + 1
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 2

PictureOf = Callable[[Entry], QPixmap | None]


def state_of(entry: Entry, speed: Speed | None = None) -> str:
    """How a video stands, in words."""
    percent = SHARE.text(entry.share)
    if entry.state == "painting" and speed is not None:
        fps = number(speed.fps, 1)
        if speed.left_s is None:
            return tr("Painting: {n} frames, {fps} fps", n=entry.done, fps=fps)
        left = film_time(speed.left_s)
        return tr("Painting: {percent}, {fps} fps, {time} left", percent=percent, fps=fps, time=left)
    match entry.state:
        case "waiting":
            return tr("Waiting")
        case "painting":
            return tr("Painting: {percent}", percent=percent)
        case "paused":
            return tr("Paused at {percent}", percent=percent) if entry.is_begun else tr("Ready")
        case "done":
            return tr("Painted: {path}", path=entry.job.target.name)
        case "failed":
            return told(entry.error)


class VideoList(QListWidget):
    """A row for each video.

    Args:
        picture_of: The picture of a row; None while there is none.

    Attributes:
        ordered: The numbers of all, in the order that they were dragged to.
        dropped: Files, folders and addresses that were dropped here.
        removed: The rows that have the keyboard are to be taken out.
        left: The keyboard leaves by Escape.
    """

    ordered = pyqtSignal(list)
    dropped = pyqtSignal(list)
    removed = pyqtSignal()
    left = pyqtSignal()

    def __init__(self, picture_of: PictureOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Videos"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(ROW_PX)
        self.setItemDelegate(_Row(picture_of, self))
        rows = self.model()
        assert rows is not None
        rows.rowsMoved.connect(lambda: self.ordered.emit(self.numbers))

    @property
    def numbers(self) -> list[int]:
        """The numbers of all rows, from the top."""
        return [self._item(row).data(NUMBER_ROLE) for row in range(self.count())]

    @property
    def chosen(self) -> list[int]:
        """The numbers of those that are selected, from the top."""
        chosen = {item.data(NUMBER_ROLE) for item in self.selectedItems()}
        return [each for each in self.numbers if each in chosen]

    @property
    def current(self) -> int | None:
        """The number of the one that has the keyboard, or would have."""
        item = self.currentItem()
        return None if item is None else item.data(NUMBER_ROLE)

    def show_entries(self, entries: list[tuple[Entry, str, str]]) -> None:
        """Shows videos, each with a line about what it becomes and one about how it stands."""
        numbers = [entry.number for entry, _, _ in entries]
        if numbers != self.numbers:
            chosen, current = self.chosen, self.current
            blocked = self.blockSignals(True)
            self.clear()
            for each in numbers:
                item = QListWidgetItem()
                item.setData(NUMBER_ROLE, each)
                self.addItem(item)
                if each == current:
                    self.setCurrentItem(item)
            self.choose(chosen)
            self.blockSignals(blocked)
            self.itemSelectionChanged.emit()
        for row, (entry, what, state) in enumerate(entries):
            item = self._item(row)
            name = file_name(entry.job.source).name
            lines = [name, what, state]
            if item.data(LINES_ROLE) != lines or item.data(ENTRY_ROLE) != entry:
                item.setData(LINES_ROLE, lines)
                item.setData(ENTRY_ROLE, entry)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(lines))
                item.setToolTip("\n".join([*lines, *map(told, entry.warnings)]))

    def choose(self, numbers: list[int]) -> None:
        """Selects rows."""
        self.clearSelection()
        rows = [row for row, each in enumerate(self.numbers) if each in numbers]
        for row in rows[-1:]:
            self.setCurrentRow(row)
        for row in rows:
            self._item(row).setSelected(True)

    def move_by(self, step: int) -> None:
        """Moves the selected rows up or down by one."""
        numbers, chosen = self.numbers, set(self.chosen)
        places = range(len(numbers)) if step < 0 else range(len(numbers) - 1, -1, -1)
        for place in places:
            other = place + step
            if numbers[place] in chosen and 0 <= other < len(numbers) and numbers[other] not in chosen:
                numbers[place], numbers[other] = numbers[other], numbers[place]
        if numbers != self.numbers:
            self.ordered.emit(numbers)

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys, and those that mean a row here."""
        if keeps_arrows(event):
            return True
        is_asked = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Escape):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Delete takes rows out, Ctrl and an arrow moves them, Escape leaves."""
        if event is None:
            return
        key, with_ctrl = event.key(), event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Delete:
            self.removed.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif with_ctrl and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_by(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Takes its own rows, and what can be dropped in."""
        self._take(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        """The same."""
        if not self._take(event):
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Moves rows, or hands over what was dropped in."""
        if event is None:
            return
        if event.source() is self:
            super().dropEvent(event)
        elif inputs := dropped_inputs(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(inputs)

    def _take(self, event: QDragEnterEvent | QDragMoveEvent | None) -> bool:
        if event is None:
            return True
        if event.source() is self:
            event.acceptProposedAction()
            return False
        if dropped_inputs(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()
        return True

    def _item(self, row: int) -> QListWidgetItem:
        item = self.item(row)
        assert item is not None
        return item


class _Row(QStyledItemDelegate):
    """Draws a row."""

    def __init__(self, picture_of: PictureOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture_of = picture_of

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        entry, lines = index.data(ENTRY_ROLE), index.data(LINES_ROLE)
        if painter is None or not isinstance(entry, Entry):
            return
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = option.rect.adjusted(2, 2, -2, -2)
        self._draw_ground(painter, option, place)
        picture = QRect(place.left() + 5, place.top() + 5, THUMBNAIL.width(), THUMBNAIL.height())
        self._draw_picture(painter, picture, self._picture_of(entry))
        words = QRect(picture.right() + GAP_PX, picture.top() - 2, place.right() - picture.right() - 2 * GAP_PX, 18)
        metrics = painter.fontMetrics()
        is_painting = entry.state == "painting"
        colors = (theme.TEXT, theme.QUIET, theme.ACCENT if is_painting or entry.state == "failed" else theme.QUIET)
        for line, color in zip(lines, colors, strict=True):
            painter.setPen(QColor(color))
            text = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            words.translate(0, 18)
        if is_painting or entry.is_begun:
            self._draw_share(painter, QRectF(words.left(), words.top() + 1, words.width(), 3), entry.share)
        painter.restore()

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, place: QRect) -> None:
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        has_keys = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(QColor(theme.ACCENT), 1.5) if has_keys else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.HOVER if is_chosen else theme.RAISED))
        painter.drawRoundedRect(QRectF(place), 6, 6)

    def _draw_picture(self, painter: QPainter, place: QRect, picture: QPixmap | None) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(place), 4, 4)
        painter.fillPath(path, QColor(theme.STAGE))
        if picture is not None:
            fitted = QRect(place.topLeft(), picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio))
            fitted.moveCenter(place.center())
            painter.drawPixmap(fitted, picture)

    def _draw_share(self, painter: QPainter, place: QRectF, share: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.LINE))
        painter.drawRoundedRect(place, 1.5, 1.5)
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawRoundedRect(QRectF(place.left(), place.top(), place.width() * share, place.height()), 1.5, 1.5)
