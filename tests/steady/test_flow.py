from __future__ import annotations

import cv2
import numpy as np
import pytest

from livestyle.steady.flow import LEAST_PX, Flow, picked, places, warped


@pytest.fixture
def picture(studio) -> np.ndarray:
    return studio.shots([studio.texture(120, 160)], 0.0)[0]


@pytest.mark.parametrize("interpolation", [cv2.INTER_LINEAR, cv2.INTER_CUBIC])
def test_bytes_and_numbers_are_moved_alike(picture, interpolation) -> None:
    from_px = places(120, 160) + np.float32([1.3, -0.7])
    numbers = picked(picture.astype(np.float32), from_px, interpolation)
    assert np.abs(picked(picture, from_px, interpolation) - numbers).max() <= 1.5


def test_a_flow_of_nothing_moves_nothing(picture) -> None:
    np.testing.assert_array_equal(warped(picture, np.zeros((30, 40, 2), np.float32)), picture)


def test_a_small_flow_moves_a_large_picture(picture) -> None:
    moved = warped(picture, np.full((60, 40, 2), (-1.0, 2.0), np.float32))  # 4 px to the right, 4 px up
    np.testing.assert_array_equal(moved[8:-8, 8:-8], picture[12:-4, 4:-12])


def test_a_motion_is_found_back(picture) -> None:
    flow = Flow().back(picture[:, 3:], picture[:, :-3])
    assert np.median(flow[..., 0]) == pytest.approx(3, abs=0.1)
    assert np.median(flow[..., 1]) == pytest.approx(0, abs=0.1)


def test_a_good_start_finds_what_is_too_far_without_one(studio) -> None:
    picture = studio.shots([studio.texture(120, 260)], 0.0)[0]
    now, before, far = picture[:, 100:], picture[:, :-100], np.full((120, 160, 2), (99.0, 0.0), np.float32)
    flow = Flow()
    assert np.abs(np.median(flow.back(now, before)[..., 0]) - 100) > 10
    assert np.median(flow.back(now, before, far)[:, :50, 0]) == pytest.approx(100, abs=0.5)
    assert (far == (99.0, 0.0)).all()


def test_of_a_tiny_picture_the_start_is_all_that_is_known() -> None:
    tiny = np.zeros((LEAST_PX - 1, 200, 3), np.uint8)
    start = np.ones((*tiny.shape[:2], 2), np.float32)
    assert not Flow().back(tiny, tiny).any()
    np.testing.assert_array_equal(Flow().back(tiny, tiny, start), start)
