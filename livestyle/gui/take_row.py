"""The row under the picture that shows how far a take is, and has the buttons for what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, QTimer, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from livestyle.gui.actions import set_tip
from livestyle.gui.bar import clock_text
from livestyle.gui.language import number, tr
from livestyle.gui.outputs import spoken
from livestyle.gui.takes import Takes
from livestyle.gui.widgets import NameLabel

STEPS = 1000
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
        self.progress = QProgressBar()
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(6)
        self.progress.setAccessibleName(tr("How much of the take is painted"))
        self.end = _button(tr("Stop"), takes.toggle, "take")
        self.paint = _button(tr("Paint the take"), takes.paint, "paint take")
        self.give_up = _button(tr("Stop"), takes.stop_painting)
        self.show_it = _button(tr("Show in folder"), self._show_in_folder)
        self.close_it = _button(tr("Close"), takes.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.progress, 1)
        for button in (self.end, self.paint, self.give_up, self.show_it, self.close_it):
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
        takes = self._takes
        elapsed_s, share = takes.elapsed_s, takes.share
        is_kept, is_painted = takes.kept is not None, takes.painted is not None
        if elapsed_s is not None:
            self.label.setText(tr("Keeping the take  {time}", time=clock_text(elapsed_s)))
        elif share is not None:
            self.label.setText(tr("Painting the take: {percent} %", percent=number(100 * share)))
            self.progress.setValue(round(STEPS * share))
        elif takes.kept is not None:
            self.label.setText(tr("The take is kept: {path}", path=spoken(takes.kept.path)))
        elif takes.painted is not None:
            self.label.setText(tr("Painted: {path}", path=spoken(takes.painted)))
        is_keeping, is_painting = elapsed_s is not None, elapsed_s is None and share is not None
        is_over = not is_keeping and not is_painting
        self.end.setVisible(is_keeping)
        self.give_up.setVisible(is_painting)
        self.progress.setVisible(is_painting)
        self.paint.setVisible(is_over and is_kept)
        self.show_it.setVisible(is_over and is_painted)
        self.close_it.setVisible(is_over)
        self.setVisible(not self._is_alone and (is_keeping or is_painting or is_kept or is_painted))
        if is_keeping != self._timer.isActive():
            self._timer.start(TICK_MS) if is_keeping else self._timer.stop()

    def _show_in_folder(self) -> None:
        if self._takes.painted is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._takes.painted.parent)))


def _button(text: str, do: Callable[[], object], action: str = "") -> QPushButton:
    button = QPushButton(text)
    if action:
        set_tip(button, action)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: do())
    return button
