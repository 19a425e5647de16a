"""When frames are due: pure functions of explicit times, so that nothing here waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor

_MOST_LAG_S = 1.0
_LONGEST_GAP_S = 0.25
_LATE_S = 0.04


def next_index(last: int, elapsed_s: float, rate_fps: float) -> int:
    """The number of the next frame of a source that can make any frame: the one after `last`, or later to catch up.

    Args:
        last: The number of the frame before; -1 at first.
        elapsed_s: Time since frame 0 was due.
        rate_fps: Frames a second.
    """
    return max(last + 1, floor(elapsed_s * rate_fps))


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the playing of a file in real time stands; all times are of one monotonic clock, in seconds.

    Attributes:
        start_s: When the frame with time stamp 0 was due.
        shown_s: When a frame was last shown.
    """

    start_s: float
    shown_s: float


def pace(clock: Clock, time_s: float, now_s: float) -> tuple[Clock, float | None]:
    """Decides about the next frame of a file that plays in real time.

    Late frames are left out so that the playing catches up, but never for long: where reading is too slow for the file,
    some frames are shown all the same, and the file plays slower than it should.

    Args:
        clock: Where the playing stands.
        time_s: The frame's time stamp.
        now_s: The present.

    Returns:
        The clock from now on, and how long to wait before the frame is shown; None to leave it out.
    """
    late_s = now_s - clock.start_s - time_s
    if late_s > _MOST_LAG_S:
        return Clock(clock.start_s + late_s, now_s), 0.0
    if late_s > _LATE_S and now_s - clock.shown_s < _LONGEST_GAP_S:
        return clock, None
    wait_s = max(0.0, -late_s)
    return replace(clock, shown_s=now_s + wait_s), wait_s
