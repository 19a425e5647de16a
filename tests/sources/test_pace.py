from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.sources.pace import Clock, next_index, pace


@pytest.mark.parametrize(
    ("last", "elapsed_s", "index"),
    [
        (-1, 0.0, 0),
        (0, 0.01, 1),  # early: the next one
        (0, 0.1, 1),
        (0, 0.39, 3),  # late: the one that is due now
        (9, 0.2, 10),  # never back
    ],
)
def test_a_source_that_can_make_any_frame_skips_to_the_present(last: int, elapsed_s: float, index: int) -> None:
    assert next_index(last, elapsed_s, rate_fps=10) == index


def test_an_early_frame_is_waited_for() -> None:
    clock, wait_s = pace(Clock(100.0, 100.0), time_s=2.0, now_s=101.5)
    assert wait_s == pytest.approx(0.5)
    assert clock == Clock(100.0, 102.0)


def test_a_frame_a_little_late_is_shown_at_once() -> None:
    assert pace(Clock(100.0, 101.9), time_s=2.0, now_s=102.03)[1] == 0


def test_a_late_frame_is_left_out() -> None:
    clock = Clock(100.0, 102.0)
    assert pace(clock, time_s=2.0, now_s=102.1) == (clock, None)


def test_late_frames_are_shown_now_and_then_all_the_same() -> None:
    clock, wait_s = pace(Clock(100.0, 101.8), time_s=2.0, now_s=102.1)
    assert wait_s == 0
    assert clock.shown_s == 102.1


def test_after_a_long_halt_the_clock_starts_anew() -> None:
    clock, wait_s = pace(Clock(100.0, 101.0), time_s=1.0, now_s=160.0)
    assert wait_s == 0
    assert pace(clock, time_s=1.04, now_s=160.0)[1] == pytest.approx(0.04)


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=60))
def test_however_slow_the_reading_a_picture_comes_several_times_a_second(read_s: list[float]) -> None:
    clock, now_s, shown_s = Clock(0.0, 0.0), 0.0, 0.0
    for number, spent_s in enumerate(read_s):
        now_s += spent_s
        clock, wait_s = pace(clock, number / 25, now_s)
        if wait_s is None:
            assert now_s - shown_s < 0.25
        else:
            now_s += wait_s
            shown_s = now_s
