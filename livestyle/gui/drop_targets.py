"""Where what is dragged over the window can be dropped: to be painted, or to paint in its style."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QPoint, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QWidget

from livestyle.gui import theme
from livestyle.gui.drops import Use, dropped_picture, dropped_source, dropped_style_file, uses_of
from livestyle.gui.language import tr

WORDS = {
    Use.SOURCE: "Paint it",
    Use.PHOTO: "Paint this photo",
    Use.STYLE: "Paint in its style",
    Use.STYLE_FILE: "Paint in this style",
}
MARGIN_PX, GAP_PX = 16, 12
LETTER_PX = 22
SIDE_BY_SIDE_PX = 460
"""Where the picture is narrower, one target is above the other."""


class DropTargets(QWidget):
    """Lies over the picture, and is in sight while something is dragged that can be dropped.

    Attributes:
        source_dropped: Something is to be shown, as the command line writes it.
        picture_dropped: A `PictureToRead` whose style is to be taken.
        style_dropped: The path of a style file that is to be opened.
    """

    source_dropped = pyqtSignal(str)
    picture_dropped = pyqtSignal(object)
    style_dropped = pyqtSignal(Path)

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._uses: Sequence[Use] = ()
        self._aim = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def aim(self) -> Use | None:
        """What a drop would do now; None while nothing is dragged."""
        return self._uses[self._aim] if self._uses else None

    def enter(self, event: QDragEnterEvent | None) -> None:
        """Takes what can be used, and shows its targets."""
        if event is not None and (uses := uses_of(event.mimeData())):
            event.acceptProposedAction()
            self._show(uses)

    def move_to(self, event: QDragMoveEvent | None) -> None:
        """Lights up the target that is aimed at: the nearest, as the whole window can be dropped on."""
        if event is not None and self._uses:
            event.acceptProposedAction()
            self._point(event.position().toPoint())

    def leave(self, event: QDragLeaveEvent | None = None) -> None:
        """Forgets the drag."""
        self._show(())

    def drop(self, event: QDropEvent | None) -> None:
        """Does what was aimed at."""
        data = None if event is None else event.mimeData()
        self._show(uses_of(data))
        if event is None or data is None or not self._uses:
            return
        self._point(event.position().toPoint())
        use = self.aim
        self._show(())
        event.acceptProposedAction()
        if use is Use.STYLE_FILE:
            self.style_dropped.emit(Path(dropped_style_file(data)))
        elif use is Use.STYLE:
            self.picture_dropped.emit(dropped_picture(data))
        else:
            self.source_dropped.emit(dropped_source(data))

    def rects(self) -> list[QRect]:
        """Where the targets are."""
        inside = self.rect().adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        count = max(1, len(self._uses))
        if inside.width() < SIDE_BY_SIDE_PX:
            height = (inside.height() - (count - 1) * GAP_PX) // count
            tops = [inside.top() + row * (height + GAP_PX) for row in range(count)]
            return [QRect(inside.left(), top, inside.width(), height) for top in tops]
        width = (inside.width() - (count - 1) * GAP_PX) // count
        lefts = [inside.left() + column * (width + GAP_PX) for column in range(count)]
        return [QRect(left, inside.top(), width, inside.height()) for left in lefts]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the targets, with the picture shining through."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(13, 14, 16, 90))
        font = painter.font()
        font.setPixelSize(LETTER_PX)
        painter.setFont(font)
        for place, (use, rect) in enumerate(zip(self._uses, self.rects(), strict=True)):
            is_aim = place == self._aim
            painter.setPen(QPen(QColor(theme.DARK.accent if is_aim else theme.DARK.quiet), 3 if is_aim else 1.5))
            painter.setBrush(QColor(13, 14, 16, 210 if is_aim else 170))
            painter.drawRoundedRect(QRectF(rect), 14, 14)
            painter.setPen(QColor(theme.DARK.accent if is_aim else theme.DARK.text))
            words = rect.adjusted(GAP_PX, GAP_PX, -GAP_PX, -GAP_PX)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr(WORDS[use]))
        painter.end()

    def _show(self, uses: Sequence[Use]) -> None:
        self._uses, self._aim = uses, 0
        self.setGeometry(self._view.rect())
        self.setVisible(bool(uses))
        self.raise_()

    def _point(self, place: QPoint) -> None:
        """Aims at the target nearest to a place in the window."""
        here = self.mapFrom(self.window(), place)
        aim = min(range(len(self._uses)), key=lambda each: _distance(self.rects()[each], here))
        if aim != self._aim:
            self._aim = aim
            self.update()


def _distance(rect: QRect, place: QPoint) -> int:
    """How far a place is from a rectangle, in each direction together; 0 within."""
    across = max(rect.left() - place.x(), 0, place.x() - rect.right())
    return across + max(rect.top() - place.y(), 0, place.y() - rect.bottom())
