"""A row under the picture that says how far some work is, and has the buttons for what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from livestyle.gui.widgets import NameLabel


class WorkRow(QWidget):
    """Words and buttons; hidden while there is nothing to say, and while the picture is alone.

    Args:
        buttons: In their order.
        tick_ms: So often the words are found anew while the work goes on.

    Attributes:
        label: The words.
    """

    def __init__(self, buttons: Sequence[QPushButton], tick_ms: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_alone = False
        self.label = NameLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(self.label, 1)
        for button in buttons:
            layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setInterval(tick_ms)
        self._timer.timeout.connect(self._show)

    def set_alone(self, is_alone: bool) -> None:
        """Says whether the picture is to be alone."""
        self._is_alone = is_alone
        self._show()

    def _show(self) -> None:
        """Finds words and buttons anew, and ends with `_appear`."""
        raise NotImplementedError

    def _appear(self, is_wanted: bool, is_on: bool) -> None:
        """Is there or not; while the work goes on the row keeps looking."""
        self.setVisible(is_wanted and not self._is_alone)
        if is_on != self._timer.isActive():
            self._timer.start() if is_on else self._timer.stop()


def row_button(text: str, do: Callable[[], object]) -> QPushButton:
    """A button of such a row."""
    button = QPushButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: do())
    return button
