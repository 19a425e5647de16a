from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.frame import Image
from livestyle.live.fine import FinePicture
from livestyle.steady.flow import warped

HEIGHT, WIDTH = 60, 90
INSIDE = np.s_[4:-4, 4:-4]


@pytest.fixture(scope="module")
def painting() -> Image:
    """Strokes of a few pixels."""
    rng = np.random.default_rng(0)
    grain = cv2.GaussianBlur(rng.normal(size=(HEIGHT, WIDTH, 3)), (0, 0), 1.0)
    return np.asarray(np.clip(127 + 70 * grain / grain.std(), 0, 255), np.uint8)


def everywhere(x_px: float, y_px: float) -> np.ndarray:
    """A flow at a third of the size."""
    return np.full((HEIGHT // 3, WIDTH // 3, 2), (x_px / 3, y_px / 3), np.float32)


def sharpness(picture: Image) -> float:
    return float(cv2.Laplacian(picture[INSIDE], cv2.CV_16S).std())


def test_what_stands_still_is_the_picture_itself(painting) -> None:
    np.testing.assert_array_equal(FinePicture(painting).warped(everywhere(0, 0)), painting)


def test_whole_pixels_move_exactly(painting) -> None:
    moved = FinePicture(painting).warped(everywhere(2, -3))
    np.testing.assert_array_equal(moved[3:, :-2], painting[:-3, 2:])


def test_its_edge_goes_on_beyond_it(painting) -> None:
    moved = FinePicture(painting).warped(everywhere(2 * WIDTH, 2 * HEIGHT))
    np.testing.assert_array_equal(moved, np.broadcast_to(painting[-1, -1], painting.shape))


def test_it_is_moved_as_sharply_as_cubic_interpolation_does_it(painting) -> None:
    fine = FinePicture(painting)
    shares = []
    for x_px, y_px in np.random.default_rng(1).uniform(0, 2, (16, 2)):
        flow = everywhere(x_px, y_px)
        moved, cubic = fine.warped(flow), warped(painting, flow)
        assert np.abs(moved.astype(int) - cubic)[INSIDE].mean() < 5
        shares.append(sharpness(moved) / sharpness(cubic))
    linear = sharpness(warped(painting, everywhere(0.5, 0.5), cv2.INTER_LINEAR))
    assert min(shares) > 0.93
    assert np.mean(shares) == pytest.approx(1, abs=0.03)
    assert sharpness(fine.warped(everywhere(0.5, 0.5))) > 1.2 * linear


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 9), width=st.integers(1, 9))
def test_pictures_of_all_sizes_are_moved(height: int, width: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    np.testing.assert_array_equal(FinePicture(picture).warped(np.zeros((height, width, 2), np.float32)), picture)
