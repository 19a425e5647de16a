from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from livestyle.frame import Frame
from livestyle.gui.pace import SHORT_FOR_S, PaceReport, PaceWatch, aim_fps, held_text, short_text
from livestyle.live.message import Picture, Stats
from livestyle.settings import Settings

STATS = Stats(30.0, 20.0, 20.0, 0, math.nan, math.nan, {}, None, (720, 1280))
IMAGE = np.zeros((480, 640, 3), np.uint8)
PICTURE = Picture(Frame(IMAGE, 0.0, 0), IMAGE, is_painted=True)


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock) -> PaceWatch:
    return PaceWatch(clock)


def see_for(
    watch: PaceWatch, clock: Clock, seconds: float, stats: Stats, settings: Settings | None = None
) -> PaceReport:
    watch.see(stats, settings or Settings(), PICTURE)
    clock.now_s += seconds
    return watch.see(stats, settings or Settings(), PICTURE)


def test_a_rate_that_is_held_is_told_with_the_size(watch, clock) -> None:
    assert see_for(watch, clock, 60, STATS) == PaceReport("20 fps", "Holding 20 fps, painted at 480 lines.")
    assert watch.see(replace(STATS, shown_fps=2.04), Settings(), PICTURE).rate == "2.0 fps"


def test_falling_short_for_a_while_brings_advice(watch, clock) -> None:
    slow = replace(STATS, shown_fps=12.0)
    assert see_for(watch, clock, SHORT_FOR_S - 0.1, slow) == PaceReport("12 fps", "12 fps, painted at 480 lines.")
    pace = see_for(watch, clock, 0.2, slow)
    assert pace.is_short
    assert pace.text == ("12 instead of 20 fps, painted at 480 lines. Choose Smooth, or close other programs.")
    assert not watch.see(STATS, Settings(), PICTURE).is_short


def test_a_picture_that_stands_still_has_no_rate_to_hold(watch, clock) -> None:
    assert see_for(watch, clock, 60, replace(STATS, shown_fps=0.2, is_still=True)) == PaceReport()


@pytest.mark.parametrize(
    ("settings", "lines", "advice"),
    [
        (Settings(), 480, "Choose Smooth, or close other programs."),
        (Settings(pace="smooth", lines=720), 720, "Choose Smooth, or close other programs."),
        (Settings(pace="smooth"), 360, "Close other programs."),
        (Settings(), 240, "Close other programs."),
        (Settings(inbetweens=False), 240, "Switch In-betweens on, or close other programs."),
    ],
)
def test_advice_is_what_can_still_be_done(settings, lines, advice) -> None:
    assert short_text(replace(STATS, shown_fps=5.0), settings, lines).endswith(f"at {lines} lines. {advice}")


def test_no_more_is_aimed_at_than_the_source_has() -> None:
    assert [aim_fps(STATS, Settings(pace=pace)) for pace in ("smooth", "balanced", "fine")] == [30.0, 20.0, 10.0]
    assert aim_fps(replace(STATS, source_fps=15.0), Settings(pace="smooth")) == 15.0


@pytest.mark.parametrize(("source_hw", "is_too_small"), [((480, 640), True), ((720, 1280), False), (None, False)])
def test_a_size_larger_than_the_source_says_so(source_hw, is_too_small) -> None:
    text = held_text(replace(STATS, source_hw=source_hw), Settings(lines=720), 480)
    assert ("the source has no more than 480" in text) is is_too_small


def test_where_nothing_is_painted_nothing_is_said(watch, clock) -> None:
    slow = replace(STATS, shown_fps=5.0)
    for stats, picture in (
        (None, PICTURE),
        (slow, None),
        (slow, replace(PICTURE, is_painted=False)),
        (replace(slow, shown_fps=0.0), PICTURE),
    ):
        clock.now_s += 60
        assert watch.see(stats, Settings(), picture) == PaceReport()
    # Nor is the time until the first painting held against it.
    assert not watch.see(slow, Settings(), PICTURE).is_short
