"""The cards over the picture: what there is to do without a source, and how far the computer is with getting ready."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from livestyle.gui.language import tr

WIDTH_PX = 400
"""No wider than the picture of the smallest window."""
STEPS = 1000
"""How finely the bar moves."""
CREEP_MS = 100
CREEP = 0.02
"""Between two steps the bar goes so much of the rest at a time, so that something is seen to happen."""

SHEET = """
QFrame#card { background: rgba(13, 14, 16, 225); border: 1px solid rgba(255, 255, 255, 30); border-radius: 12px; }
QFrame#card QLabel { color: #e8e6e1; }
QFrame#card QLabel#card_heading { font-size: 18px; font-weight: 600; }
QFrame#card QPushButton#card_first { background: #e6a84f; border-color: #e6a84f; color: #0d0e10; }
QFrame#card QPushButton#card_first:hover, QFrame#card QPushButton#card_first:focus { border-color: #e8e6e1; }
QFrame#card QProgressBar { background: rgba(255, 255, 255, 40); border: none; border-radius: 3px; max-height: 6px; }
QFrame#card QProgressBar::chunk { background: #e6a84f; border-radius: 3px; }
"""
"""Dark in every theme, as what lies under it is a picture."""


class Card(QFrame):
    """A heading and a sentence, hidden at first."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setStyleSheet(SHEET)
        self.setFixedWidth(WIDTH_PX)
        self.heading = QLabel(heading)
        self.heading.setObjectName("card_heading")
        self.sentence = QLabel()
        for label in (self.heading, self.sentence):
            label.setWordWrap(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.sentence)
        self.setVisible(False)


class NoSource(Card):
    """Says why there is no picture, and what can be done.

    Attributes:
        file_wanted: The user wants to open a video.
        again_wanted: The user wants the source to be tried once more.
        demo_wanted: The user wants the demo scene.
    """

    file_wanted = pyqtSignal()
    again_wanted = pyqtSignal()
    demo_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("There is no picture yet"), parent)
        row = QHBoxLayout()
        row.setSpacing(8)
        for text, name, wanted in (
            (tr("Open a video"), "", self.file_wanted),
            (tr("Try again"), "", self.again_wanted),
            (tr("Demo"), "card_first", self.demo_wanted),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(wanted)
            row.addWidget(button)
        self.column.addLayout(row)

    def show_reason(self, reason: str) -> None:
        """Shows itself with a sentence why; hides for none."""
        self.sentence.setText(reason)
        self.setVisible(bool(reason))


class GettingReady(Card):
    """Shows how far the work is that is done but once on a computer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Getting your computer ready"), parent)
        self.sentence.setText(tr("About 20 s, the first time only."))
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Getting your computer ready"))
        self.step = QLabel()
        self.column.addWidget(self.bar)
        self.column.addWidget(self.step)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._creep)

    def show_step(self, text: str, share: float | None) -> None:
        """Shows itself with what is done now and the share of the whole that is behind it; hides for no share."""
        if share is None:
            self._timer.stop()
        else:
            self.step.setText(text)
            self.bar.setValue(max(self.bar.value(), round(share * STEPS)))
            if not self._timer.isActive():
                self._timer.start(CREEP_MS)
        self.setVisible(share is not None)

    def _creep(self) -> None:
        self.bar.setValue(round(self.bar.value() + CREEP * (STEPS - self.bar.value())))
