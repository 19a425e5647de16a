from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livestyle.errors import TrainingError
from livestyle.sources.pictures import read_picture
from livestyle.training import drawn
from livestyle.training.drawn import draw_photos


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "COUNT", 2)
    monkeypatch.setattr(drawn, "SCENE_HW", (270, 480))


def test_the_photos_differ_and_are_the_same_every_time(tmp_path: Path) -> None:
    pictures = [read_picture(path) for path in draw_photos(tmp_path / "a")]
    again = [read_picture(path) for path in draw_photos(tmp_path / "b")]
    assert all(np.array_equal(one, other) for one, other in zip(pictures, again, strict=True))
    assert len({picture.tobytes() for picture in pictures}) == len(pictures) == 2
    # None is of one colour, and all are large enough to cut crops from.
    assert all(picture.std() > 10 and min(picture.shape[:2]) >= 140 for picture in pictures)


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    before = [path.stat().st_mtime_ns for path in draw_photos(tmp_path)]
    assert [path.stat().st_mtime_ns for path in draw_photos(tmp_path)] == before


def test_a_folder_that_can_not_be_made_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="Can't make the folder"):
        draw_photos(tmp_path / "file" / "photos")
