"""What is asked of a camera, under the source: size and rate; and what it gives."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from livestyle.gui.language import number, tr
from livestyle.gui.live_source import hw_of
from livestyle.gui.widgets import Choice, named_row
from livestyle.live.message import Stats
from livestyle.settings import WEBCAM_LINES, WEBCAM_RATES, Settings


class CameraSection(QWidget):
    """Hidden while the source is no camera. Shows what is asked of it, and tells what the user changes.

    Attributes:
        changed: Name and new value of a field of `Settings`.
    """

    changed = pyqtSignal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines, self.rate = Choice(""), Choice("")
        self.lines.setAccessibleName(tr("Size"))
        self.rate.setAccessibleName(tr("Rate"))
        self.lines.addItem(tr("The camera's own"), None)
        for lines in WEBCAM_LINES:
            height, width = hw_of(lines)
            self.lines.addItem(f"{width}x{height}", lines)
        for rate_fps in WEBCAM_RATES:
            self.rate.addItem(tr("{fps} fps", fps=rate_fps), rate_fps)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(named_row(tr("Size"), self.lines))
        layout.addWidget(named_row(tr("Rate"), self.rate))
        self.hide()
        self.show_given(None)
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.lines.activated.connect(lambda row: self.changed.emit("webcam_lines", self.lines.itemData(row)))
        self.rate.activated.connect(lambda row: self.changed.emit("webcam_fps", self.rate.itemData(row)))

    def show_settings(self, settings: Settings) -> None:
        """Shows settings, without a signal."""
        self.lines.setCurrentIndex(self.lines.findData(settings.webcam_lines))
        self.rate.setCurrentIndex(self.rate.findData(settings.webcam_fps))

    def show_given(self, stats: Stats | None) -> None:
        """Says what the camera gives, which may be something else than what is asked of it."""
        tip = tr("What is asked of the camera; it gives what it can")
        if stats is not None and stats.source_hw is not None and stats.source_fps > 0:
            height, width = stats.source_hw
            given = {"width": width, "height": height, "fps": number(stats.source_fps)}
            tip = tr("What is asked of the camera; it gives {width}x{height} at {fps} fps", **given)
        for choice in (self.lines, self.rate):
            choice.setToolTip(tip)
