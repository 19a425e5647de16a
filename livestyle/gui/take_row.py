"""The row under the picture that shows how far a take is, and has the buttons for what can be done with it."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from livestyle.gui.actions import set_tip
from livestyle.gui.bar import clock_text
from livestyle.gui.language import tr
from livestyle.gui.outputs import spoken
from livestyle.gui.takes import Takes
from livestyle.gui.work_row import WorkRow, row_button

TICK_MS = 250


class TakeRow(WorkRow):
    """Hidden while there is no take.

    Args:
        takes: What it shows, and tells what is to be done.
    """

    def __init__(self, takes: Takes, parent: QWidget | None = None) -> None:
        self.end = row_button(tr("Stop"), takes.toggle)
        self.paint = row_button(tr("Paint the take"), takes.paint)
        self.close_it = row_button(tr("Close"), takes.dismiss)
        set_tip(self.end, "take")
        set_tip(self.paint, "paint take")
        super().__init__([self.end, self.paint, self.close_it], TICK_MS, parent)
        self._takes = takes
        takes.changed.connect(self._show)
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
        self._appear(is_keeping or kept is not None, is_keeping)
