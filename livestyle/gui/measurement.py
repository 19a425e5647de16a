"""How fast this computer paints, measured on a click by a process of its own."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

from PyQt6.QtCore import QProcess, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from livestyle.gui.language import number, told, tr
from livestyle.gui.queue_painter import END_MS
from livestyle.log import see_log

log = logging.getLogger(__name__)

PROGRAM = [sys.executable, "-m", "livestyle", "bench", "--json", "--size", "640x360", "--size", "1280x720"]
NOT_WAITED_FOR = ("source", "encode")
"""The stages that are no part of the way from the camera to the screen."""


class Measurement(QWidget):
    """A button that begins it, what came of it, and a button that copies that.

    Attributes:
        of: Gives the name of the network to measure, and the device to measure it on, as the command line takes them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.of: Callable[[], tuple[str, str]] = lambda: ("", "auto")
        self._process: QProcess | None = None
        self._network = ""
        self.button, self.copy, self.text = QPushButton(), QPushButton(tr("Copy")), QLabel()
        self.button.setToolTip(
            tr("Takes half a minute beside the show, which is slower meanwhile; without it this computer is faster")
        )
        self.copy.setToolTip(tr("Copy the figures"))
        self.text.setObjectName("quiet")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.button, self.text, self.copy):
            layout.addWidget(widget)
        for button in (self.button, self.copy):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.toggle)
        self.copy.clicked.connect(self._copy)
        self._show("")

    def toggle(self) -> None:
        """Begins to measure, or gives it up."""
        if self._process is not None:
            self.stop()
            return
        self._network, device = self.of()
        process = self._process = QProcess(self)
        process.finished.connect(self._take)
        process.errorOccurred.connect(lambda error: self._take() if error == QProcess.ProcessError.FailedToStart else 0)
        process.start(PROGRAM[0], [*PROGRAM[1:], "--network", self._network, "--device", device])
        self._show("")

    def stop(self) -> None:
        """Gives it up, where it goes on."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(END_MS)
            process.deleteLater()
        self._show("")

    def _take(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        try:
            text = figures(json.loads(process.readAllStandardOutput().data()), self._network)
        except ValueError:
            said = process.readAllStandardError().data().decode(errors="replace")
            log.error("What measures has ended:\n%s", said)
            text = told(see_log("Measuring this computer failed"))
        self._show(text)

    def _show(self, text: str) -> None:
        self.button.setText(tr("Measure this computer") if self._process is None else tr("Stop measuring"))
        self.text.setText(text)
        self.text.setVisible(text != "")
        self.copy.setVisible(text != "")

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.text.text())


def figures(report: Mapping[str, Any], network: str) -> str:
    """A line for each size, and one for what was measured.

    Args:
        report: What `livestyle bench --json` writes.
        network: The name of the network.
    """
    results = report["results"]
    lines = [
        tr(
            "{width}x{height}: {fps} fps, {ms} ms a picture",
            width=result["width"],
            height=result["height"],
            fps=number((result["live"] or {"painted_fps": result["fps"]})["painted_fps"], 1),
            ms=number(sum(stage["p50_ms"] for name, stage in result["stages"].items() if name not in NOT_WAITED_FOR)),
        )
        for result in results
    ]
    return "\n".join(
        [*lines, tr("{network} on {device}, beside the show", network=network, device=results[0]["device"])]
    )
