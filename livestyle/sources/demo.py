"""The drawn demo scene as a source: a moving picture for machines without a camera, for tests and for trying styles."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import cv2

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.sources.demo_scene.scene import DemoScene
from livestyle.sources.pace import next_index
from livestyle.sources.source import FrameSource


class DemoSource(FrameSource):
    """The demo scene, the same at every run.

    Args:
        size_hw: Height and width of the frames in pixels, 1 and up.
        rate_fps: Frames a second of the scene's time.
        duration_s: When it ends, in seconds of the scene's time; None for never.
        live: Deliver in real time and leave out what is late; otherwise every frame, as fast as it is asked for.
    """

    is_drawn = True

    def __init__(
        self,
        size_hw: tuple[int, int] = (360, 640),
        rate_fps: float = 30.0,
        duration_s: float | None = None,
        *,
        live: bool = False,
    ) -> None:
        self.is_live = live
        self._size_hw = size_hw
        self._rate_fps = rate_fps
        self._duration_s = duration_s
        self._scene: DemoScene | None = None
        self._closed = Event()

    @property
    def name(self) -> str:
        """What to call it."""
        return "Demo scene"

    def open(self) -> None:
        """Paints what stands still: half a second for 640x360.

        Raises:
            SourceError: The size or the rate make no sense, or the memory is too small for the size.
        """
        height, width = self._size_hw
        if min(height, width) < 1 or not self._rate_fps > 0:
            raise SourceError(f"The demo scene can't be {width}x{height} pixels at {self._rate_fps:g} frames a second.")
        self._closed.clear()
        if self._scene is None:
            try:
                self._scene = DemoScene(height, width)
            except (MemoryError, cv2.error) as error:
                raise SourceError(
                    f"{width}x{height} pixels are too many for the demo scene: make it smaller."
                ) from error

    def close(self) -> None:
        """Makes the iteration end."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames; `time_s` is `index / rate_fps`."""
        if self._scene is None:
            raise SourceError("The demo scene is not open.")
        start_s, index = time.monotonic(), -1
        while not self._closed.is_set():
            if self.is_live:
                index = next_index(index, time.monotonic() - start_s, self._rate_fps)
                self._closed.wait(index / self._rate_fps - (time.monotonic() - start_s))
            else:
                index += 1
            time_s = index / self._rate_fps
            if self._closed.is_set() or (self._duration_s is not None and time_s >= self._duration_s):
                return
            yield Frame(self._scene.draw(time_s), time_s, index)
