from __future__ import annotations

from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path
from threading import Timer

import pytest
from PIL import Image as Pillow

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.sources import pictures, playlist
from livestyle.sources.playlist import Playlist


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are shown for two frames."""
    monkeypatch.setattr(playlist, "PHOTO_FPS", 500.0)
    monkeypatch.setattr(playlist, "PHOTO_S", 2 / 500)


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, level: int, hw: tuple[int, int] = (6, 8)) -> Path:
        path = tmp_path / name
        Pillow.new("RGB", hw[::-1], (level, level, level)).save(path)
        return path

    return make


@pytest.fixture
def album(photo) -> Path:
    for name, level in (("10.png", 10), ("2.png", 2), ("1.png", 1)):
        photo(name, level)
    (photo("note.png", 0).parent / "note.png").rename(photo("x.png", 0).parent / "note.txt")
    (photo("x.png", 0)).rename(photo("x.png", 0).parent / ".hidden.png")
    return photo("1.png", 1).parent


def levels(frames: list[Frame]) -> list[int]:
    return [int(frame.image[0, 0, 0]) for frame in frames]


def told_by(source: Playlist) -> list[str]:
    told: list[str] = []
    source.tell = told.append
    return told


def test_a_folder_is_shown_in_natural_order_over_and_over(album: Path) -> None:
    with Playlist([album]) as source:
        frames = list(islice(source, 9))
        assert source.is_live
        assert source.is_still
    assert levels(frames) == [1, 1, 2, 2, 10, 10, 1, 1, 2]
    assert frames[0].image is frames[1].image
    assert [frame.index for frame in frames] == list(range(9))
    assert all(a.time_s < b.time_s for a, b in pairwise(frames))


def test_no_file_is_read_before_its_turn(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def see(path: Path):
        read.append(path.name)
        return pictures.read_picture(path)

    monkeypatch.setattr(playlist, "read_picture", see)
    with Playlist([album]) as source:
        assert read == []
        list(islice(source, 3))
    assert read == ["1.png", "2.png"]


def test_each_is_shown_in_its_own_size_and_films_move(photo, make_clip, number_of) -> None:
    places = [photo("tall.png", 9, (40, 20)), make_clip(frames=3, rate=100)]
    with Playlist(places) as source:
        shown = [(frame.image.shape[:2], source.is_still) for frame in islice(source, 6)]
    assert shown == [((40, 20), True)] * 2 + [((48, 64), False)] * 3 + [((40, 20), True)]


def test_it_says_which_is_on(album: Path) -> None:
    source = Playlist([album])
    assert source.name == album.name
    with source:
        frames = iter(source)
        names = [source.name for _ in islice(frames, 5)]
        assert names == ["1/3 1.png", "1/3 1.png", "2/3 2.png", "2/3 2.png", "3/3 10.png"]
    assert Playlist(["http://me:secret@host/a.mp4", "b.mp4"]).name == "http://host/a.mp4"


def test_the_next_and_the_one_before_are_shown_when_asked_for(album: Path) -> None:
    with Playlist([album]) as source:
        frames = iter(source)
        shown = [next(frames)]
        source.transport.skip(1)
        shown.append(next(frames))
        source.transport.skip(-1)
        shown.append(next(frames))
        source.transport.skip(-1)
        shown += islice(frames, 3)
    assert levels(shown) == [1, 2, 1, 10, 10, 1]


def test_a_film_is_left_for_the_next(photo, make_clip) -> None:
    with Playlist([make_clip(frames=11, rate=100), photo("a.png", 77)]) as source:
        frames = iter(source)
        next(frames)
        assert source.transport.duration_s == pytest.approx(0.11, abs=0.02)
        source.transport.skip(1)
        assert next(frames).image[0, 0, 0] == 77
        assert source.transport.duration_s == playlist.PHOTO_S


def test_what_can_not_be_read_is_told_once_and_passed_by(album: Path) -> None:
    (album / "2.png").write_text("no picture")
    with Playlist([album, album / "gone.mp4"]) as source:
        told = told_by(source)
        frames = iter(source)
        assert levels(list(islice(frames, 9))) == [1, 1, 10, 10, 1, 1, 10, 10, 1]
        assert len(told) == 2
        assert "2.png is no picture" in told[0]
        assert "no file" in told[1]
        assert all(text.endswith("The next one is shown.") for text in told)
        # Backwards too.
        source.transport.skip(-1)
        assert levels(list(islice(frames, 1))) == [10]
        source.transport.skip(-1)
        assert levels(list(islice(frames, 1))) == [1]


def test_a_fault_of_ours_passes_the_file_by_and_is_logged(album: Path, monkeypatch, caplog) -> None:
    def read(path: Path):
        if path.name == "2.png":
            raise ZeroDivisionError
        return pictures.read_picture(path)

    monkeypatch.setattr(playlist, "read_picture", read)
    with Playlist([album]) as source:
        told = told_by(source)
        assert levels(list(islice(source, 4))) == [1, 1, 10, 10]
    assert told == ["Showing 2.png failed: see the log. The next one is shown."]
    assert "ZeroDivisionError" in caplog.text


def test_a_list_in_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    with Playlist([tmp_path / "a.mp4", tmp_path / "b.mp4"]) as source, pytest.raises(SourceError, match=r"b\.mp4"):
        list(source)


def test_without_a_loop_the_list_has_an_end_from_which_it_begins_again(album: Path) -> None:
    with Playlist([album]) as source:
        source.transport.loops = False
        assert levels(list(source)) == [1, 1, 2, 2, 10, 10]
        assert source.transport.is_over
    source.transport.toggle()
    with source:
        assert levels(list(islice(source, 3))) == [1, 1, 2]


def test_the_last_film_can_be_sought_back_from_its_end(make_clip, number_of) -> None:
    clips = [make_clip(name, frames=6, rate=100) for name in ("a.mp4", "b.mp4")]
    with Playlist(clips) as source:
        source.transport.loops = False
        list(source)
    source.transport.seek(0.04)
    with source:
        assert number_of(next(iter(source)).image) == 4
        assert source.name == "2/2 b.mp4"


def test_a_single_photo_stays_the_same_array(photo) -> None:
    with Playlist([photo("a.png", 3)]) as source:
        frames = list(islice(source, 7))
        assert source.name == "a.png"
    assert all(frame.image is frames[0].image for frame in frames)


def test_what_comes_into_the_folder_is_shown_in_the_next_round(album: Path, photo) -> None:
    with Playlist([album]) as source:
        frames = iter(source)
        next(frames)
        photo("0.png", 50)
        assert levels(list(islice(frames, 6))) == [1, 2, 2, 10, 10, 50]
        assert source.transport.films == 4


def test_a_photo_is_sought_in_and_held_like_a_film(album: Path) -> None:
    with Playlist([album]) as source:
        frames = iter(source)
        next(frames)
        source.transport.seek(0.0)
        assert levels(list(islice(frames, 3))) == [1, 1, 2]


def test_closing_from_another_thread_ends_it(photo, make_clip) -> None:
    for places in ([make_clip(frames=11, rate=1)], [photo("a.png", 3)]):
        with Playlist(places) as source:
            Timer(0.05, source.close).start()
            assert list(source)


def test_a_folder_with_nothing_to_show_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no video and no picture in"):
        Playlist([tmp_path]).open()
    with pytest.raises(SourceError, match="not open"):
        next(iter(Playlist([tmp_path])))
