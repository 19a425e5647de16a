from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
import torch

from livestyle.device.change import DISK_PX, Noise, spread
from livestyle.device.pictures import Reduction, rounded
from livestyle.device.steadier import Hold, Past, steadied
from livestyle.steady import steadier as reference
from livestyle.steady.change import shrunk, shrunk_hw
from livestyle.steady.flow import Flow
from livestyle.steady.steadier import GATE_UP_TO, KEPT_MOVING, KEPT_STILL, Steadier
from livestyle.stylizer.stylizer import Images

CPU = torch.device("cpu")


def held(tensor, photos: Images, paintings: Images, amount: float) -> Images:
    """Paintings held still in torch."""
    size_hw = paintings.shape[1], paintings.shape[2]
    small_hw = shrunk_hw(*size_hw)
    past, noise, shrink, flow = Past(size_hw, small_hw, CPU), Noise(CPU), Reduction(size_hw, small_hw, CPU), Flow()
    numbers = 1 - KEPT_STILL * min(1.0, amount / GATE_UP_TO), 1 - KEPT_MOVING * (amount / GATE_UP_TO - 1)
    results = []
    for i, (photo, painting) in enumerate(zip(photos, paintings, strict=True)):
        begins = torch.tensor(float(i == 0)) if i == 0 else None
        hold = Hold(*(torch.tensor(number) for number in numbers), begins=begins, forgets=begins)
        motion = None
        if amount > GATE_UP_TO:
            back = flow.back(shrunk(photo), shrunk(photos[i - 1])) if i else np.zeros((*small_hw, 2), np.float32)
            motion = tensor(back)
        small = rounded(shrink(tensor(photo)))
        results.append(steadied(small, tensor(painting), past, noise, hold, motion)[0].permute(1, 2, 0).numpy())
    return np.stack(results)


@pytest.mark.parametrize("amount", [0.2, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("clip", ["still", "noise", "pan", "cut", "change"])
def test_it_is_within_one_grey_level_of_the_processors(
    tensor, clips: Mapping[str, Images], clip: str, amount: float
) -> None:
    photos = clips[clip]
    paintings = 255 - np.roll(photos, 1, axis=3)
    # Such that the paintings flicker more than their photos.
    paintings = paintings // 2 + np.random.default_rng(1).integers(0, 9, paintings.shape).astype(np.uint8)
    expected = Steadier().steady(photos, paintings, amount)
    assert clip == "pan" or not np.array_equal(expected, paintings)
    assert np.abs(held(tensor, photos, paintings, amount) - expected).max() <= 1


def test_so_it_is_where_photos_are_compared_at_half_their_size(tensor, clips: Mapping[str, Images]) -> None:
    photos = np.stack([cv2.resize(photo, None, fx=3.3, fy=3.3) for photo in clips["change"][1:5]])
    paintings = 255 - photos
    expected = Steadier().steady(photos, paintings, 0.5)
    assert np.abs(held(tensor, photos, paintings, 0.5) - expected).max() <= 1


def test_what_begins_is_shown_as_it_is(tensor, clips: Mapping[str, Images]) -> None:
    photos = clips["cut"]
    steadied_ = held(tensor, photos, 255 - photos, 0.5)
    for i in (0, 3):
        assert np.array_equal(steadied_[i], 255 - photos[i])
    assert not np.array_equal(steadied_[2], 255 - photos[2])


def test_the_disk_is_opencvs(tensor) -> None:
    side = 2 * reference.REACH_PX + 1
    point = np.zeros((side, side), np.uint8)
    point[side // 2, side // 2] = 1
    rectangles = [cv2.dilate(point, np.ones(sides_px, np.uint8)) for sides_px in DISK_PX]
    assert np.array_equal(np.maximum.reduce(rectangles), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def test_a_change_is_spread_to_the_edge(tensor) -> None:
    changed = np.random.default_rng(0).random((40, 50)).astype(np.float32) ** 20
    np.testing.assert_allclose(spread(tensor(changed))[0, 0].numpy(), reference._spread(changed), atol=1e-5)
