from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import BackendError
from livestyle.stylizer.padding import check, crop, fitted_hw, pad

SIDES = st.integers(1, 70)


@given(batch=st.integers(1, 3), height=SIDES, width=SIDES, multiple=st.sampled_from([1, 4, 8]))
def test_extends_by_reflection_at_the_right_and_bottom(batch: int, height: int, width: int, multiple: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (batch, height, width, 3), np.uint8)
    fitted = pad(images, multiple, 16)
    tall, wide = fitted.shape[1:3]
    assert (tall, wide) == fitted_hw(height, width, multiple, 16)
    assert tall % multiple == 0
    assert wide % multiple == 0
    assert max(16, height) <= tall < max(16, height) + multiple
    assert max(16, width) <= wide < max(16, width) + multiple
    expected = np.pad(images, ((0, 0), (0, tall - height), (0, wide - width), (0, 0)), mode="reflect")
    assert np.array_equal(fitted, expected)
    assert fitted.flags.c_contiguous
    restored = crop(fitted, height, width)
    assert np.array_equal(restored, images)
    assert restored.flags.c_contiguous


def test_what_fits_is_not_copied() -> None:
    images = np.zeros((2, 16, 20, 3), np.uint8)
    assert pad(images, 4, 16) is images
    assert np.shares_memory(crop(images, 16, 20), images)


def test_a_mirrored_view_becomes_contiguous() -> None:
    images = np.arange(16 * 16 * 3, dtype=np.uint8).reshape(1, 16, 16, 3)[:, :, ::-1]
    fitted = pad(images, 4, 16)
    assert fitted.flags.c_contiguous
    assert np.array_equal(fitted, images)


@pytest.mark.parametrize(
    ("images", "code"),
    [
        (np.zeros((16, 16, 3), np.uint8), np.zeros(5, np.float32)),  # no batch
        (np.zeros((1, 16, 16, 4), np.uint8), np.zeros(5, np.float32)),  # alpha
        (np.zeros((1, 16, 16, 3), np.float32), np.zeros(5, np.float32)),
        (np.zeros((0, 16, 16, 3), np.uint8), np.zeros(5, np.float32)),
        (np.zeros((1, 0, 16, 3), np.uint8), np.zeros(5, np.float32)),
        (np.zeros((1, 16, 16, 3), np.uint8), np.zeros(4, np.float32)),
        (np.zeros((1, 16, 16, 3), np.uint8), np.zeros((1, 5), np.float32)),
        (np.zeros((1, 16, 16, 3), np.uint8), np.zeros(5, np.float64)),
    ],
)
def test_refuses_wrong_shapes_and_types(images: np.ndarray, code: np.ndarray) -> None:
    with pytest.raises(BackendError, match="must be"):
        check(images, code, 5)


def test_takes_one_pixel() -> None:
    check(np.zeros((1, 1, 1, 3), np.uint8), np.zeros(5, np.float32), 5)
