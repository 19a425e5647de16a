from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QUrl
from PyQt6.QtGui import QColor, QImage

from livestyle.errors import SourceError
from livestyle.gui.drops import Use, dropped_picture, dropped_source, is_picture, picture_file, uses_of

CARPET = np.random.default_rng(3).integers(0, 256, (31, 45, 3), dtype=np.uint8)
PNG = cv2.imencode(".png", CARPET[:, :, ::-1])[1].tobytes()
BLUE = QColor("blue")


def urls(*addresses: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(address) for address in addresses])
    return data


def with_image(data: QMimeData, color: QColor = BLUE) -> QMimeData:
    image = QImage(5, 4, QImage.Format.Format_ARGB32)
    image.fill(color)
    data.setImageData(image)
    return data


@pytest.fixture
def carpet(tmp_path: Path) -> Path:
    path = tmp_path / "carpet_from-Shiraz.png"
    path.write_bytes(PNG)
    return path


@pytest.mark.parametrize(
    "address",
    [
        *("file:///home/carpet.png", "file:///home/carpet.JPG", "file:///home/carpet.webp", "file:///home/carpet.tif"),
    ],
)
def test_a_photo_is_painted_or_painted_with(qapp, address) -> None:
    assert is_picture(urls(address))
    assert uses_of(urls(address)) == (Use.PHOTO, Use.STYLE)


@pytest.mark.parametrize("address", ["https://example.org/carpet.png?size=2", "data:image/png;base64,AAAA"])
def test_a_picture_out_of_a_browser_is_painted_with(qapp, address) -> None:
    assert uses_of(urls(address)) == (Use.STYLE,)


def test_a_style_file_is_opened(qapp) -> None:
    assert uses_of(urls("file:///home/own.safetensors")) == (Use.STYLE_FILE,)


def test_several_files_are_a_list_of_sources(qapp) -> None:
    several = urls("file:///home/b.png", "file:///home/a%20clip.mp4", "https://example.org/c.mp4")
    assert uses_of(several) == (Use.SOURCE,)
    assert dropped_source(several) == "/home/b.png\n/home/a clip.mp4\nhttps://example.org/c.mp4"


@pytest.mark.parametrize(
    "address",
    [
        *("file:///home/clip.mp4", "file:///home/moving.gif", "file:///home/unknown", "file:///"),
        *("https://example.org/clip.mp4", "https://example.org/", "rtsp://camera/carpet.png"),
    ],
)
def test_sources_are_told_from_pictures(qapp, address) -> None:
    assert uses_of(urls(address)) == (Use.SOURCE,)
    assert not is_picture(urls(address))


def test_what_is_neither_is_not_taken(qapp) -> None:
    text = QMimeData()
    text.setText("hello")
    for data in (None, QMimeData(), text, urls()):
        assert not is_picture(data)
        assert uses_of(data) == ()


def test_a_file_that_comes_with_an_icon_is_still_the_file(qapp, carpet) -> None:
    assert uses_of(with_image(urls("file:///home/clip.mp4"))) == (Use.SOURCE,)
    picture = dropped_picture(with_image(urls(carpet.as_uri())))
    np.testing.assert_array_equal(picture.read(), CARPET)


def test_a_picture_file_is_read_and_named(qapp, carpet) -> None:
    for picture in (picture_file(carpet), dropped_picture(urls(carpet.as_uri()))):
        assert picture.stem == "carpet_from-Shiraz"
        np.testing.assert_array_equal(picture.read(), CARPET)


def test_a_file_that_is_no_picture_says_so(qapp, tmp_path) -> None:
    path = tmp_path / "text.png"
    path.write_text("hello")
    with pytest.raises(SourceError, match="no picture"):
        picture_file(path).read()


def test_an_image_is_taken_as_it_is(qapp) -> None:
    data = with_image(QMimeData())
    assert is_picture(data)
    picture = dropped_picture(data)
    assert picture.stem == ""
    np.testing.assert_array_equal(picture.read(), np.full((4, 5, 3), (0, 0, 255), np.uint8))


def test_what_is_transparent_becomes_white(qapp) -> None:
    assert (dropped_picture(with_image(QMimeData(), QColor(0, 0, 0, 0))).read() == 255).all()


def test_the_image_of_a_browser_is_not_fetched_again(qapp) -> None:
    picture = dropped_picture(with_image(urls("https://example.org/some%20carpet.png")))
    assert picture.stem == "some carpet"
    assert picture.read().shape == (4, 5, 3)


def test_an_image_within_an_address_is_read(qapp) -> None:
    picture = dropped_picture(urls(f"data:image/png;base64,{base64.b64encode(PNG).decode()}"))
    assert picture.stem == ""
    np.testing.assert_array_equal(picture.read(), CARPET)


def test_sources_are_written_as_on_the_command_line(qapp, tmp_path) -> None:
    assert dropped_source(urls((tmp_path / "a clip.mp4").as_uri())) == str(tmp_path / "a clip.mp4")
    assert dropped_source(urls("rtsp://example.org/a%20b?x=1%262")) == "rtsp://example.org/a%20b?x=1%262"
