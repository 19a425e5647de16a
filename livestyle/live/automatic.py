"""The automatic size: as many lines as the device paints smoothly, judged by what painting really takes."""

from __future__ import annotations

from collections import deque
from statistics import median

from livestyle.live.decisions import FLUENT_FPS, fluent_lines, stepped_lines

PAINTINGS = 60
PAINTINGS_LEAST = 5
FEWER_AFTER_S = 2.0
MORE_AFTER_S = 4.0
MORE_AFTER_MOST_S = 120.0


class AutomaticLines:
    """Takes fewer lines soon when painting is too slow, and more after a while when there is time to spare.

    Each time that more lines turn out too many, the next try waits twice as long: every step shows.

    Args:
        seconds_per_px: A first guess at the device's painting time, over the pixels painted.
        frames: How many frames' time a painting may take.
        rate_fps: How many frames a second are fluent.

    Attributes:
        seconds_per_px: The painting time, as far as it is known.
    """

    def __init__(self, seconds_per_px: float, frames: int = 1, rate_fps: float = FLUENT_FPS) -> None:
        self.seconds_per_px = seconds_per_px
        self._frames = frames
        self._rate_fps = rate_fps
        self._lines: dict[tuple[int, int], int] = {}
        self._painted_hw: tuple[int, int] | None = None
        self._since_s = 0.0
        self._times_s: deque[float] = deque(maxlen=PAINTINGS)
        self._more_after_s = MORE_AFTER_S

    def lines(self, source_hw: tuple[int, int]) -> int:
        """Lines of the short side to paint frames of a source with, one of `LINES`."""
        return self._lines.setdefault(source_hw, fluent_lines(*self._pace(source_hw)))

    def add(self, painting_s: float, painted_hw: tuple[int, int], source_hw: tuple[int, int], now_s: float) -> None:
        """Notes a painting, which may change the lines.

        Args:
            painting_s: How long it took.
            painted_hw: Its size.
            source_hw: Size of the source's frames.
            now_s: Monotonic seconds.
        """
        if painted_hw != self._painted_hw:
            self._painted_hw, self._since_s = painted_hw, now_s
            self._times_s.clear()
        self._times_s.append(painting_s)
        waited_s = now_s - self._since_s
        if len(self._times_s) < PAINTINGS_LEAST or waited_s < FEWER_AFTER_S:
            return
        lines = self.lines(source_hw)
        # The median: one painting held up by something else says nothing about the size.
        self.seconds_per_px = median(self._times_s) / (painted_hw[0] * painted_hw[1])
        stepped = stepped_lines(lines, *self._pace(source_hw))
        if stepped < lines:
            self._more_after_s = min(2 * self._more_after_s, MORE_AFTER_MOST_S)
        if stepped < lines or waited_s >= self._more_after_s:
            self._lines[source_hw] = stepped

    def _pace(self, source_hw: tuple[int, int]) -> tuple[float, tuple[int, int], int, float]:
        return self.seconds_per_px, source_hw, self._frames, self._rate_fps
