"""Pictures kept in memory as a source that costs nothing: for measuring what comes after it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import count
from threading import Event

from livestyle.frame import Frame, Image
from livestyle.sources.pace import next_index
from livestyle.sources.source import FrameSource


class KeptSource(FrameSource):
    """The same pictures over and over, forwards and backwards, so that nothing jumps.

    Args:
        images: RGB uint8 (H, W, 3), one or more, all of one size.
        rate_fps: Frames a second.
        live: Deliver in real time and leave out what is late; otherwise every frame, as fast as it is asked for.
    """

    def __init__(self, images: Sequence[Image], rate_fps: float = 30.0, *, live: bool = False) -> None:
        self.is_live = live
        self._round = [*images, *images[-2:0:-1]]
        self._rate_fps = rate_fps
        self._closed = Event()

    @property
    def name(self) -> str:
        """What to call it."""
        return "Kept pictures"

    def open(self) -> None:
        """Begins anew."""
        self._closed.clear()

    def close(self) -> None:
        """Makes the iteration end."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames; `time_s` is `index / rate_fps`."""
        for index in self._due() if self.is_live else count():
            if self._closed.is_set():
                return
            yield Frame(self._round[index % len(self._round)], index / self._rate_fps, index)

    def _due(self) -> Iterator[int]:
        start_s, index = time.monotonic(), -1
        while True:
            index = next_index(index, time.monotonic() - start_s, self._rate_fps)
            self._closed.wait(index / self._rate_fps - (time.monotonic() - start_s))
            yield index
