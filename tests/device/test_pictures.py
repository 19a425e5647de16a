"""What torch makes of pictures is what OpenCV makes of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from livestyle.device.pictures import (
    Reduction,
    block_means,
    blurred,
    enlarged,
    grey,
    interpolated,
    laplacian,
    slopes,
    warped,
)
from livestyle.steady import blocks, flow

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (90, 134, 3)).astype(np.uint8)
FLOATS = PICTURE.astype(np.float32)
MAP = FLOATS[..., 0].copy()


def of(pictures: torch.Tensor) -> np.ndarray:
    return np.squeeze(pictures[0].permute(1, 2, 0).numpy())


def test_grey(tensor) -> None:
    np.testing.assert_allclose(of(grey(tensor(PICTURE))), cv2.cvtColor(FLOATS, cv2.COLOR_RGB2GRAY), atol=1e-3)


@pytest.mark.parametrize("side_px", [8, 32])
def test_block_means_leave_out_what_is_left_over(tensor, side_px: int) -> None:
    means = of(block_means(tensor(MAP), (side_px, side_px)))
    np.testing.assert_allclose(means, blocks.block_means(MAP, side_px), atol=1e-3)


def test_filters_reflect_the_picture_at_its_edge(tensor) -> None:
    np.testing.assert_allclose(of(blurred(tensor(MAP), 5)), cv2.blur(MAP, (5, 5)), atol=1e-3)
    np.testing.assert_allclose(of(laplacian(tensor(MAP))), cv2.Laplacian(MAP, cv2.CV_32F), atol=1e-3)
    for slope, axes in zip(slopes(tensor(MAP)), ((1, 0), (0, 1)), strict=True):
        np.testing.assert_allclose(of(slope), cv2.Sobel(MAP, cv2.CV_32F, *axes, scale=1 / 8), atol=1e-3)


@pytest.mark.parametrize(("cubic", "mode"), [(False, cv2.INTER_LINEAR), (True, cv2.INTER_CUBIC)])
def test_enlarged(tensor, cubic: bool, mode: int) -> None:
    larger = of(enlarged(tensor(FLOATS), (121, 250), cubic=cubic))
    np.testing.assert_allclose(larger, cv2.resize(FLOATS, (250, 121), interpolation=mode), atol=0.02)


@pytest.mark.parametrize("to_hw", [(90, 134), (45, 67), (30, 67), (68, 100), (23, 34), (45, 134)])
def test_reduced_pictures_are_means_of_areas(tensor, to_hw: tuple[int, int]) -> None:
    reduce = Reduction(FLOATS.shape[:2], to_hw, torch.device("cpu"))
    expected = cv2.resize(FLOATS, to_hw[::-1], interpolation=cv2.INTER_AREA)
    for pictures in (tensor(FLOATS), tensor(FLOATS).byte()):
        np.testing.assert_allclose(of(reduce(pictures)), expected, atol=0.01)


@pytest.mark.parametrize("scale", [1, 2])
def test_warped_along_a_flow_that_leaves_the_picture(tensor, scale: int) -> None:
    motion = RNG.normal(0, 6, (90 // scale, 134 // scale, 2)).astype(np.float32)
    np.testing.assert_allclose(of(warped(tensor(FLOATS), tensor(motion))), flow.warped(FLOATS, motion), atol=0.05)


def test_interpolated_is_numpys_also_where_points_coincide() -> None:
    places, values = np.float32([0, 1, 1, 4, 4]), np.float32([3, 5, 7, 1, 2])
    at = np.float32([[-1, 0, 0.5], [0.99, 2.5, 9]])
    found = interpolated(*(torch.from_numpy(each) for each in (at, places, values)))
    np.testing.assert_allclose(found.numpy(), np.interp(at, places, values), atol=1e-5)
