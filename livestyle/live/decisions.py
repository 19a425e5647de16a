"""What the live pipeline decides, as pure functions of explicit state and time."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Literal

LINES = (240, 360, 480, 720, 1080)
"""The processing sizes on offer, as lines of the picture's short side."""

Pace = Literal["smooth", "balanced", "fine"]
"""What the automatic size is to favour: motion, both, or strokes."""
FLUENT_FPS = 20.0
"""Above this rate the eye sees motion, and finer strokes are worth more than more frames."""
PACES: Mapping[Pace, float] = {"smooth": 30.0, "balanced": FLUENT_FPS, "fine": 10.0}
"""The frames a second that the automatic size is to hold: as fast as cameras are, and half of what is fluent."""
FLUENT_SHARE = 0.7
"""Share of its time that painting may take by default: the camera, the window and a recording need the rest."""
FLUENT_FRAMES = 3
"""Where paintings are moved along, one may take so many frames' time: older ones look less and less like new ones."""

SHOWN_FPS = 30.0
"""No more frames a second than about this are shown by moving paintings: the time is better spent on painting."""
MOST_FRAMES_A_PAINTING = 8
"""Frames wait no longer than so many for their painting, however long it takes."""
MOVING_SHARE = 0.5
"""Moving may take this share of a painting's time, else it brings little: large pictures of a fast device."""
FRAMES_UP, FRAMES_DOWN = 0.1, 0.3
"""How far, in frames, painting times must be beyond a number of frames to change it."""

HELD_ABOVE, MOVED_BELOW = 0.3, 0.2
"""Where the flow does not explain more than this share of the photos, paintings as they come look better than moved
ones; below the lower share they move again. A breakdancer who fills half of the picture makes 0.2."""
HELD_AT_ONCE_ABOVE = 0.5
"""The share of a single photo from which on it is a cut."""

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


def fluent_lines(seconds_per_px: float, size_hw: tuple[int, int], frames: int = 1, rate_fps: float = FLUENT_FPS) -> int:
    """The largest of `LINES` that a device paints fluently; the smallest one if there is none.

    Args:
        seconds_per_px: Painting time of the device, over the pixels painted.
        size_hw: Size of the source's frames; no more lines are chosen than take all of them.
        frames: How many frames' time a painting may take.
        rate_fps: How many frames a second are fluent.
    """
    held = LINES[0]
    for lines in LINES:
        if painting_s(seconds_per_px, size_hw, lines) > frames * FLUENT_SHARE / rate_fps:
            break
        held = lines
        if lines >= min(size_hw):
            break
    return held


def stepped_lines(
    lines: int, seconds_per_px: float, size_hw: tuple[int, int], frames: int = 1, rate_fps: float = FLUENT_FPS
) -> int:
    """The lines to go on with: more only if they leave time to spare, fewer only if those at hand take all the time.

    What lies between is left as it is, so that a size which was just taken is not given up for a trifle.

    Args:
        lines: Those at hand.
        seconds_per_px: As `fluent_lines` takes it.
        size_hw: As `fluent_lines` takes it.
        frames: As `fluent_lines` takes it.
        rate_fps: As `fluent_lines` takes it.
    """
    fluent = fluent_lines(seconds_per_px, size_hw, frames, rate_fps)
    is_late = painting_s(seconds_per_px, size_hw, lines) > frames / rate_fps
    return fluent if is_late else max(lines, fluent)


def painting_s(seconds_per_px: float, size_hw: tuple[int, int], lines: int) -> float:
    """How long a device that needs so many seconds a pixel paints a frame of a size, brought to so many lines."""
    height, width = scaled_hw(size_hw, lines)
    return height * width * seconds_per_px


def fewer_lines(lines: int) -> int | None:
    """The next of `LINES` below; None when there is none."""
    return max((candidate for candidate in LINES if candidate < lines), default=None)


def shown_every(source_fps: float) -> int:
    """Of a source's frames every so many-th is shown where paintings are moved along."""
    return max(1, round(source_fps / SHOWN_FPS))


def frames_a_painting(
    k: int, painting_s: float, shown_fps: float, moving_s: float = 0.0, *, is_lost: bool = False
) -> int:
    """After how many frames most are painted; 1 where every frame is. It stays as it is for a trifle.

    Args:
        k: That at hand, 1 or more.
        painting_s: How long a painting takes.
        shown_fps: Frames a second to be shown.
        moving_s: How long moving one along takes. Where that is hardly less, paintings are better shown as they come.
        is_lost: Whether the flow loses the photos. Then as well: without moving there are more paintings.
    """
    if is_lost or moving_s > MOVING_SHARE * painting_s:
        return 1
    frames = painting_s * shown_fps
    if _frames_until_painted(frames - FRAMES_UP) <= k <= _frames_until_painted(frames + FRAMES_DOWN):
        return k
    return _frames_until_painted(frames)


def _frames_until_painted(frames: float) -> int:
    if frames <= 1:
        return 1
    # A frame that comes while the painter is busy waits for half a frame's time on average.
    return min(MOST_FRAMES_A_PAINTING, math.ceil(frames + 0.5))


def is_lost(mean_bad: float, *, was_lost: bool) -> bool:
    """Whether paintings are better shown as they are than moved along flows that lose their photos.

    Args:
        mean_bad: The share of the photos that the flow does not explain, 0 to 1, over the last moments.
        was_lost: Whether it was so before, which takes less to go on than to begin.
    """
    return mean_bad > (MOVED_BELOW if was_lost else HELD_ABOVE)


class Rate:
    """Events a second over the last moments, or between the last two if they are rare.

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
        """The rate; 0 when nothing has happened for the whole window, and for twice as long as between events."""
        self._forget(now_s)
        span_s = self._times_s[-1] - self._times_s[0] if self._times_s else 0.0
        if span_s <= 0:
            return 0.0
        between_s = span_s / (len(self._times_s) - 1)
        return 0.0 if now_s - self._times_s[-1] > max(self._window_s, 2 * between_s) else 1 / between_s

    def _forget(self, now_s: float) -> None:
        while len(self._times_s) > 2 and now_s - self._times_s[0] > self._window_s:
            self._times_s.popleft()
