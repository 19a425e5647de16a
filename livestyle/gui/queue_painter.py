"""The process that paints videos for the queue, as Qt sees it."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Protocol

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from livestyle.jobs.job import ClipJob
from livestyle.jobs.plain import to_plain
from livestyle.log import see_log

log = logging.getLogger(__name__)

PROGRAM = [sys.executable, "-m", "livestyle.jobs.child"]
END_MS = 2000
"""How long the end of a process that is ended is waited for; the system takes a few."""
MOST_SAID = 4000
"""How many of the last letters are kept of what a process says beside its answers."""


class Finished(Protocol):
    """What hears of the end of a job."""

    def __call__(self, frames: int, error: str, warnings: tuple[str, ...]) -> object:
        """Is told how many frames the result has, why there is none, and what to know about it."""


class QueuePainter(QObject):
    """Paints one video at a time. What it is stopped at can be painted on: nothing but the last second is lost.

    Attributes:
        progressed: How many frames are painted, and of about how many: None if there is no telling.
        finished: How many frames the result has; why there is none, a sentence, or empty; sentences about it.
    """

    progressed = pyqtSignal(int, object)
    finished = pyqtSignal(int, str, tuple)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._is_at_work = False
        self._said = ""

    def paint(self, job: ClipJob) -> None:
        """Begins to paint; nothing may be being painted."""
        process = self._process or self._new_process()
        self._is_at_work, self._said = True, ""
        process.write(json.dumps(to_plain(job)).encode() + b"\n")

    def stop(self) -> None:
        """Ends what is painted, and gives back the memory of what paints."""
        process, self._process, self._is_at_work = self._process, None, False
        if process is not None:
            for signal in (
                process.readyReadStandardOutput,
                process.readyReadStandardError,
                process.errorOccurred,
                process.finished,
            ):
                signal.disconnect()
            process.kill()
            process.waitForFinished(END_MS)
            process.deleteLater()

    def _new_process(self) -> QProcess:
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._hear)
        process.errorOccurred.connect(lambda error: self._fail() if error == QProcess.ProcessError.FailedToStart else 0)
        process.finished.connect(self._fail)
        process.start(PROGRAM[0], PROGRAM[1:])
        return process

    def _read(self) -> None:
        process = self._process
        while process is not None and process is self._process and process.canReadLine():
            self._take(json.loads(process.readLine().data()))

    def _take(self, told: dict[str, Any]) -> None:
        if "frames" not in told:
            self.progressed.emit(told["done"], told["total"])
            return
        self._is_at_work = False
        self.finished.emit(told["frames"], told["error"] or "", tuple(told["warnings"]))

    def _hear(self) -> None:
        if self._process is not None:
            said = self._process.readAllStandardError().data().decode(errors="replace")
            self._said = (self._said + said)[-MOST_SAID:]

    def _fail(self) -> None:
        """The process is gone, and nobody has ended it."""
        self._read()
        self._hear()
        was_at_work = self._is_at_work
        self.stop()
        if was_at_work:
            log.error("What paints videos has ended:\n%s", self._said)
            self.finished.emit(0, see_log("Painting the video failed"), ())
