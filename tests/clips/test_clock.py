from __future__ import annotations

from fractions import Fraction
from typing import Any
from unittest.mock import Mock

import pytest

from livestyle.clips.clock import Clock, Shown

TICK_S = Fraction(1, 1000)


def stream(index: int, kind: str) -> Any:
    return Mock(index=index, type=kind)


PICTURES, SOUND, TEXTS = stream(0, "video"), stream(1, "audio"), stream(2, "subtitle")


def packet(of: Any, time: int | None, duration: int = 40) -> Any:
    return Mock(stream=of, pts=time, dts=time, duration=duration, time_base=TICK_S)


def mended(packets: list[Any], *, pauses: bool = True) -> list[tuple[int, int]]:
    """The track and time of each packet."""
    return [(each.stream.index, each.dts) for each in Clock(PICTURES, 40 * TICK_S, pauses=pauses).mended(packets)]


def times(found: list[tuple[int, int]], index: int) -> list[int]:
    return [time for track, time in found if track == index]


@pytest.mark.parametrize("later", [0, 500, 90_000_000], ids=["back to 0", "back a bit", "ahead by a day"])
@pytest.mark.parametrize("first", [PICTURES, SOUND], ids=["pictures first", "sound first"])
def test_after_a_jump_all_tracks_go_on(later: int, first: Any) -> None:
    second = SOUND if first is PICTURES else PICTURES
    one = [packet(of, 1000 + 40 * number) for number in range(10) for of in (first, second)]
    two = [packet(of, later + 40 * number) for number in range(10) for of in (first, second)]
    found = mended([*one, *two])
    assert times(found, 0) == times(found, 1) == [1000 + 40 * number for number in range(20)]


def test_a_track_that_lags_behind_a_jump_keeps_its_old_clock_until_it_jumps() -> None:
    packets = [packet(PICTURES, time) for time in (1000, 1040, 1080)] + [packet(SOUND, 1000)]
    packets += [packet(PICTURES, 0), packet(SOUND, 1040), packet(SOUND, 1080), packet(SOUND, 0), packet(PICTURES, 40)]
    found = mended(packets)
    assert times(found, 0) == [1000, 1040, 1080, 1120, 1160]
    assert times(found, 1) == [1000, 1040, 1080, 1120]


def test_sound_that_lies_over_the_seam_is_left_out() -> None:
    one = [packet(PICTURES, 1000), packet(SOUND, 1000), packet(PICTURES, 1040), packet(SOUND, 1040)]
    found = mended([*one, packet(SOUND, 1080), *(packet(of, 40 * n) for n in range(4) for of in (PICTURES, SOUND))])
    assert times(found, 0) == [1000 + 40 * number for number in range(6)]
    assert times(found, 1) == [1000 + 40 * number for number in range(6)]


def test_pauses_stay_where_another_track_goes_on_or_the_file_has_an_index() -> None:
    def slides() -> list[Any]:
        pictures = [packet(PICTURES, time) for time in (0, 30_000, 60_000)]
        return [pictures[0], packet(SOUND, 0, 30_000), *pictures[1:]]

    assert times(mended(slides()), 0) == [0, 30_000, 30_040]
    assert times(mended(slides(), pauses=False), 0) == [0, 30_000, 60_000]


def test_disorder_is_no_jump() -> None:
    assert times(mended([packet(PICTURES, time) for time in (0, 80, 40, 120)]), 0) == [0, 80, 40, 120]


def test_sound_that_jumps_alone_is_not_waited_for_without_end() -> None:
    packets = [packet(PICTURES, 0), packet(SOUND, 5000), packet(SOUND, 5040)]
    packets += [packet(SOUND, 40 * number) for number in range(1000)]
    clock = Clock(PICTURES, 40 * TICK_S, pauses=True)
    given = iter(packets)
    taken = [next(clock.mended(given)) for _ in range(3)]
    assert len(taken) == 3
    found = mended([packet(PICTURES, 0), packet(SOUND, 5000), *(packet(SOUND, 40 * n) for n in range(5))])
    assert times(found, 1) == [5000 + 40 * number for number in range(6)]


def test_texts_follow_the_pictures_and_packets_without_a_time_pass() -> None:
    packets = [packet(PICTURES, 5000), packet(TEXTS, 5000), packet(PICTURES, 0), packet(TEXTS, 20), packet(SOUND, None)]
    assert mended(packets) == [(0, 5000), (2, 5000), (0, 5040), (2, 5060), (1, None)]


@pytest.mark.parametrize(
    ("stamps", "shown"),
    [
        ([(0, -2), (1, -1), (5, 0), (6, 1)], [0, 1, 5, 6]),
        ([(None, 3), (None, 4), (7, 5)], [3, 4, 7]),
        ([(2, 2), (4, 3), (3, 4), (7, 5), (5, 7), (8, 8)], [2, 4, 4, 5, 7, 8]),
        ([(None, None), (3, None)], [None, 3]),
    ],
    ids=["sound", "none at first", "packed B-frames", "no order of decoding"],
)
def test_the_better_time_stamp_is_taken(stamps: list[tuple[int | None, int | None]], shown: list[int | None]) -> None:
    times_ = Shown()
    assert [times_.time(pts, dts) for pts, dts in stamps] == shown
