from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.errors import SourceError, TrainingError
from livestyle.training.compute import Compute
from livestyle.training.material import PhotoPool, find_pictures, load_picture, shown_photos, some, split_photos


def write(path: Path, height: int = 40, width: int = 60) -> Path:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 2] = 200  # red in OpenCV's BGR
    cv2.imwrite(str(path), picture)
    return path


def test_folders_are_listed_by_name_without_other_files(tmp_path: Path) -> None:
    for name in ("b.png", "a.jpg"):
        write(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    assert [p.name for p in find_pictures([tmp_path])] == ["a.jpg", "b.png"]


def test_missing_places_and_empty_folders_give_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no file or folder"):
        find_pictures([tmp_path / "gone"])
    with pytest.raises(SourceError, match="no picture"):
        find_pictures([tmp_path])


def test_every_sixteenth_photo_is_held_out() -> None:
    paths = [Path(f"{i:03}.jpg") for i in range(40)]
    training, held_out = split_photos(paths)
    assert [p.stem for p in held_out] == ["000", "016", "032"]
    assert sorted(training + held_out) == paths


def test_few_photos_are_all_trained_on() -> None:
    paths = [Path("a.jpg"), Path("b.jpg")]
    assert split_photos(paths) == (paths, [])


def test_load_picture_is_rgb_and_resizes_the_short_side(tmp_path: Path) -> None:
    path = write(tmp_path / "ä ö.png", 40, 60)
    assert load_picture(path).shape == (3, 40, 60)
    assert load_picture(path, 20).shape == (3, 20, 30)
    assert load_picture(path, at_most_px=100).shape == (3, 40, 60)
    assert load_picture(path)[:, 5, 5].tolist() == [200, 0, 0]


@pytest.mark.parametrize("content", [b"", b"text, not a picture"])
def test_what_is_no_picture_gives_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(SourceError, match="no picture"):
        load_picture(tmp_path / "x.jpg")


@settings(max_examples=20, deadline=None)
@given(height=st.integers(20, 90), width=st.integers(20, 90), size=st.sampled_from([32, 64]), seed=st.integers(0, 99))
def test_crops_have_the_size_asked_for_whatever_the_photo(
    tmp_path_factory: pytest.TempPathFactory, height: int, width: int, size: int, seed: int
) -> None:
    photo = write(tmp_path_factory.getbasetemp() / "photo.png", height, width)
    pool = PhotoPool([photo], 320, 1, Compute.seeded(torch.device("cpu"), seed))
    crops = pool.crops(3, size)
    assert crops.shape == (3, 3, size, size)
    assert crops.min() >= 0
    assert crops.max() <= 1


def test_crops_depend_on_the_seed_alone(places: Path) -> None:
    first, second = (
        PhotoPool([places / "photos" / "0.png"], 80, 1, Compute.seeded(torch.device("cpu"), 5)).crops(2, 32)
        for _ in range(2)
    )
    assert torch.equal(first, second)


def test_photos_that_are_too_small_are_left_out_or_give_a_sentence(tmp_path: Path, compute: Compute) -> None:
    small, large = write(tmp_path / "a.png", 20, 60), write(tmp_path / "b.png", 40, 60)
    (kept,) = PhotoPool([small, large], 320, 30, compute).photos
    assert kept.shape == (3, 40, 60)
    with pytest.raises(TrainingError, match="No photo has a short side of 30 px or more"):
        PhotoPool([small], 320, 30, compute)


def test_photos_held_out_are_shown_and_not_trained_on(tmp_path: Path, compute: Compute) -> None:
    paths = [write(tmp_path / f"{i:02}.png", 40 + i, 60) for i in range(17)]
    assert len(PhotoPool(paths, 320, 1, compute).photos) == 15
    assert shown_photos(paths, compute.device).shape == (2, 3, 64, 64)
    assert shown_photos(paths[:3], compute.device).shape[0] == 3


def test_some_are_evenly_spread() -> None:
    assert some(range(10), 3) == [0, 3, 6]
    assert some(range(2), 3) == [0, 1]
