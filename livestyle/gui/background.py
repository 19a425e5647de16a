"""Work that would make the window wait, done in threads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import LivestyleError

log = logging.getLogger(__name__)

T = TypeVar("T")


class Background(QObject):
    """Runs functions in threads of their own and hands their results back in the GUI thread.

    Attributes:
        failed: A function raised; the sentence for the user.
    """

    failed = pyqtSignal(str)
    _done = pyqtSignal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[Thread] = []
        self._done.connect(lambda on_result, result: on_result(result))

    def run(self, work: Callable[[], T], on_result: Callable[[T], None]) -> None:
        """Runs `work` in a thread, then `on_result` with what it returned in the GUI thread."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = Thread(target=self._run, args=(work, on_result), name="livestyle background", daemon=True)
        self._threads.append(thread)
        thread.start()

    def join(self, timeout_s: float) -> None:
        """Waits for what still runs, so long for each thread."""
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self, work: Callable[[], T], on_result: Callable[[T], None]) -> None:
        try:
            result = work()
        except LivestyleError as error:
            self.failed.emit(str(error))
        except Exception:
            log.exception("Work in the background failed")
            self.failed.emit("Something went wrong: see the log.")
        else:
            self._done.emit(on_result, result)
