from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.live.shape import fitted, prepared


def test_nothing_to_do_costs_no_copy() -> None:
    image = np.zeros((8, 12, 3), np.uint8)
    assert prepared(image, (8, 12), mirror=False) is image
    assert fitted(image, (8, 12)) is image


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


@pytest.mark.parametrize(
    ("size_hw", "box_hw", "inner"),
    [
        ((10, 20), (20, 20), np.s_[5:15, :]),
        ((20, 10), (20, 20), np.s_[:, 5:15]),
        ((40, 80), (10, 40), np.s_[:, 10:30]),
    ],
)
def test_a_picture_fits_in_its_own_proportions(size_hw, box_hw, inner) -> None:
    canvas = fitted(np.full((*size_hw, 3), 77, np.uint8), box_hw)
    assert (canvas[inner] == 77).all()
    assert (canvas == 77).sum() == canvas[inner].size


@given(*[st.integers(1, 70)] * 4)
def test_any_size_fits_in_any_other(height: int, width: int, box_h: int, box_w: int) -> None:
    canvas = fitted(np.full((height, width, 3), 9, np.uint8), (box_h, box_w))
    assert canvas.shape == (box_h, box_w, 3)
    assert canvas.any()
