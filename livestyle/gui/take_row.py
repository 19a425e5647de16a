"""The row under the picture that shows how far a take is, and has the buttons for what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from livestyle.gui.actions import set_tip
from livestyle.gui.bar import clock_text
from livestyle.gui.language import tr
from livestyle.gui.outputs import spoken
from livestyle.gui.takes import Takes
from livestyle.gui.widgets import NameLabel

TICK_MS = 250


class TakeRow(QWidget):
    """Hidden while there is no take.

    Args:
        takes: What it shows, and tells what is to be done.
    """

    def __init__(self, takes: Takes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._takes = takes
        self._is_alone = False
        self.label = NameLabel()
        self.end = _button(tr("Stop"), takes.toggle, "take")
        self.paint = _button(tr("Paint the take"), takes.paint, "paint take")
        self.close_it = _button(tr("Close"), takes.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(self.label, 1)
        for button in (self.end, self.paint, self.close_it):
            layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show)
        takes.changed.connect(self._show)
        self._show()

    def set_alone(self, is_alone: bool) -> None:
        """Says whether the picture is to be alone."""
        self._is_alone = is_alone
        self._show()

    def _show(self) -> None:
        elapsed_s, kept = self._takes.elapsed_s, self._takes.kept
        if elapsed_s is not None:
            self.label.setText(tr("Keeping the take  {time}", time=clock_text(elapsed_s)))
        elif kept is not None:
            self.label.setText(tr("The take is kept: {path}", path=spoken(kept.path)))
        is_keeping = elapsed_s is not None
        self.end.setVisible(is_keeping)
        self.paint.setVisible(not is_keeping)
        self.close_it.setVisible(not is_keeping)
        self.setVisible(not self._is_alone and (is_keeping or kept is not None))
        if is_keeping != self._timer.isActive():
            self._timer.start(TICK_MS) if is_keeping else self._timer.stop()


def _button(text: str, do: Callable[[], object], action: str = "") -> QPushButton:
    button = QPushButton(text)
    if action:
        set_tip(button, action)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: do())
    return button
