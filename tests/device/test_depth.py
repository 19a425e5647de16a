from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
import torch

from livestyle.depth import QUANTILES, Depth
from livestyle.device.depth import Deepening, Seen, masses_hw
from livestyle.stylizer.stylizer import Images

CPU = torch.device("cpu")
TONES = np.linspace(5, 95, QUANTILES).astype(np.float32)


def deepened(tensor, photos: Images, paintings: Images, amount: float = 0.8) -> Images:
    size_hw = photos.shape[1], photos.shape[2]
    deepening, seen = Deepening(size_hw, CPU), Seen(masses_hw(size_hw), CPU)
    results = []
    for i, pair in enumerate(zip(photos, paintings, strict=True)):
        begins = torch.tensor(1.0) if i == 0 else None
        photo, painting = (tensor(picture) for picture in pair)
        result = deepening.deepen(photo, painting, seen, torch.from_numpy(TONES), torch.tensor(amount), begins)
        results.append(result[0].permute(1, 2, 0).numpy())
    return np.stack(results)


def expected(photos: Images, paintings: Images) -> Images:
    depth = Depth()
    return np.stack([depth.deepen(*pair, TONES, 0.8) for pair in zip(photos, paintings, strict=True)])


@pytest.mark.parametrize("clip", ["still", "pan", "cut", "change"])
@pytest.mark.parametrize("size_hw", [(100, 176), (45, 80), (90, 160), (147, 61)])
def test_it_is_the_processors_but_for_the_table_that_opencv_reads_lightness_from(
    tensor, clips: Mapping[str, Images], clip: str, size_hw: tuple[int, int]
) -> None:
    photos = np.stack([cv2.resize(photo, size_hw[::-1]) for photo in clips[clip]])
    paintings = 96 + photos // 4
    wanted = expected(photos, paintings)
    assert np.abs(wanted.astype(int) - paintings).max() > 20
    off = np.abs(deepened(tensor, photos, paintings) - wanted)
    assert off.mean() < 0.7
    assert off.max() <= 3


def test_no_amount_moves_nothing(tensor, clips: Mapping[str, Images]) -> None:
    photos = clips["pan"]
    assert np.array_equal(deepened(tensor, photos, 255 - photos, 0.0), 255 - photos)


def test_a_flat_photo_is_no_harm(tensor) -> None:
    flat, painting = np.full((2, 90, 160, 3), 77, np.uint8), np.full((2, 90, 160, 3), 140, np.uint8)
    assert np.abs(deepened(tensor, flat, painting) - expected(flat, painting)).max() <= 1
