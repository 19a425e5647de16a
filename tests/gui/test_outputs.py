from __future__ import annotations

from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import platformdirs
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.gui.outputs import in_short, mend_recordings, recorded_hw, recording_sink, save_snapshot, spoken
from livestyle.sinks.sink import Wants

NOW = datetime(2024, 5, 17, 9, 8, 7)
IMAGE = np.random.default_rng(2).integers(0, 256, (20, 32, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a single folder."""
    monkeypatch.setattr(platformdirs, "user_videos_path", lambda: tmp_path / "Videos")
    monkeypatch.setattr(platformdirs, "user_pictures_path", lambda: tmp_path / "Pictures")
    monkeypatch.setattr(Path, "home", classmethod(lambda cls: tmp_path))
    return tmp_path


def test_a_snapshot_is_the_picture_under_a_name_of_its_own(home) -> None:
    paths = [save_snapshot("calm", NOW, IMAGE) for _ in range(3)]
    stem = "livestyle-20240517-090807-calm"
    assert paths == [home / "Pictures" / name for name in (f"{stem}.png", f"{stem}-2.png", f"{stem}-3.png")]
    np.testing.assert_array_equal(cv2.imread(str(paths[0]))[:, :, ::-1], IMAGE)


def test_a_recording_takes_no_name_that_another_has_or_will_have(home) -> None:
    path, sink = recording_sink("calm", NOW, IMAGE.shape[:2], 25.0)
    assert path == home / "Videos" / "livestyle-20240517-090807-calm.mp4"
    with sink:
        second, _ = recording_sink("calm", NOW, IMAGE.shape[:2], 25.0)
        sink.write(Frame(IMAGE, 0.0, 0))
    third, _ = recording_sink("calm", NOW, IMAGE.shape[:2], 25.0)
    assert [each.stem for each in (second, third)] == ["livestyle-20240517-090807-calm-2"] * 2
    assert path.exists()


def test_a_folder_that_can_not_be_made_is_told(home) -> None:
    for name in ("Pictures", "Videos"):
        (home / name).write_text("a file where the folder should be")
    with pytest.raises(SinkError, match="choose another place"):
        save_snapshot("calm", NOW, IMAGE)
    _, sink = recording_sink("calm", NOW, IMAGE.shape[:2], 25.0)
    with pytest.raises(SinkError, match="choose another place"):
        sink.open()


def test_a_folder_of_ones_own_takes_both(home) -> None:
    folder = str(home / "Shows")
    path, sink = recording_sink("calm", NOW, (720, 1280), 25.0, folder, True)
    assert path == home / "Shows" / "livestyle-20240517-090807-calm.mp4"
    assert sink.wants == Wants((720, 1280), sound=True)
    assert save_snapshot("calm", NOW, IMAGE, folder).parent == home / "Shows"


@pytest.mark.parametrize(
    ("source_hw", "lines", "size_hw"),
    [
        ((721, 1281), None, (720, 1280)),
        ((480, 640), 720, (720, 960)),
        ((240, 428), 1080, (1080, 1926)),
        ((1920, 1080), 720, (1280, 720)),
        ((1, 1), None, (2, 2)),
    ],
)
def test_a_recording_has_as_many_lines_as_are_asked_for(source_hw, lines, size_hw) -> None:
    assert recorded_hw(source_hw, lines) == size_hw


def test_recordings_that_were_cut_off_are_whole_again_wherever_they_are(home) -> None:
    lost = []
    for folder in (None, str(home / "Shows")):
        path, sink = recording_sink("calm", NOW, IMAGE.shape[:2], 25.0, folder)
        sink.open()
        for index in range(60):
            sink.write(Frame(IMAGE, index / 25, index))
        lost.append((path, path.with_name(path.name + ".part").read_bytes()))
        sink.close(completed=False)
        path.unlink()
    for path, content in lost:
        path.with_name(path.name + ".part").write_bytes(content)
    assert mend_recordings(str(home / "Shows")) == [path for path, _ in reversed(lost)]
    assert [path.exists() for path, _ in lost] == [True, True]
    assert mend_recordings(str(home / "Shows")) == []
    assert mend_recordings(str(home / "missing")) == []


def test_paths_are_spoken_from_home(home, tmp_path_factory) -> None:
    assert spoken(home / "Videos" / "a.mp4") == "~/Videos/a.mp4"
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a.mp4"
    assert spoken(elsewhere) == str(elsewhere)


def test_in_sentences_what_is_made_is_called_by_its_name(home) -> None:
    film, still = home / "Videos" / "a b.mp4", home / "Pictures" / "a.png"
    full = f"There is no space left for {film}: free some. What was written until then is in {film}.part."
    assert in_short(full, None) == (
        "There is no space left for a b.mp4: free some. What was written until then is in a b.mp4.part."
    )
    show = home / "Shows"
    assert in_short(f"{show / 'c.mp4'} and {still}", str(show)) == "c.mp4 and a.png"
    assert in_short(f"{home / 'Films' / 'd.mp4'} and {home}", None) == f"~/Films/d.mp4 and {home}"


def test_a_home_without_a_name_shortens_nothing(home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", classmethod(lambda cls: Path("/")))
    assert in_short("rtsp://door/1 and /x/y", None) == "rtsp://door/1 and /x/y"
