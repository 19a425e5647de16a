"""Work that would make the window wait, done in threads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import LivestyleError
from livestyle.log import see_log

log = logging.getLogger(__name__)

T = TypeVar("T")


class Background(QObject):
    """Runs functions in threads of their own and hands their results back in the GUI thread.

    Attributes:
        failed: A function raised; the sentence for the user.
    """

    failed = pyqtSignal(str)
    _done = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[Thread] = []
        self._done.connect(lambda go_on: go_on())

    def run(
        self,
        what: str,
        work: Callable[[], T],
        on_result: Callable[[T], None],
        on_error: Callable[[], None] | None = None,
    ) -> None:
        """Runs `work` in a thread, then one of the other two in the GUI thread.

        Args:
            what: What it does, as a sentence begins with it that says that it failed: "Saving the picture".
            work: What takes its time.
            on_result: Takes what `work` returned.
            on_error: Called when it raised, after `failed`.
        """

        def do() -> None:
            try:
                result = work()
            except LivestyleError as error:
                self._done.emit(partial(self._fail, str(error), on_error))
            except Exception:
                log.exception("%s failed", what)
                self._done.emit(partial(self._fail, see_log(f"{what} failed"), on_error))
            else:
                self._done.emit(partial(on_result, result))

        self._start(do)

    def join(self, timeout_s: float) -> None:
        """Waits for what still runs, so long for each thread."""
        for thread in self._threads:
            thread.join(timeout_s)

    def _start(self, do: Callable[[], None]) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(Thread(target=do, name="livestyle background", daemon=True))
        self._threads[-1].start()

    def _fail(self, sentence: str, on_error: Callable[[], None] | None) -> None:
        self.failed.emit(sentence)
        if on_error is not None:
            on_error()
