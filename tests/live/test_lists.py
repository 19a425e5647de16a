"""Lists of files in a show: the next, a pause, and what can't be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pillow

from livestyle.live.message import Kind
from livestyle.sources import playlist
from livestyle.sources.playlist import Playlist


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    def make(level: int, hw: tuple[int, int] = (24, 32)) -> Path:
        path = tmp_path / f"{level}.png"
        Pillow.new("RGB", hw[::-1], (level, level, level)).save(path)
        return path

    return make


def test_photos_of_several_sizes_are_painted_one_after_the_other(live, audience, photo, monkeypatch) -> None:
    monkeypatch.setattr(playlist, "PHOTO_S", 0.1)
    live.use_source(lambda: Playlist([photo(10), photo(20, (40, 20)), photo(30, (20, 48))]))
    for value in (110, 120, 130, 110):
        audience.wait_for_value(value)
        audience.shown.clear()
    assert not [m for m in audience.messages if m.kind is Kind.PROBLEM]


def test_the_next_is_shown_while_the_list_is_paused_and_stays(live, audience, photo, change) -> None:
    live.use_source(lambda: Playlist([photo(10), photo(20)]))
    audience.wait_for_value(110)
    transport = live.transport
    transport.toggle()
    transport.skip(1)
    audience.wait_for_value(120)
    assert transport.is_paused
    audience.shown.clear()
    change(mirror=True)
    audience.wait_for_value(120)
    assert live.source_name == "2/2 20.png"


def test_a_list_goes_on_from_its_end(live, audience, photo, monkeypatch) -> None:
    monkeypatch.setattr(playlist, "PHOTO_S", 0.05)
    source = Playlist([photo(10), photo(20)])
    source.open()
    source.transport.loops = False
    live.use_source(lambda: source)
    audience.wait_for_text("2/2 20.png has ended")
    audience.shown.clear()
    source.transport.skip(1)
    audience.wait_for_value(110)


def test_what_can_not_be_read_is_a_note_and_the_show_goes_on(live, audience, photo, tmp_path) -> None:
    live.use_source(lambda: Playlist([tmp_path / "gone.mp4", photo(20)]))
    audience.wait_for_value(120)
    audience.wait_for_text("gone.mp4: check its name. The next one is shown.", Kind.NOTE)
