"""The bar under the picture: record, take, snapshot, videos, outputs, compare; what happens; how fast it goes."""

from __future__ import annotations

from typing import TypeVar

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from livestyle.gui import icons
from livestyle.gui.actions import ACTIONS, set_tip
from livestyle.gui.language import number, tr
from livestyle.gui.pace import PaceReport
from livestyle.gui.widgets import StatusLabel, set_kind
from livestyle.live.message import Kind, Message

AnyButton = TypeVar("AnyButton", QPushButton, QToolButton)

LEAST_PX = 420
"""What its buttons take without words, while a recording of an hour says how long it is."""
ICONS_PX = 600
"""What the bar takes without the words on its buttons, and with a status line that can be read."""

WORDED = ("record", "take", "snapshot", "videos", "outputs", "compare")
FLAT = ("panels", "full screen", "help")
"""The actions with a button."""


class Bar(QWidget):
    """Buttons, the status line and the rate. Where there is little room, icons do without their words.

    Attributes:
        buttons: Name of an action -> its button.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(LEAST_PX)
        self._elapsed_s: float | None = None
        self.buttons: dict[str, QPushButton | QToolButton] = {
            **{name: _button(QPushButton(), name, name) for name in WORDED},
            **{name: _button(QToolButton(), name, "flat") for name in FLAT},
        }
        self.status = StatusLabel()
        self.status.setObjectName("status")
        self.figures = QLabel()
        self.figures.setObjectName("figures")
        self.figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # As wide as it gets, so that nothing moves with the digits.
        metrics = self.figures.fontMetrics()
        self.figures.setMinimumWidth(metrics.horizontalAdvance(tr("{fps} fps", fps=number(99.9, 1))))
        self._worded_px = ICONS_PX + sum(metrics.horizontalAdvance(tr(ACTIONS[name].label)) for name in WORDED)

        self._row = layout = QHBoxLayout(self)
        for name in WORDED:
            layout.addWidget(self.buttons[name])
        layout.addWidget(self.status, 1)
        layout.addWidget(self.figures)
        for name in FLAT:
            layout.addWidget(self.buttons[name])

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Drops the words where there is little room."""
        self._show_words()

    def show_message(self, message: Message | None) -> None:
        """Shows a message in the status line, or none."""
        kind = "" if message is None else {Kind.PROBLEM: "problem", Kind.BUSY: "busy"}.get(message.kind, "")
        self.status.setText("" if message is None else message.text)
        set_kind(self.status, kind)

    def show_pace(self, pace: PaceReport) -> None:
        """Shows how fast it goes; the tool tip says more."""
        self.figures.setText(pace.rate)
        self.figures.setToolTip(pace.text)
        set_kind(self.figures, "problem" if pace.is_short else "")

    def changeEvent(self, event: QEvent | None) -> None:
        """Draws the icons anew in another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            for name, button in self.buttons.items():
                button.setIcon(ACTIONS[name].icon())

    def show_recording(self, elapsed_s: float | None) -> None:
        """Shows how long a recording has been going on; None while there is none."""
        self.buttons["record"].setChecked(elapsed_s is not None)
        self._elapsed_s = elapsed_s
        self._show_words()

    def _show_words(self) -> None:
        is_compact = self.width() < self._worded_px
        gap_px = 4 if is_compact else 8
        self._row.setSpacing(gap_px)
        self._row.setContentsMargins(gap_px + 4, 8, gap_px, 8)
        words = {name: "" if is_compact else tr(ACTIONS[name].label) for name in WORDED}
        # It has a key too.
        self.buttons["take"].setVisible(self.width() >= ICONS_PX)
        if self._elapsed_s is not None:
            time = clock_text(self._elapsed_s)
            words["record"] = time if is_compact else tr("Stop  {time}", time=time)
        for name, text in words.items():
            button = self.buttons[name]
            if text != button.text():
                button.setText(text)
            if is_compact != button.property("compact"):
                button.setProperty("compact", is_compact)
                if (style := button.style()) is not None:
                    style.polish(button)
        self._row.activate()


def clock_text(seconds: float) -> str:
    """75.2 -> "01:15", 3675 -> "1:01:15"."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def _button(button: AnyButton, name: str, style: str) -> AnyButton:
    """A button as its action says, and in the style of the sheet that has this name."""
    action = ACTIONS[name]
    button.setObjectName(style)
    button.setText(tr(action.label))
    button.setAccessibleName(tr(action.does))
    button.setIcon(action.icon())
    button.setIconSize(QSize(icons.SIDE_PX, icons.SIDE_PX))
    set_tip(button, name)
    button.setCheckable(action.is_checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
