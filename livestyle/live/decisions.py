"""What the live pipeline decides, as pure functions of explicit state and time."""

from __future__ import annotations

from collections import deque

LINES = (240, 360, 480, 720, 1080)
"""The processing sizes on offer, as lines of the picture's short side."""

REAL_TIME_FPS = 30.0
REAL_TIME_SHARE = 0.7
"""Share of a frame's time that painting may take by default: the camera, the window and a recording need the rest."""

RETRY_FIRST_S = 0.5
RETRY_MOST_S = 8.0
PAINTER_RETRIES = 3


def retry_delay_s(failures: int) -> float:
    """How long to wait after so many failures in a row (1 or more): twice as long each time, up to a limit."""
    return float(min(RETRY_MOST_S, RETRY_FIRST_S * 2.0 ** min(failures - 1, 16)))


def scaled_hw(size_hw: tuple[int, int], lines: int) -> tuple[int, int]:
    """The size at which the short side has so many lines; never larger than the picture is.

    The other side becomes a multiple of 4, which the networks take without a detour.
    """
    height, width = size_hw
    if min(height, width) <= lines:
        return size_hw
    if height <= width:
        return lines, max(4, round(width * lines / height / 4) * 4)
    return max(4, round(height * lines / width / 4) * 4), lines


def real_time_lines(seconds_per_px: float, size_hw: tuple[int, int]) -> int:
    """The largest of `LINES` that a device paints in real time; the smallest one if it can't hold any.

    Args:
        seconds_per_px: Painting time of the device, over the pixels painted.
        size_hw: Size of the source's frames.
    """
    budget_s = REAL_TIME_SHARE / REAL_TIME_FPS
    held = LINES[0]
    for lines in LINES:
        height, width = scaled_hw(size_hw, lines)
        if height * width * seconds_per_px <= budget_s:
            held = lines
    return held


def fewer_lines(lines: int) -> int | None:
    """The next of `LINES` below; None when there is none."""
    return max((candidate for candidate in LINES if candidate < lines), default=None)


class Rate:
    """Events a second over the last moments.

    Args:
        window_s: How far back to look.
    """

    def __init__(self, window_s: float = 2.0) -> None:
        self._window_s = window_s
        self._times_s: deque[float] = deque()

    def add(self, now_s: float) -> None:
        """Notes an event."""
        self._times_s.append(now_s)
        self._forget(now_s)

    def fps(self, now_s: float) -> float:
        """The rate; 0 when nothing has happened for the whole window."""
        self._forget(now_s)
        if len(self._times_s) < 2:
            return 0.0
        span_s = self._times_s[-1] - self._times_s[0]
        return (len(self._times_s) - 1) / span_s if span_s > 0 else 0.0

    def _forget(self, now_s: float) -> None:
        while self._times_s and now_s - self._times_s[0] > self._window_s:
            self._times_s.popleft()
