from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.errors import LivestyleError, SinkError, SourceError
from livestyle.stylize import stylize_pictures
from livestyle.stylizer.stylizer import Images


def negative(images: Images) -> Images:
    return 255 - images


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three photos, a text, a text that claims to be a photo, a hidden file and a folder."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for name, shade in (("a.png", 10), ("b.JPG", 100), ("c.bmp", 200)):
        cv2.imwrite(str(folder / name), np.full((20, 30, 3), shade, np.uint8))
    (folder / "notes.txt").write_text("nothing to see")
    (folder / "fake.jpg").write_text("no picture")
    (folder / ".hidden").touch()
    cv2.imwrite(str(folder / "more" / "d.png"), np.zeros((4, 4, 3), np.uint8))
    return folder


def shade(path: Path) -> int:
    return round(float(cv2.imread(str(path)).mean()))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_picture_to_a_picture(photos: Path, tmp_path: Path) -> None:
    report = stylize_pictures([photos / "a.png"], tmp_path / "out.jpg", negative)
    assert report.written == (tmp_path / "out.jpg",)
    assert report.warnings == ()
    assert shade(tmp_path / "out.jpg") == 245


def test_a_picture_into_a_folder(photos: Path, tmp_path: Path) -> None:
    stylize_pictures([photos / "a.png"], tmp_path / "out", negative)
    assert names(tmp_path / "out") == ["a.png"]


def test_a_folder_into_a_folder(photos: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    out = tmp_path / "out"
    report = stylize_pictures([photos], out, negative, lambda *step: steps.append(step))
    assert {path.name: shade(path) for path in out.iterdir()} == {"a.png": 245, "b.JPG": 155, "c.bmp": 55}
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert len(report.written) == 3
    assert len(report.warnings) == 2
    assert "notes.txt is no picture" in report.warnings[0]
    assert "fake.jpg" in report.warnings[1]


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "red.png"), np.full((8, 8, 3), (0, 0, 255), np.uint8))  # BGR
    seen: list[list[int]] = []

    def paint(images: Images) -> Images:
        seen.append(images[0, 0, 0].tolist())
        return images

    stylize_pictures([tmp_path / "red.png"], tmp_path / "out.png", paint)
    assert seen == [[255, 0, 0]]
    assert cv2.imread(str(tmp_path / "out.png"))[0, 0].tolist() == [0, 0, 255]


def test_kinds_that_are_read_but_not_written_become_png(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.pgm"), np.full((8, 8), 9, np.uint8))
    report = stylize_pictures([tmp_path / "a.pgm"], tmp_path / "out", negative)
    assert report.written == (tmp_path / "out" / "a.png",)


@pytest.mark.parametrize("size_hw", [(1, 1), (1, 700), (3000, 2)])
def test_odd_sizes(tmp_path: Path, size_hw: tuple[int, int]) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((*size_hw, 3), np.uint8))
    stylize_pictures([tmp_path / "a.png"], tmp_path / "b.png", negative)
    assert cv2.imread(str(tmp_path / "b.png")).shape == (*size_hw, 3)


def test_never_over_a_source(photos: Path) -> None:
    before = {path.name: path.read_bytes() for path in photos.iterdir() if path.is_file()}
    for inputs, out in (([photos / "a.png"], photos / "a.png"), ([photos], photos), ([photos / "a.png"], photos)):
        for overwrite in (False, True):
            with pytest.raises(SinkError, match="is the source itself"):
                stylize_pictures(inputs, out, negative, overwrite=overwrite)
    assert {path.name: path.read_bytes() for path in photos.iterdir() if path.is_file()} == before


def test_existing_paintings_are_replaced_only_when_asked(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_text("precious")
    with pytest.raises(SinkError, match="exists already"):
        stylize_pictures([photos / "a.png"], out, negative)
    assert out.read_text() == "precious"
    stylize_pictures([photos / "a.png"], out, negative, overwrite=True)
    assert shade(out) == 245


def test_a_name_that_is_taken_is_found_out_before_painting(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "c.bmp").write_text("precious")
    with pytest.raises(SinkError, match=r"c\.bmp exists already"):
        stylize_pictures([photos], tmp_path / "out", negative)
    assert names(tmp_path / "out") == ["c.bmp"]


def test_what_can_not_be(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"fake\.jpg"):
        stylize_pictures([photos / "fake.jpg"], tmp_path / "out.png", negative)
    with pytest.raises(SourceError, match=r"missing\.jpg"):
        stylize_pictures([tmp_path / "missing.jpg"], tmp_path / "out.png", negative)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="no picture"):
        stylize_pictures([tmp_path / "empty"], tmp_path / "out", negative)
    with pytest.raises(SinkError, match="would both become"):
        stylize_pictures([photos / "a.png", photos / "more" / ".." / "a.png"], tmp_path / "out", negative)
    with pytest.raises(SinkError, match="is a single file"):
        stylize_pictures([photos], photos / "notes.txt", negative)
    with pytest.raises(SinkError, match="kind of picture"):
        stylize_pictures([photos / "a.png"], tmp_path / "out.mp4", negative)
    assert names(tmp_path) == ["empty", "photos"]


def test_too_large_for_the_memory(photos: Path, tmp_path: Path) -> None:
    def paint(images: Images) -> Images:
        raise MemoryError

    with pytest.raises(LivestyleError, match=r"a\.png has 30x20 pixels, too many"):
        stylize_pictures([photos / "a.png"], tmp_path / "out.png", paint)


def test_an_interruption_keeps_finished_paintings_and_no_half_ones(photos: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stylize_pictures([photos], tmp_path / "out", negative, stop)
    assert names(tmp_path / "out") == ["a.png"]
