from __future__ import annotations

import numpy as np

from livestyle.live.shape import prepared


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
