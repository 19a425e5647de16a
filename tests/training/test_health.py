from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from livestyle.training.health import contrast, difference, symptoms


def pictures(count: int, seed: int) -> Tensor:
    """Smooth random pictures (count, 3, 48, 64)."""
    coarse = torch.rand(count, 3, 6, 8, generator=torch.Generator().manual_seed(seed))
    return functional.interpolate(coarse, (48, 64), mode="bicubic").clamp(0, 1)


PHOTOS = pictures(4, 0)
GOOD = torch.stack([0.3 + 0.4 * PHOTOS, 1 - PHOTOS, PHOTOS.flip(1).square()])
NAMES = ["a", "b", "c"]


def test_paintings_that_are_well_raise_no_warning() -> None:
    assert symptoms(PHOTOS, GOOD, NAMES) == []


def test_a_flat_style_is_named() -> None:
    spoilt = GOOD.clone()
    spoilt[1] = 0.5 + 0.01 * (PHOTOS - 0.5)
    (text,) = symptoms(PHOTOS, spoilt, NAMES)
    assert text.startswith("b: nearly flat")
    assert "lower the rates" in text


def test_a_flat_photo_alone_is_no_reason() -> None:
    photos, paintings = PHOTOS.clone(), GOOD.clone()
    photos[0], paintings[:, 0] = 0.5, 0.5
    assert symptoms(photos, paintings, NAMES) == []


def test_a_style_that_ignores_the_photo_is_named() -> None:
    spoilt = GOOD.clone()
    spoilt[2] = pictures(1, 7) + 0.05 * (PHOTOS - 0.5)
    (text,) = symptoms(PHOTOS, spoilt, NAMES)
    assert text.startswith("c: nearly the same painting")
    assert "content_weight" in text


def test_photos_that_are_alike_may_have_paintings_that_are_alike() -> None:
    photos = pictures(1, 7) + 0.05 * (PHOTOS - 0.5)
    assert symptoms(photos, torch.stack([photos, 1 - photos]), ["a", "b"]) == []
    same = photos[:1].expand(4, -1, -1, -1)
    assert symptoms(same, torch.stack([same, 1 - same]), ["a", "b"]) == []


def test_styles_that_have_become_one_are_told() -> None:
    shifts = torch.tensor([-0.01, 0.0, 0.01]).view(3, 1, 1, 1, 1)
    (text,) = symptoms(PHOTOS, 0.3 + 0.4 * PHOTOS + shifts, NAMES)
    assert text.startswith("All styles paint nearly the same")
    assert symptoms(PHOTOS, 0.3 + 0.4 * PHOTOS[None], ["a"]) == []


def test_textures_that_pass_over_their_noise_are_told() -> None:
    assert symptoms(None, pictures(4, 7)[None], ["a"]) == []
    collapsed = 0.9 * pictures(1, 7) + 0.1 * pictures(4, 8)
    (text,) = symptoms(None, collapsed[None], ["a"])
    assert text.startswith("a: nearly the same texture whatever the noise")
    assert "diversity_weight" in text
    assert symptoms(None, collapsed[None, :1], ["a"]) == []


def test_a_flat_texture_is_told_once() -> None:
    (text,) = symptoms(None, torch.full((1, 4, 3, 48, 64), 0.5), ["a"])
    assert "nearly flat" in text


def test_one_photo_and_half_precision_will_do() -> None:
    assert symptoms(PHOTOS[:1].half(), GOOD[:, :1].half(), NAMES) == []


@given(scale=st.floats(0, 1), level=st.floats(0, 1))
def test_contrast_is_in_units_of_colour(scale: float, level: float) -> None:
    stripes = torch.tensor([-0.5, 0.5]).repeat(3, 8, 4)
    assert float(contrast(level + scale * stripes)) == pytest.approx(scale / 2, abs=1e-5)


def test_difference_is_0_for_the_same_and_1_for_strangers() -> None:
    assert float(difference(PHOTOS[:1].expand(4, -1, -1, -1))) == 0
    assert float(difference(torch.rand(4, 3, 48, 64))) == pytest.approx(1, abs=0.1)
    assert float(difference(torch.full((4, 3, 8, 8), 0.5))) == 0
