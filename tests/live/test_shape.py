from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.live.shape import letterboxed, prepared

sizes = st.tuples(st.integers(16, 64), st.integers(16, 64))


def test_nothing_to_do_costs_no_copy() -> None:
    image = np.zeros((8, 12, 3), np.uint8)
    assert prepared(image, (8, 12), mirror=False) is image


def test_a_mirror_swaps_left_and_right_and_leaves_the_source_alone() -> None:
    image = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    before = image.copy()
    mirrored = prepared(image, (2, 3), mirror=True)
    np.testing.assert_array_equal(mirrored, before[:, ::-1])
    np.testing.assert_array_equal(image, before)


def test_shrinking_averages() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[::2, ::2] = 200
    assert (prepared(image, (2, 2), mirror=False) == 50).all()


@pytest.mark.parametrize("size_hw", [(120, 214), (80, 142), (90, 160), (41, 50), (300, 600)])
def test_any_size_shows_the_same_picture(size_hw: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).normal(size=(180, 320, 3))
    image = np.asarray(127 + 300 * cv2.GaussianBlur(noise, (0, 0), 3), np.float32).clip(0, 255).astype(np.uint8)
    resized = prepared(image, size_hw, mirror=False)
    assert resized.shape == (*size_hw, 3)
    way = cv2.INTER_AREA if size_hw[0] < 180 else cv2.INTER_LINEAR
    assert cv2.PSNR(resized, cv2.resize(image, size_hw[::-1], interpolation=way)) > 38


def test_what_is_finer_than_the_pixels_is_averaged_away() -> None:
    stripes = np.zeros((96, 96, 3), np.uint8)
    stripes[::2] = 255
    for lines in (48, 40, 30, 24, 20):
        assert np.ptp(prepared(stripes, (lines, lines), mirror=False)[2:-2]) < 6


@given(sizes, sizes)
def test_a_letterboxed_picture_is_whole_and_centred(picture_hw, size_hw) -> None:
    image = np.full((*picture_hw, 3), 200, np.uint8)
    result = letterboxed(image, size_hw)
    assert result.shape == (*size_hw, 3)
    lit = (result == 200).all(2)
    rows, columns = np.flatnonzero(lit.any(1)), np.flatnonzero(lit.any(0))
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert lit.sum() == height * width
    assert (height == size_hw[0]) or (width == size_hw[1])
    assert abs(height / picture_hw[0] - width / picture_hw[1]) <= 1 / min(picture_hw) + 1e-9
    assert abs((size_hw[0] - height) // 2 - rows[0]) == 0
    assert abs((size_hw[1] - width) // 2 - columns[0]) == 0
