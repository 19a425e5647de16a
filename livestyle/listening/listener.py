"""The thread that listens to one source of sound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread

import numpy as np

from livestyle.errors import SourceError
from livestyle.listening.source import Hear, SoundSource
from livestyle.log import see_log
from livestyle.sound import Sound

log = logging.getLogger(__name__)

AGAIN_S = 2.0
"""After so long a source that failed is tried again."""
LET_GO_S = 5.0
"""How long is waited for the listener before, whose device may be the same."""


class Listener:
    """Listens to a source until it is stopped. One that fails is told, and tried again for as long as it takes.

    Args:
        source: What to listen to.
        hear: Takes the sound, in this thread.
        tell: Takes sentences for the user: what failed, and that it is well again.
        is_muted: Whether to begin so.
        before: The listener that this one replaces; it is stopped, and waited for, first.

    Attributes:
        is_muted: Whether silence is handed over instead of what is heard.
    """

    def __init__(
        self,
        source: SoundSource,
        hear: Hear,
        tell: Callable[[str], None],
        *,
        is_muted: bool = False,
        before: Listener | None = None,
    ) -> None:
        self.is_muted = is_muted
        self._source = source
        self._hear = hear
        self._tell = tell
        self._before = before
        self._level = 0.0
        self._has_failed = False
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="livestyle listener", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Makes it end soon; doesn't wait for it."""
        self._stopping.set()

    def join(self, timeout_s: float) -> bool:
        """Waits for the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def take_level(self) -> float:
        """How loud it was at most since this was last asked, 0 to 1 of what fits; muted or not."""
        level, self._level = self._level, 0.0
        return level

    def _run(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            before.stop()
            before.join(LET_GO_S)
        while not self._stopping.is_set():
            try:
                self._source.listen(self._take, self._stopping)
            except SourceError as error:
                self._fail(str(error))
            except Exception:
                log.exception("Listening failed")
                self._fail(see_log("Listening failed"))

    def _fail(self, sentence: str) -> None:
        if not self._has_failed and not self._stopping.is_set():
            self._tell(sentence)
        self._has_failed = True
        self._stopping.wait(AGAIN_S)

    def _take(self, sound: Sound) -> None:
        if self._has_failed:
            self._has_failed = False
            self._tell(f"{self._source.name} is heard again.")
        self._level = max(self._level, float(np.abs(sound.samples).max(initial=0.0)))
        self._hear(replace(sound, samples=np.zeros_like(sound.samples)) if self.is_muted else sound)
