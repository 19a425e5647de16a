"""The row under the picture that says how far a picture is learnt, and has the buttons for it."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from livestyle.gui.language import number, tr
from livestyle.gui.learning import Learning
from livestyle.gui.widgets import NameLabel

TICK_MS = 1000
LEAST = 0.005
"""Less of a gain is none."""


class LearningRow(QWidget):
    """Hidden while no picture is learnt, or once what came of it has been decided.

    Args:
        learning: What it shows, and tells what is to be done.

    Attributes:
        kept: The style is to be in the gallery the next time too; its name.
    """

    kept = pyqtSignal(str)

    def __init__(self, learning: Learning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._learning = learning
        self._is_alone = False
        self.label = NameLabel()
        self.label.setObjectName("quiet")
        self.end = _button(tr("Stop, I like it"), tr("Leave the style as it paints now"))
        self.back = _button(tr("Undo"), tr("Paint as at first, when the picture had only been looked at"))
        self.keep = _button(tr("Keep"), tr("Have this style in the gallery the next time too"))
        self.close_it = _button(tr("Close"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(self.label, 1)
        for button in (self.end, self.back, self.keep, self.close_it):
            layout.addWidget(button)
        self.end.clicked.connect(learning.stop)
        self.back.clicked.connect(learning.undo)
        self.keep.clicked.connect(self._keep)
        self.close_it.clicked.connect(learning.dismiss)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show)
        learning.changed.connect(self._show)
        self._show()

    def set_alone(self, is_alone: bool) -> None:
        """Says whether the picture is to be alone."""
        self._is_alone = is_alone
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
        self.setVisible(style is not None and not self._is_alone)
        if is_on != self._timer.isActive():
            self._timer.start(TICK_MS) if is_on else self._timer.stop()

    def _keep(self) -> None:
        style = self._learning.style
        if style is not None:
            self.kept.emit(style.name)


def _button(text: str, tool_tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tool_tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
