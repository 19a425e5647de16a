"""The row under the picture that says how far a picture is learnt, and has the buttons for it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from livestyle.gui.language import number, tr
from livestyle.gui.learning import Learning
from livestyle.gui.work_row import WorkRow, row_button

TICK_MS = 1000
LEAST = 0.005
"""Less of a gain is none."""


class LearningRow(WorkRow):
    """Hidden while no picture is learnt, or once what came of it has been decided.

    Args:
        learning: What it shows, and tells what is to be done.

    Attributes:
        kept: The style is to be in the gallery the next time too; its name.
    """

    kept = pyqtSignal(str)

    def __init__(self, learning: Learning, parent: QWidget | None = None) -> None:
        self.end = row_button(tr("Stop, I like it"), learning.stop)
        self.back = row_button(tr("Undo"), learning.undo)
        self.keep = row_button(tr("Keep"), self._keep)
        self.close_it = row_button(tr("Close"), learning.dismiss)
        self.end.setToolTip(tr("Leave the style as it paints now"))
        self.back.setToolTip(tr("Paint as at first, when the picture had only been looked at"))
        self.keep.setToolTip(tr("Have this style in the gallery the next time too"))
        super().__init__([self.end, self.back, self.keep, self.close_it], TICK_MS, parent)
        self.label.setObjectName("quiet")
        self._learning = learning
        learning.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        learning, style = self._learning, self._learning.style
        elapsed_s, closer = learning.elapsed_s, learning.closer
        is_on = elapsed_s is not None
        if style is not None:
            values = {
                "style": style.title,
                "seconds": number(elapsed_s or 0.0),
                "percent": number(100 * (closer or 0.0)),
            }
            if elapsed_s is not None:
                text = (
                    tr("Learning {style}: {seconds} s", **values)
                    if closer is None
                    else tr("Learning {style}: {seconds} s, {percent} % closer to the picture", **values)
                )
            elif (closer or 0.0) < LEAST:
                text = tr("{style} paints as at first.", **values)
            else:
                text = tr("{style} is learnt: {percent} % closer to the picture.", **values)
            self.label.setText(text)
        self.end.setVisible(is_on)
        self.back.setVisible(is_on or (closer or 0.0) >= LEAST)
        self.close_it.setVisible(not is_on)
        self._appear(style is not None, is_on)

    def _keep(self) -> None:
        style = self._learning.style
        if style is not None:
            self.kept.emit(style.name)
