"""The menu of outputs: a row for each with its switch, what it gives or why it can't, and what there is to choose."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PyQt6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from livestyle.gui.actions import set_tip
from livestyle.gui.icons import SIDE_PX
from livestyle.gui.language import tr
from livestyle.gui.outlet import Outlet
from livestyle.gui.widgets import Choice, Switch, set_kind

WIDTH_PX = 360
GAP_PX = 8
SEE_MS = 500
"""How often it looks what is to be said about outputs that open."""


class OutputRow(QWidget):
    """One output.

    Args:
        outlet: Which one.

    Attributes:
        switch: Switches it on and off.
        line: What it gives; why it can't.
        copy: Copies the command that helps, or the address.
        choice: What there is to choose.
    """

    def __init__(self, outlet: Outlet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outlet = outlet
        output = outlet.output
        self._icon = QLabel()
        self.switch = Switch(tr(output.label))
        set_tip(self.switch, output.name)
        self.line = QLabel()
        self.line.setObjectName("quiet")
        self.line.setWordWrap(True)
        self.copy = QPushButton()
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choice = Choice(tr(output.label))
        self.choice.setAccessibleName(tr(output.label))
        head = QHBoxLayout()
        head.setSpacing(GAP_PX)
        head.addWidget(self._icon)
        head.addWidget(self.switch, 1)
        beside = QHBoxLayout()
        beside.setSpacing(GAP_PX)
        beside.addWidget(self.line, 1)
        beside.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(beside)
        column.addWidget(self.choice)
        self.switch.clicked.connect(outlet.toggle)
        self.copy.clicked.connect(self._copy)
        self.choice.activated.connect(lambda row: outlet.choose(self.choice.itemData(row)))
        outlet.changed.connect(self.show_state)
        self.show_choices()
        self.show_state()

    def show_choices(self) -> None:
        """Shows what there is to choose, where it is more than one, in the theme of the moment."""
        self._icon.setPixmap(self._outlet.output.icon().pixmap(SIDE_PX, SIDE_PX))
        choices = self._outlet.output.choices()
        self.choice.clear()
        for text, value in choices:
            self.choice.addItem(text, value)
        self.choice.setCurrentIndex(self.choice.findData(self._outlet.chosen))
        self.choice.setVisible(len(choices) > 1)

    def show_state(self) -> None:
        """Shows whether it is on, and what is to be said about it."""
        outlet = self._outlet
        self.switch.setChecked(outlet.is_on)
        text = outlet.fault or outlet.line
        if text != self.switch.accessibleDescription():
            self.switch.setAccessibleDescription(text)
            self.line.setText(with_code(text))
            set_kind(self.line, "problem" if outlet.fault else "")
            self.copy.setText(tr("Copy"))
        self.copy.setVisible(bool(outlet.copyable))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self._outlet.copyable)
            self.copy.setText(tr("Copied"))


class OutputsMenu(QFrame):
    """Opens above its button, which stays down while anything is on.

    Args:
        outlets: The outputs.
        button: What opens it.

    Attributes:
        rows: Name of an output -> its row.
    """

    def __init__(self, outlets: Sequence[Outlet], button: QAbstractButton, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("outputs")
        self.setAccessibleName(tr("Outputs"))
        # Else the click on the button that closes it would open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setFixedWidth(WIDTH_PX)
        self._outlets = outlets
        self._button = button
        self.rows = {outlet.output.name: OutputRow(outlet) for outlet in outlets}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(14)
        for row in self.rows.values():
            column.addWidget(row)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show_states)
        for outlet in outlets:
            outlet.changed.connect(self._show_states)

    def toggle(self) -> None:
        """Opens it, or closes it."""
        self.setVisible(not self.isVisible())
        self._show_states()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Looks what there is, and stands above its button."""
        for outlet, row in zip(self._outlets, self.rows.values(), strict=True):
            row.show_choices()
            outlet.check()
        self._timer.start(SEE_MS)
        self._place()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Rests."""
        self._timer.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape closes it."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.close()

    def _show_states(self) -> None:
        for row in self.rows.values():
            row.show_state()
        self._button.setChecked(any(outlet.is_on for outlet in self._outlets))
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        layout, screen = self.layout(), self._button.screen()
        if layout is None or screen is None:
            return
        height = layout.totalHeightForWidth(WIDTH_PX)
        corner = self._button.mapToGlobal(QPoint(0, -height - GAP_PX))
        room = screen.availableGeometry()
        left = min(max(corner.x(), room.left()), room.right() - WIDTH_PX)
        self.setGeometry(left, max(corner.y(), room.top()), WIDTH_PX, height)


def with_code(sentence: str) -> str:
    """A sentence as rich text, with what stands in backticks as code."""
    return re.sub("`(.+?)`", r"<code>\1</code>", html.escape(sentence, quote=False))
