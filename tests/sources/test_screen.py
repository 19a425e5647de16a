from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise
from threading import Timer

import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.frame import Image
from livestyle.sources.desktop import Region, Window
from livestyle.sources.screen import Area, ScreenSource, area_of, offers, region_of

SCREENS = [Region(0, 0, 40, 30), Region(40, -10, 20, 30)]
EDITOR = Window("Notes - Editor", Region(5, 6, 10, 8), is_ours=False)
MOVIE = Window("Movie", Region(20, 20, 30, 30), is_ours=False)
OURS = Window("livestyle", Region(10, 10, 8, 8), is_ours=True)


class FakeDesktop:
    """Two screens; a pixel's red and green tell where on them it is."""

    def __init__(self, *windows: Window) -> None:
        self.screens = list(SCREENS)
        self.seen = list(windows)
        self.closed = 0
        self.is_lost = False

    def windows(self) -> list[Window]:
        return self.seen

    def grab(self, region: Region) -> Image:
        if self.is_lost:
            raise SourceError("The screen is lost.")
        image = np.full((region.height, region.width, 3), 200, np.uint8)
        image[..., 0] = np.arange(region.left, region.left + region.width) % 256
        image[..., 1] = (np.arange(region.top, region.top + region.height)[:, None] + 10) % 256
        return image

    def close(self) -> None:
        self.closed += 1


def source_of(desktop: FakeDesktop, area: Area) -> ScreenSource:
    return ScreenSource(area, 500.0, open_desktop=lambda: desktop)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("screen", 1),
        ("Screen: 2", 2),
        ("screen:640x480+100+50", Region(100, 50, 640, 480)),
        ("screen:640x480-100+0", Region(-100, 0, 640, 480)),
        ("window: Notes: Editor", "Notes: Editor"),
        *((text, None) for text in ("screens", "screen:", "screen:left", "window", "window:", "screen.mp4", "demo")),
    ],
)
def test_a_text_names_an_area(text: str, area: Area | None) -> None:
    assert area_of(text) == area


def test_a_screen_is_shown_in_real_time() -> None:
    desktop = FakeDesktop()
    with source_of(desktop, 2) as source:
        assert source.is_live
        assert source.name == "Screen 2"
        frames = list(islice(source, 4))
    assert frames[0].image.shape == (30, 20, 3)
    assert tuple(frames[0].image[0, 0]) == (40, 0, 200)
    assert all(a.index < b.index and a.time_s < b.time_s for a, b in pairwise(frames))
    assert frames[0].image is not frames[1].image
    assert desktop.closed == 1


@pytest.mark.parametrize(
    ("area", "region"),
    [
        (Region(3, 4, 5, 6), Region(3, 4, 5, 6)),
        (Region(30, 0, 100, 5), Region(30, 0, 30, 5)),
        ("notes - editor", EDITOR.region),
        ("edit", EDITOR.region),
        ("movie", Region(20, 20, 30, 10)),
    ],
)
def test_areas_are_found_and_end_where_the_screens_do(area: Area, region: Region) -> None:
    assert region_of(area, SCREENS, [EDITOR, MOVIE, OURS]) == region


def test_of_several_windows_the_one_of_that_very_title_or_else_the_topmost_is_shown() -> None:
    low, high = (Window("Movie maker", Region(i, i, 5, 5), is_ours=False) for i in (1, 2))
    assert region_of("movie", SCREENS, [MOVIE, low, high]) == Region(20, 20, 30, 10)
    assert region_of("movie m", SCREENS, [MOVIE, low, high]) == high.region


@pytest.mark.parametrize(
    ("area", "says"),
    [
        (0, "no screen 0"),
        (3, "no screen 3: the last one is screen 2"),
        (Region(500, 0, 5, 5), "beside the screens"),
        (Region(0, 0, 0, 5), "beside the screens"),
        ("browser", "no window browser in sight"),
        ("livestyle", "no window livestyle in sight"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(area: Area, says: str) -> None:
    desktop = FakeDesktop(EDITOR, OURS)
    with pytest.raises(SourceError, match=says):
        source_of(desktop, area).open()
    assert desktop.closed == 1


def test_where_windows_can_not_be_found_a_screen_is_advised() -> None:
    with pytest.raises(SourceError, match="choose a screen"):
        region_of("movie", SCREENS, [])


def test_our_own_window_is_left_dark_where_nothing_covers_it() -> None:
    cover = Window("Cover", Region(14, 0, 30, 30), is_ours=False)
    with source_of(FakeDesktop(EDITOR, OURS, cover), 1) as source:
        image = next(iter(source)).image
    dark = (image == 40).all(-1)
    assert dark[10:18, 10:14].all()
    assert dark.sum() == 8 * 4


def test_a_window_is_followed_and_keeps_the_size_of_its_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livestyle.sources.screen._LOOKED_EVERY_S", 0.0)
    desktop = FakeDesktop(EDITOR)
    with source_of(desktop, "editor") as source:
        frames = iter(source)
        assert tuple(next(frames).image[0, 0, :2]) == (5, 16)
        desktop.seen = [Window("Notes - Editor", Region(12, 3, 20, 16), is_ours=False)]
        image = next(frames).image
        assert image.shape == (8, 10, 3)
        assert image[0, 0, 0] in (12, 13)
        desktop.seen = []
        with pytest.raises(SourceError, match="No windows"):
            next(frames)
    desktop.seen = [EDITOR]
    with source:
        assert next(iter(source)).index == 0


def test_a_screen_that_is_lost_is_an_error() -> None:
    desktop = FakeDesktop()
    with source_of(desktop, 1) as source:
        frames = iter(source)
        next(frames)
        desktop.is_lost = True
        with pytest.raises(SourceError, match="lost"):
            next(frames)


def test_screens_and_windows_are_offered_with_a_small_picture() -> None:
    tiny = Window("Tray", Region(0, 0, 2, 2), is_ours=False)
    beside = Window("Beside", Region(900, 0, 60, 60), is_ours=False)
    big = [replace(each, region=Region(0, 0, 300, 50)) for each in (MOVIE, EDITOR, OURS)]
    desktop = FakeDesktop(tiny, beside, *big)
    desktop.screens = [Region(0, 0, 400, 200)]
    found = offers(lambda: desktop)
    assert [(offer.text, offer.name) for offer in found] == [
        ("screen:1", "Screen 1"),
        ("window:Movie", "Movie"),
        ("window:Notes - Editor", "Notes - Editor"),
    ]
    assert [offer.image.shape for offer in found] == [(48, 96, 3), (16, 96, 3), (16, 96, 3)]
    assert desktop.closed == 1


def test_where_screens_can_not_be_seen_none_is_offered() -> None:
    def fail() -> FakeDesktop:
        raise SourceError("Wayland shows screens to no program.")

    assert offers(fail) == []


@pytest.mark.parametrize(("windows", "count"), [([], 1), ([EDITOR], 0)])
def test_where_our_window_is_not_known_it_is_said_that_it_may_show_itself(windows: list[Window], count: int) -> None:
    told: list[str] = []
    with source_of(FakeDesktop(*windows), 1) as source:
        source.tell = told.append
        list(islice(source, 5))
    assert len(told) == count


def test_closing_from_another_thread_ends_it() -> None:
    desktop = FakeDesktop()
    with source_of(desktop, 1) as source:
        Timer(0.05, source.close).start()
        assert list(source)
    assert desktop.closed == 1


def test_an_unopened_source_says_so() -> None:
    with pytest.raises(SourceError, match="Part of the screen is not open"):
        next(iter(ScreenSource(Region(0, 0, 1, 1))))
