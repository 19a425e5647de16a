"""Small widgets that Qt doesn't have: a switch, a slider with its name and value, a label that gives way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log2

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtBoundSignal, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from livestyle.gui import theme
from livestyle.gui.language import number, tr

TRACK = QSize(34, 18)
GAP_PX = 10
MAY_BREAK = "\u200b"
"""Zero-width space: lets a path break where it has no spaces."""


def breakable(text: str) -> str:
    """A text that may break inside of paths and names of files."""
    for separator in "/\\_-":
        text = text.replace(separator, separator + MAY_BREAK)
    return text


ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def keeps_arrows(event: QEvent | None) -> bool:
    """Whether an event asks if an arrow key is a shortcut; it is then answered with no."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride or event.key() not in ARROWS:
        return False
    event.accept()
    return True


def draw_arrow(widget: QWidget) -> None:
    """Draws the arrow of a widget that opens a list, while it is being painted."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.QUIET if widget.isEnabled() else theme.FAINT))
    right, middle = widget.width() - 12, widget.height() / 2
    corners = (right - 8, middle - 2), (right, middle - 2), (right - 4, middle + 2)
    painter.drawPolygon(QPolygonF(QPointF(x, y) for x, y in corners))
    painter.end()


def ask_for_file(widget: QWidget, title: str, kinds: str, chosen: pyqtBoundSignal) -> None:
    """Lets the user choose a file that is there, of some kinds as Qt writes them, and emits its path."""
    dialog = QFileDialog(widget.window(), title, filter=kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(chosen)
    dialog.open()


def ask_for_files(widget: QWidget, title: str, kinds: str, chosen: Callable[[list[str]], object]) -> None:
    """The same for one or several."""
    dialog = QFileDialog(widget.window(), title, filter=kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(chosen)
    dialog.open()


def ask_for_folder(widget: QWidget, title: str, chosen: pyqtBoundSignal) -> None:
    """Lets the user choose a folder, and emits its path."""
    dialog = QFileDialog(widget.window(), title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(chosen)
    dialog.open()


class Choice(QComboBox):
    """A combo box that takes the keyboard by Tab only, and then the arrow keys too."""

    def __init__(self, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the arrow that the style sheet has taken away."""
        super().paintEvent(event)
        draw_arrow(self)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leaves the wheel to the panel, which scrolls; Qt would change the choice under the mouse."""
        if event is not None:
            event.ignore()

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys."""
        if keeps_arrows(event):
            return True
        return super().event(event)


def named_row(name: str, choice: QWidget) -> QWidget:
    """A control with its name to its left."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(QLabel(name), 1)
    layout.addWidget(choice, 2)
    return row


def set_kind(label: QLabel, kind: str) -> None:
    """Gives a label the colour of a kind of message: "problem", "busy", or empty."""
    if label.property("kind") != kind:
        label.setProperty("kind", kind)
        style = label.style()
        if style is not None:
            style.polish(label)


class Switch(QCheckBox):
    """A check box that looks like what it does: something goes on or off at once."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Text to the left, track to the right."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + GAP_PX + TRACK.width()
        return QSize(width, max(metrics.height(), TRACK.height()) + 8)

    def minimumSizeHint(self) -> QSize:
        """As large as the hint."""
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        """All of it can be clicked."""
        return True

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws text, track and knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.TEXT if self.isEnabled() else theme.FAINT))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        track = QRectF(
            self.width() - TRACK.width() - 1, (self.height() - TRACK.height()) / 2, TRACK.width(), TRACK.height()
        )
        color = QColor(theme.ACCENT if self.isChecked() else theme.HOVER)
        painter.setBrush(color)
        painter.setPen(QPen(QColor(theme.TEXT), 2.0) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, 0, 14, 14)
        knob.moveCenter(track.center())
        knob.moveLeft(track.right() - 16 if self.isChecked() else track.left() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ON_ACCENT if self.isChecked() else theme.QUIET))
        painter.drawEllipse(knob)
        painter.end()


@dataclass(frozen=True, slots=True)
class Scale:
    """What the places of a slider mean.

    Attributes:
        places: The first and the last.
        value: Place -> value.
        place: Value -> place, not rounded.
        text: Value -> what to show.
    """

    places: tuple[int, int]
    value: Callable[[int], float]
    place: Callable[[float], float]
    text: Callable[[float], str]

    def moved(self, value: float, places: int) -> float:
        """The value so many places further on, as far as the scale goes."""
        first, last = self.places
        return self.value(min(last, max(first, round(self.place(value)) + places)))


SHARE = Scale(
    (0, 100),
    lambda place: place / 100,
    lambda share: share * 100,
    lambda share: tr("{percent} %", percent=number(100 * share)),
)
"""0 to 1, shown in percent."""
OFF_OR_SHARE = replace(SHARE, text=lambda share: SHARE.text(share) if share > 0 else tr("Off"))
"""The same for what is off at 0."""
FACTOR = Scale((-100, 100), lambda place: 2 ** (place / 100), lambda factor: 100 * log2(factor), SHARE.text)
"""Half to double, in steps that are equal factors, shown in percent too."""


class Slider(QSlider):
    """A slider that goes back to its default place on a double-click."""

    def __init__(self, places: tuple[int, int], default: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.default = default
        self.setRange(*places)
        self.setPageStep(10)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys for itself while it has the keyboard, whatever they do in the window."""
        if keeps_arrows(event):
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leaves the wheel to the panel, which scrolls; Qt would move the slider under the mouse."""
        if event is not None:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Goes back to the default."""
        self.setValue(self.default)


class ValueSlider(QWidget):
    """A slider with its name and value above it.

    Attributes:
        moved: The user or the keyboard moved it; the value.
        head: The line above the slider, which has room for more at its end.
    """

    moved = pyqtSignal(float)

    def __init__(
        self, name: str, tip: str, default: float, scale: Scale = SHARE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._scale = scale
        self.name, self.value_label = NameLabel(), QLabel()
        self.value_label.setObjectName("quiet")
        self.slider = Slider(scale.places, round(scale.place(default)))
        self.setToolTip(tip)
        self.head = QHBoxLayout()
        self.head.addWidget(self.name, 1)
        self.head.addWidget(self.value_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self.head)
        layout.addWidget(self.slider)
        self.rename(name)
        self.slider.valueChanged.connect(self._on_value)

    def rename(self, name: str) -> None:
        """Gives it another name."""
        self.name.setText(name)
        self.slider.setAccessibleName(name)

    def show_value(self, value: float) -> None:
        """Shows a value, without a signal."""
        place = round(self._scale.place(value))
        if place != self.slider.value():
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(place)
            self.slider.blockSignals(blocked)
        self.value_label.setText(self._scale.text(value))

    def _on_value(self, place: int) -> None:
        value = self._scale.value(place)
        self.value_label.setText(self._scale.text(value))
        self.moved.emit(value)


class NameLabel(QLabel):
    """A name in the room there is: one line, be it empty, cut with an ellipsis at its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(0, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """One line too, so that nothing moves when the text goes."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws as much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)
        painter.end()


class StatusLabel(QLabel):
    """A sentence in the room there is: two lines at most, cut with an ellipsis; the tool tip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str | None) -> None:
        """Shows a sentence."""
        super().setText(text)
        self.setToolTip(text)

    def fits(self, text: str) -> bool:
        """Whether all of a sentence can be read here."""
        return self.fontMetrics().horizontalAdvance(text) <= self._room_px

    @property
    def _room_px(self) -> int:
        # A little less than two lines, for the first may break before its end.
        return int(self.width() * 1.8)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws as much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = breakable(self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self._room_px))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, text)
        painter.end()
