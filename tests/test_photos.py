from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.errors import LivestyleError, SinkError, SourceError
from livestyle.photos import pictures_among, stylize_picture
from livestyle.stylizer.stylizer import Images


def negative(images: Images) -> Images:
    return 255 - images


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((20, 30, 3), 10, np.uint8))
    return path


def test_a_picture_to_a_picture(photo: Path, tmp_path: Path) -> None:
    stylize_picture(photo, tmp_path / "out.jpg", negative)
    assert round(float(cv2.imread(str(tmp_path / "out.jpg")).mean())) == 245


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "red.png"), np.full((8, 8, 3), (0, 0, 255), np.uint8))  # BGR
    seen: list[list[int]] = []

    def paint(images: Images) -> Images:
        seen.append(images[0, 0, 0].tolist())
        return images

    stylize_picture(tmp_path / "red.png", tmp_path / "out.png", paint)
    assert seen == [[255, 0, 0]]
    assert cv2.imread(str(tmp_path / "out.png"))[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("size_hw", [(1, 1), (1, 700), (3000, 2)])
def test_odd_sizes(tmp_path: Path, size_hw: tuple[int, int]) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((*size_hw, 3), np.uint8))
    stylize_picture(tmp_path / "a.png", tmp_path / "b.png", negative)
    assert cv2.imread(str(tmp_path / "b.png")).shape == (*size_hw, 3)


def test_never_over_its_source_and_over_another_only_when_asked(photo: Path, tmp_path: Path) -> None:
    before = photo.read_bytes()
    with pytest.raises(SinkError, match="is the source itself"):
        stylize_picture(photo, photo, negative, overwrite=True)
    assert photo.read_bytes() == before
    out = tmp_path / "out.png"
    out.write_text("precious")
    with pytest.raises(SinkError, match="exists already"):
        stylize_picture(photo, out, negative)
    assert out.read_text() == "precious"
    stylize_picture(photo, out, negative, overwrite=True)
    assert cv2.imread(str(out))[0, 0, 0] == 245


def test_what_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "fake.jpg").write_text("no picture")
    for name in ("fake.jpg", "missing.jpg"):
        with pytest.raises(SourceError, match=name):
            stylize_picture(tmp_path / name, tmp_path / "out.png", negative)
    assert [path.name for path in tmp_path.iterdir()] == ["fake.jpg"]


def test_too_large_for_the_memory(photo: Path, tmp_path: Path) -> None:
    def paint(images: Images) -> Images:
        raise MemoryError

    with pytest.raises(LivestyleError, match=r"a\.png has 30x20 pixels, too many"):
        stylize_picture(photo, tmp_path / "out.png", paint)


def test_pictures_are_found_in_folders_and_what_is_none_is_told(photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for name in ("b.JPG", "c.bmp", "notes.txt", ".hidden", "more/d.png"):
        (folder / name).touch()
    pictures, sentences = pictures_among([photo, folder, tmp_path / "gone.png"])
    assert pictures == [photo, folder / "b.JPG", folder / "c.bmp", tmp_path / "gone.png"]
    assert sentences == [f"{folder / 'notes.txt'} is no picture, so it is left out."]


def test_a_video_is_sent_to_the_command_that_takes_it(tmp_path: Path) -> None:
    (tmp_path / "holiday.mp4").write_bytes(bytes(64))
    with pytest.raises(SourceError, match=r"holiday\.mp4 is a video: use `livestyle convert`"):
        stylize_picture(tmp_path / "holiday.mp4", tmp_path / "x.png", lambda photos: photos)
