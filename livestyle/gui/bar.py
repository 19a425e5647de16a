"""The bar under the picture: record, snapshot, compare; what happens; how fast it goes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from livestyle.gui import icons
from livestyle.gui.actions import ACTIONS, tip
from livestyle.gui.widgets import StatusLabel
from livestyle.live.message import Kind, Message, Stats

if TYPE_CHECKING:
    from livestyle.steady.flicker import Flicker

AnyButton = TypeVar("AnyButton", QPushButton, QToolButton)

COMPACT_BELOW_PX = 640

WORDED = ("record", "snapshot", "compare")
FLAT = ("panels", "full screen", "help")
"""The actions with a button."""


class Bar(QWidget):
    """Buttons, the status line and the figures. Where there is little room, icons do without their words.

    Attributes:
        buttons: Name of an action -> its button.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._elapsed_s: float | None = None
        self.buttons: dict[str, QPushButton | QToolButton] = {
            **{name: _button(QPushButton(), name, name) for name in WORDED},
            **{name: _button(QToolButton(), name, "flat") for name in FLAT},
        }
        self.status = StatusLabel()
        self.status.setObjectName("status")
        self.figures = QLabel()
        self.figures.setObjectName("figures")
        self.figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # As wide as it gets, so that nothing moves with the digits.
        self.figures.setMinimumWidth(self.figures.fontMetrics().horizontalAdvance(_still_text(99.9, 9.99)))

        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        for name in WORDED:
            layout.addWidget(self.buttons[name])
        layout.addSpacing(6)
        layout.addWidget(self.status, 1)
        layout.addWidget(self.figures)
        for name in FLAT:
            layout.addWidget(self.buttons[name])

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Drops the words where there is little room."""
        self._show_words()

    def show_message(self, message: Message | None) -> None:
        """Shows a message in the status line, or none."""
        kind = "" if message is None else {Kind.PROBLEM: "problem", Kind.BUSY: "busy"}.get(message.kind, "")
        self.status.setText("" if message is None else message.text)
        if self.status.property("kind") != kind:
            self.status.setProperty("kind", kind)
            style = self.status.style()
            if style is not None:
                style.polish(self.status)

    def show_stats(self, stats: Stats | None, flicker: Flicker | None) -> None:
        """Shows how fast it goes and how still it holds; the tool tip has every stage."""
        if stats is None or stats.shown_fps == 0:
            self.figures.setText("")
            return
        latency = "" if math.isnan(stats.latency_p50_ms) else f"  ·  {stats.latency_p50_ms:.0f} ms"
        still = "flicker …" if flicker is None else _still_text(flicker.painting_steps, flicker.sharpness)
        self.figures.setText(f"{_rate_text(stats.painted_fps, stats.shown_fps)}{latency}\n{still}")
        rows = [
            f"<tr><td>{stage}&nbsp;</td><td>{p['p50_ms']:.1f} ms&nbsp;</td><td>{p['p95_ms']:.1f} ms</td></tr>"
            for stage, p in stats.stages.items()
        ]
        self.figures.setToolTip(
            f"Source {stats.source_fps:.1f} fps, painted {stats.painted_fps:.1f} fps, shown {stats.shown_fps:.1f} fps, "
            f"{stats.dropped} frames dropped"
            f"<table><tr><td></td><td>half within&nbsp;</td><td>95 % within</td></tr>{''.join(rows)}</table>"
            f"{'' if flicker is None else _flicker_tip(flicker)}"
        )

    def show_recording(self, elapsed_s: float | None) -> None:
        """Shows how long a recording has been going on; None while there is none."""
        self.buttons["record"].setChecked(elapsed_s is not None)
        self._elapsed_s = elapsed_s
        self._show_words()

    def _show_words(self) -> None:
        is_compact = self.width() < COMPACT_BELOW_PX
        stop = "" if self._elapsed_s is None else clock_text(self._elapsed_s)
        words = {name: "" if is_compact else ACTIONS[name].label for name in WORDED}
        if stop:
            words["record"] = stop if is_compact else f"Stop  {stop}"
        for name, text in words.items():
            if text != self.buttons[name].text():
                self.buttons[name].setText(text)
        self.figures.setVisible(not is_compact or self.width() > COMPACT_BELOW_PX // 2)


def clock_text(seconds: float) -> str:
    """75.2 -> "01:15", 3675 -> "1:01:15"."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def _rate_text(painted_fps: float, shown_fps: float) -> str:
    """What is shown a second, and what of it is painted if that is clearly less."""
    shown, painted = (f"{fps:.0f}" if fps >= 3 else f"{fps:.1f}" for fps in (shown_fps, painted_fps))
    return f"{shown} fps" + (f", {painted} painted" if painted_fps < 0.9 * shown_fps else "")


def _still_text(flicker_steps: float, sharpness: float) -> str:
    return f"flicker {flicker_steps:.1f}  ·  sharpness {sharpness:.2f}"


def _flicker_tip(flicker: Flicker) -> str:
    return (
        "<p>Flicker: what changes from one frame to the next without having moved, in steps of 255. "
        f"Below 3 it looks still, above 10 it boils. The camera's own picture has {flicker.photo_steps:.1f}.<br>"
        "Sharpness: fine detail, compared with the camera's own picture.</p>"
    )


def _button(button: AnyButton, name: str, style: str) -> AnyButton:
    """A button as its action says, and in the style of the sheet that has this name."""
    action = ACTIONS[name]
    button.setObjectName(style)
    button.setText(action.label)
    button.setIcon(action.icon())
    button.setIconSize(QSize(icons.SIDE_PX, icons.SIDE_PX))
    button.setToolTip(tip(name))
    button.setCheckable(action.is_checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
