from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow

from livestyle.errors import SourceError
from livestyle.jobs.inputs import clips_among, file_name, named, named_files, shown_name, without_existing

ADDRESS = "https://me:secret@host/films/a%20clip.mp4?key=1"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a few files."""
    monkeypatch.chdir(tmp_path)
    for name in ("10.mp4", "2.mp4", "b.MKV", "[x].mp4", "notes.txt", ".hidden.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.mov").touch()
    return tmp_path


def test_patterns_are_expanded_in_the_order_of_numbers() -> None:
    assert named(["b.MKV", "[0-9]*.mp4", "*/c.mov", "2.mp4"]) == [
        Path(n) for n in ("b.MKV", "2.mp4", "10.mp4", "more/c.mov")
    ]


def test_a_file_whose_name_reads_like_a_pattern_is_that_file() -> None:
    assert named(["[x].mp4"]) == [Path("[x].mp4")]


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(SourceError, match=r"There are no files gone\.mp4, \*\.avi: check their names\."):
        named(["2.mp4", "gone.mp4", "*.avi"])


def test_an_address_stays_what_it_is_and_is_shown_without_its_secrets() -> None:
    (address,) = named([ADDRESS])
    assert address == ADDRESS
    assert shown_name(address) == "https://host/films/a%20clip.mp4"
    assert file_name(address) == Path("a clip.mp4")
    assert file_name("https://host/") == Path("stream")
    with pytest.raises(SourceError, match="is an address"):
        named_files([ADDRESS])


def test_a_folder_stands_for_its_clips(folder: Path) -> None:
    frames = [Pillow.new("RGB", (8, 8), (level, 0, 0)) for level in (0, 200)]
    frames[0].save(folder / "moves.gif", save_all=True, append_images=frames[1:])
    frames[0].save(folder / "still.gif")
    clips = clips_among([ADDRESS, folder, folder / "notes.txt"])
    assert clips[0] == ADDRESS
    assert [Path(clip).name for clip in clips[1:]] == ["[x].mp4", "b.MKV", "moves.gif", "2.mp4", "10.mp4", "notes.txt"]


def test_a_folder_without_a_clip_is_told(folder: Path) -> None:
    (folder / "more" / "c.mov").unlink()
    with pytest.raises(SourceError, match="There is no video in"):
        clips_among([folder / "more"])


def test_what_is_there_is_left_out_and_what_was_cut_off_begins_again(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "2.mp4").touch()
    (folder / "out" / "10.mp4.part").touch()
    sources = [Path("2.mp4"), Path("10.mp4")]
    said: list[str] = []
    left = without_existing(sources, [folder / "out" / path for path in sources], said.append)
    assert left == [(Path("10.mp4"), folder / "out" / "10.mp4")]
    assert said == ["Results that are there already are left out: 1 of 2."]
    assert [path.name for path in (folder / "out").iterdir()] == ["2.mp4"]
