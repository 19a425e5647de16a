from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.live.decisions import (
    LINES,
    Rate,
    fewer_lines,
    fluent_lines,
    frames_a_painting,
    is_lost,
    retry_delay_s,
    scaled_hw,
    shown_every,
    stepped_lines,
)


def test_retries_come_at_twice_the_distance_each_time_up_to_a_limit() -> None:
    assert [retry_delay_s(n) for n in (1, 2, 3, 4, 5, 6, 10_000)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


@pytest.mark.parametrize(
    ("size_hw", "lines", "scaled"),
    [
        ((720, 1280), 360, (360, 640)),
        ((720, 1280), 480, (480, 852)),
        ((1280, 720), 360, (640, 360)),
        ((480, 640), 720, (480, 640)),
        ((338, 601), 360, (338, 601)),
        ((1, 1), 240, (1, 1)),
        ((4000, 300), 240, (3200, 240)),
    ],
)
def test_sizes_keep_their_proportions_and_never_grow(
    size_hw: tuple[int, int], lines: int, scaled: tuple[int, int]
) -> None:
    assert scaled_hw(size_hw, lines) == scaled


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from(LINES))
def test_a_scaled_size_has_the_lines_and_almost_the_shape(height: int, width: int, lines: int) -> None:
    new_h, new_w = scaled_hw((height, width), lines)
    assert min(new_h, new_w) == min(height, width, lines)
    assert new_h <= max(height, 4)
    assert new_w <= max(width, 4)
    assert abs(new_w * height - new_h * width) <= 2 * max(height, width) + 4 * max(height, width) // lines


@pytest.mark.parametrize(
    ("fps_at_360", "lines"),
    [(5, 240), (28, 240), (29, 360), (50, 360), (51, 480), (120, 720), (1000, 1080), (10_000, 1080)],
)
def test_the_size_by_default_is_one_the_device_holds_with_some_to_spare(fps_at_360: float, lines: int) -> None:
    assert fluent_lines(1 / fps_at_360 / (360 * 640), (1080, 1920)) == lines


@pytest.mark.parametrize(("height", "lines"), [(100, 240), (240, 240), (338, 360), (2160, 1080)])
def test_no_more_lines_are_chosen_than_the_source_has(height: int, lines: int) -> None:
    assert fluent_lines(0.0, (height, 2 * height)) == lines


@pytest.mark.parametrize(
    ("fps_at_360", "lines", "next_lines"),
    [
        (40, 240, 360),  # time to spare
        (25, 240, 240),  # 360 lines would fit, but barely
        (25, 360, 360),  # and so they stay where they are painted already
        (19, 360, 240),  # they don't fit
        (5, 1080, 240),
        (2, 240, 240),
        (300, 240, 1080),
    ],
)
def test_lines_step_only_when_it_is_worth_it(fps_at_360: float, lines: int, next_lines: int) -> None:
    assert stepped_lines(lines, 1 / fps_at_360 / (360 * 640), (1080, 1920)) == next_lines


def test_fewer_lines_end() -> None:
    assert fewer_lines(1080) == 720
    assert fewer_lines(500) == 480
    assert fewer_lines(240) is None


def test_where_paintings_are_moved_one_may_take_longer() -> None:
    at_10_fps = 1 / 10 / (360 * 640)
    assert fluent_lines(at_10_fps, (720, 1280)) == 240
    assert fluent_lines(at_10_fps, (720, 1280), frames=3) == 360
    assert stepped_lines(360, 1 / 7 / (360 * 640), (720, 1280), frames=3) == 360
    assert stepped_lines(360, 1 / 6 / (360 * 640), (720, 1280), frames=3) == 240


@pytest.mark.parametrize(
    ("source_fps", "every"), [(1.0, 1), (24.0, 1), (30.0, 1), (44.0, 1), (50.0, 2), (60.0, 2), (120.0, 4)]
)
def test_no_more_is_shown_than_the_eye_asks_for(source_fps: float, every: int) -> None:
    assert shown_every(source_fps) == every


@pytest.mark.parametrize(
    ("k", "painting_s", "next_k"),
    [
        (1, 0.005, 1),
        (1, 0.035, 1),  # a trifle too slow
        (1, 0.04, 2),
        (2, 0.03, 2),  # a trifle fast enough
        (2, 0.02, 1),
        (1, 0.08, 3),
        (1, 0.09, 4),  # a frame waits for the painter, too
        (3, 0.086, 3),
        (4, 0.08, 4),
        (4, 0.07, 3),
        (3, 10.0, 8),
        (8, 0.001, 1),
    ],
)
def test_as_many_frames_are_shown_as_a_painting_takes(k: int, painting_s: float, next_k: int) -> None:
    assert frames_a_painting(k, painting_s, 30.0) == next_k


@pytest.mark.parametrize(("moving_s", "k"), [(0.015, 3), (0.03, 3), (0.05, 1)])
def test_nothing_is_moved_where_that_takes_as_long_as_painting(moving_s: float, k: int) -> None:
    assert frames_a_painting(3, 0.08, 30.0, moving_s) == k


@given(st.floats(0, 1), st.floats(0, 240))
def test_the_frames_a_painting_never_flip(painting_s: float, fps: float) -> None:
    k = frames_a_painting(1, painting_s, fps)
    assert frames_a_painting(k, painting_s, fps) == k


@pytest.mark.parametrize(
    ("mean_bad", "was_lost", "lost"),
    [
        (0.0, False, False),
        (0.25, False, False),
        (0.25, True, True),  # it takes less to go on than to begin
        (0.35, False, True),
        (0.15, True, False),
    ],
)
def test_paintings_are_not_moved_where_they_would_be_torn(mean_bad: float, was_lost: bool, lost: bool) -> None:
    assert is_lost(mean_bad, was_lost=was_lost) is lost


def test_where_the_flow_is_lost_paintings_come_as_fast_as_they_can() -> None:
    assert frames_a_painting(3, 0.08, 30.0, is_lost=True) == 1
    assert frames_a_painting(1, 0.08, 30.0, is_lost=True) == 1
    assert frames_a_painting(1, 0.08, 30.0) == 3


def test_the_rate_is_that_of_the_last_moments() -> None:
    rate = Rate(window_s=2.0)
    assert rate.fps(0.0) == 0.0
    for n in range(100):
        rate.add(n / 50)
    assert rate.fps(2.0) == pytest.approx(50)
    for n in range(100):
        rate.add(2 + n / 25)
    assert rate.fps(6.0) == pytest.approx(25)
    assert rate.fps(9.0) == 0.0


def test_a_rate_below_one_a_second_is_a_rate() -> None:
    rate = Rate(window_s=2.0)
    for n in range(4):
        rate.add(5.0 * n)
    assert rate.fps(15.0) == pytest.approx(0.2)
    assert rate.fps(24.0) == pytest.approx(0.2)
    assert rate.fps(26.0) == 0.0
    for n in range(10):
        rate.add(26 + n / 10)
    assert rate.fps(27.0) == pytest.approx(10)
