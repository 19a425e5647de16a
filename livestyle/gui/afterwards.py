"""What happens once all videos are painted: the user is told, a folder is opened, or the computer is put to sleep."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)

from livestyle.errors import LivestyleError
from livestyle.gui.background import Background
from livestyle.gui.language import tr
from livestyle.gui.video_queue import VideoQueue

SLEEP_AFTER_S = 30
TOLD_MS = 10_000


class AllPainted(QObject):
    """Does what is chosen in the queue when all is painted.

    Args:
        videos: The queue.
        background: Where the computer is put to sleep.
        window: The window.
        sleep: Puts the computer to sleep.

    Attributes:
        told: A sentence for the user.
    """

    told = pyqtSignal(str)

    def __init__(
        self, videos: VideoQueue, background: Background, window: QWidget, sleep: Callable[[], None] | None = None
    ) -> None:
        super().__init__(window)
        self._videos = videos
        self._background = background
        self._window = window
        self._sleep = sleep or put_to_sleep
        self._tray: QSystemTrayIcon | None = None
        self._last: Path | None = None
        videos.painted.connect(self._see)
        videos.all_painted.connect(self._do)

    def _see(self, path: Path) -> None:
        self._last = path

    def _do(self) -> None:
        chosen = self._videos.queue.afterwards
        if chosen == "nothing":
            return
        failed = sum(entry.state == "failed" for entry in self._videos.queue.entries)
        sentence = tr("All videos are through; {n} of them could not be painted.", n=failed)
        self._tell(sentence if failed else tr("All videos are painted."))
        if chosen == "folder" and self._last is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._last.parent)))
        elif chosen == "sleep":
            # Once: the next time it may be day.
            self._videos.use_afterwards("notify")
            Countdown(lambda: self._background.run("Going to sleep", self._sleep, lambda _: None), self._window).show()

    def _tell(self, sentence: str) -> None:
        self.told.emit(sentence)
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = self._tray or QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.show()
            self._tray.showMessage("livestyle", sentence, self._window.windowIcon(), TOLD_MS)
            QTimer.singleShot(TOLD_MS, self._tray.hide)


class Countdown(QDialog):
    """Says how long it takes until the computer sleeps, and lets the user stop that.

    Args:
        sleep: Does it.
        parent: The window.
    """

    def __init__(self, sleep: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("All videos are painted."))
        self._sleep = sleep
        self.left_s = SLEEP_AFTER_S
        self.label = QLabel()
        self.stay, self.now = QPushButton(tr("Stay awake")), QPushButton(tr("Sleep now"))
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.now)
        buttons.addWidget(self.stay)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.label)
        column.addLayout(buttons)
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject)
        self.now.clicked.connect(self.accept)
        self.accepted.connect(self._sleep)
        self.finished.connect(self._end)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)
        self._timer.start(1000)
        self._show()

    def tick(self) -> None:
        """A second is over."""
        self.left_s -= 1
        if self.left_s > 0:
            self._show()
        else:
            self.accept()

    def _show(self) -> None:
        self.label.setText(tr("The computer goes to sleep in {n} seconds.", n=self.left_s))

    def _end(self) -> None:
        self._timer.stop()
        self.deleteLater()


def sleep_command(platform: str) -> list[str]:
    """What puts a computer to sleep, as its system has it."""
    if platform == "win32":
        return ["rundll32.exe", "powrprof.dll,SetSuspendState", "0,1,0"]
    return ["pmset", "sleepnow"] if platform == "darwin" else ["systemctl", "suspend"]


def put_to_sleep() -> None:
    """Puts the computer to sleep.

    Raises:
        LivestyleError: It does not let us.
    """
    try:
        subprocess.run(sleep_command(sys.platform), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LivestyleError("The computer can't be put to sleep from here: its system does not allow it.") from error
