from __future__ import annotations

import gc

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage

from livestyle.frame import Frame
from livestyle.gui.view import LiveView
from livestyle.live.message import Picture


def pixels_of(view: LiveView) -> np.ndarray:
    """What the view shows, RGB (H, W, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    memory = image.constBits().asarray(image.sizeInBytes())
    rows = np.array(memory, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)


def picture_of(image: np.ndarray, photo: np.ndarray | None = None) -> Picture:
    return Picture(Frame(image, 0.0, 0), image if photo is None else photo, is_painted=True)


@pytest.fixture
def view(qtbot) -> LiveView:
    view = LiveView()
    qtbot.addWidget(view)
    return view


@pytest.mark.parametrize("width", [320, 321, 322, 323])
def test_a_picture_of_the_views_size_is_shown_pixel_by_pixel(view, width) -> None:
    # Rows of most widths are no multiple of four bytes, which skews a picture handed over carelessly.
    image = np.random.default_rng(width).integers(0, 256, (180, width, 3), dtype=np.uint8)
    view.resize(width, 180)
    view.show_picture(picture_of(image))
    np.testing.assert_array_equal(pixels_of(view), image)


def test_a_smaller_picture_is_enlarged_and_letterboxed(view) -> None:
    colors = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], np.uint8)
    image = colors.repeat(20, axis=0).repeat(30, axis=1)  # 40x60
    view.resize(400, 200)  # room for 300x200
    view.show_picture(picture_of(image))
    shown = pixels_of(view)
    assert (shown[:, :50] == shown[0, 0]).all()
    assert (shown[:, 350:] == shown[0, 0]).all()
    nearest = image[(np.arange(200) // 5)][:, np.arange(300) // 5]
    inner = shown[:, 50:350]
    away_from_edges = np.s_[10:90, 10:140]
    np.testing.assert_array_equal(inner[away_from_edges], nearest[away_from_edges])
    assert np.abs(inner.astype(int) - nearest).mean() < 4


def test_comparing_shows_the_photo(view) -> None:
    image, photo = np.full((180, 320, 3), 200, np.uint8), np.full((180, 320, 3), 50, np.uint8)
    view.resize(320, 180)
    view.show_picture(picture_of(image, photo))
    view.set_compares(True)
    assert (pixels_of(view)[90:] == 50).all()
    view.set_compares(False)
    assert (pixels_of(view) == 200).all()


def test_a_line_parts_before_and_after(view, qtbot) -> None:
    image, photo = np.full((180, 320, 3), 200, np.uint8), np.full((180, 320, 3), 50, np.uint8)
    view.resize(400, 180)  # 40 px beside the picture
    view.show()
    view.show_picture(picture_of(image, photo))
    view.set_wipe(True)
    for value, expected in ((500, 160), (250, 80), (0, 0), (1000, 320)):
        view.wipe.setValue(value)
        row = pixels_of(view)[150, 40:360, 0]
        away_from_the_line = np.abs(np.arange(320) - expected) > 4
        assert (row == np.where(np.arange(320) < expected, 50, 200))[away_from_the_line].all()
    view.set_wipe(False)
    assert (pixels_of(view)[:, 40:360] == 200).all()


def test_while_the_photo_is_held_the_line_says_nothing(view) -> None:
    image, photo = np.full((180, 320, 3), 200, np.uint8), np.full((180, 320, 3), 50, np.uint8)
    view.resize(320, 180)
    view.show_picture(picture_of(image, photo))
    view.set_wipe(True)
    view.wipe.setValue(0)
    view.set_compares(True)
    assert (pixels_of(view)[150, 50:] == 50).all()


def test_the_picture_outlives_everybody_elses_interest_in_it(view) -> None:
    view.resize(320, 180)
    view.show_picture(picture_of(np.full((180, 320, 3), 77, np.uint8)))
    gc.collect()
    assert (pixels_of(view) == 77).all()


def test_words_stand_in_the_middle_while_there_is_no_picture(view) -> None:
    view.resize(320, 180)
    empty = pixels_of(view)
    view.set_words("Opening the camera.")
    written = np.argwhere((pixels_of(view) != empty).any(axis=2))
    assert abs(written.mean(axis=0) - (90, 160)).max() < 5


def test_a_long_sentence_stands_in_lines_and_not_beyond_the_picture(view) -> None:
    view.resize(320, 180)
    view.show_picture(picture_of(np.full((180, 320, 3), 77, np.uint8)))
    heights = []
    for words in ("Short.", "There is no space left for livestyle-1.mp4: free some, or write to another disk."):
        view.set_words(words)
        rows, columns = np.nonzero((pixels_of(view) != 77).any(axis=2))
        heights.append(np.ptp(rows))
        assert columns.min() >= 14
        assert columns.max() <= 320 - 14
        assert rows.max() <= 180 - 14
    assert heights[1] > 1.5 * heights[0]


def test_a_double_click_is_told(view, qtbot) -> None:
    with qtbot.waitSignal(view.double_clicked):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
