"""What only some want to know, or set: exact sizes, in-betweens, flicker, sharpness, and how long each stage takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFormLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from livestyle.gui.language import number, tr
from livestyle.gui.measurement import Measurement
from livestyle.gui.widgets import Choice, Switch, named_row
from livestyle.live.decisions import LINES
from livestyle.live.message import Picture, Stats
from livestyle.settings import Settings

if TYPE_CHECKING:
    from livestyle.steady.flicker import Flicker

STAGES = ("prepare", "paint", "latency")
"""The stages of the show, as its figures name them."""
FIGURES = {
    "source": ("Source", "The size of the source's pictures, whatever was asked of it"),
    "rates": ("Rates", "Frames a second that the source delivers, that are painted, and that are shown"),
    "size": ("Size", "The size of the painting, and what paints it"),
    "flicker": (
        "Flicker",
        "What changes from one frame to the next without having moved, in steps of 255: "
        "below 3 it looks still, above 10 it boils",
    ),
    "sharpness": ("Sharpness", "Fine detail, compared with the camera's own picture"),
    "prepare": ("Preparing", "How long it takes to bring a frame to size"),
    "paint": ("Painting", "How long a painting takes"),
    "latency": ("Delay", "From the camera to the screen"),
    "dropped": ("Left out", "Frames that were not shown because a newer one was there"),
}
"""What is told, by its name: what it is called, and what it is."""


class Details(QWidget):
    """A line that opens and closes what is under it.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        measurement: How fast this computer paints.
    """

    changed = pyqtSignal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.expander = QToolButton()
        self.expander.setObjectName("expander")
        self.expander.setText(tr("Details"))
        self.expander.setToolTip(tr("Exact size, in-betweens, and figures"))
        self.expander.setCheckable(True)
        self.expander.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.expander.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.content = QWidget()
        self.lines = Choice(tr("Fewer lines are faster, more lines are finer"))
        self.lines.setAccessibleName(tr("Lines"))
        self.lines.addItem(tr("Automatic"), None)
        for lines in LINES:
            self._add_lines(lines)
        self.inbetweens = Switch(tr("In-betweens"))
        self.inbetweens.setToolTip(
            tr("Where not every frame can be painted, move the last painting along with the picture")
        )
        self.measurement = Measurement()
        self.figures = {name: QLabel() for name in FIGURES}
        rows = QFormLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        for name, figure in self.figures.items():
            title = QLabel(tr(FIGURES[name][0]))
            for label in (title, figure):
                label.setObjectName("quiet")
                label.setToolTip(tr(FIGURES[name][1]))
            figure.setWordWrap(True)
            rows.addRow(title, figure)
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(named_row(tr("Lines"), self.lines))
        inside.addWidget(self.inbetweens)
        inside.addLayout(rows)
        inside.addWidget(self.measurement)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.expander, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.content)
        self._open(False)
        self.expander.toggled.connect(self._open)
        # `clicked` and `activated`, unlike `toggled` and `currentIndexChanged`, are the user's doing only.
        self.inbetweens.clicked.connect(lambda on: self.changed.emit("inbetweens", on))
        self.lines.activated.connect(lambda row: self.changed.emit("lines", self.lines.itemData(row)))

    def show_settings(self, settings: Settings) -> None:
        """Shows settings, without a signal."""
        self.inbetweens.setChecked(settings.inbetweens)
        if self.lines.findData(settings.lines) < 0 and settings.lines is not None:
            self._add_lines(settings.lines)
        self.lines.setCurrentIndex(self.lines.findData(settings.lines))

    def show_figures(self, stats: Stats | None, flicker: Flicker | None, picture: Picture | None) -> None:
        """Shows how fast it goes and how still it holds; what is unknown is left empty."""
        if not self.content.isVisible():
            return
        texts = dict.fromkeys(FIGURES, "")
        if stats is not None and stats.source_hw is not None:
            texts["source"] = f"{stats.source_hw[1]}x{stats.source_hw[0]}"
        if stats is not None and stats.shown_fps > 0:
            texts["rates"] = tr(
                "{source} / {painted} / {shown} fps",
                source=number(stats.source_fps, 1),
                painted=number(stats.painted_fps, 1),
                shown=number(stats.shown_fps, 1),
            )
            texts["dropped"] = number(stats.dropped)
            for stage in (stage for stage in STAGES if stage in stats.stages):
                times = stats.stages[stage]
                if not math.isnan(times["p50_ms"]):
                    texts[stage] = tr(
                        "{half} ms, rarely above {most} ms", half=number(times["p50_ms"]), most=number(times["p95_ms"])
                    )
        if stats is not None and stats.backend is not None and picture is not None and picture.is_painted:
            size = {"width": picture.frame.width, "height": picture.frame.height}
            texts["size"] = tr("{width}x{height} on {device}", **size, device=stats.backend.device)
        if flicker is not None:
            texts["flicker"] = tr(
                "{painting}, the camera's own {photo}",
                painting=number(flicker.painting_steps, 1),
                photo=number(flicker.photo_steps, 1),
            )
            texts["sharpness"] = number(flicker.sharpness, 2)
        for name, text in texts.items():
            self.figures[name].setText(text)

    def _open(self, is_open: bool) -> None:
        self.expander.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.content.setVisible(is_open)

    def _add_lines(self, lines: int) -> None:
        self.lines.addItem(tr("{lines} lines", lines=lines), lines)
