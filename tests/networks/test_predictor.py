from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.networks.code import PALETTE, palette_of
from livestyle.networks.encoders import ENCODERS
from livestyle.networks.predictor import (
    AREA_PX,
    LinearPredictor,
    PicturePredictor,
    PredictorHead,
    StylePredictor,
    for_predictor,
)


@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 400), width=st.integers(1, 400))
def test_pictures_of_any_shape_are_looked_at_in_one_size(height: int, width: int) -> None:
    small = for_predictor(torch.rand(1, 3, height, width))
    area = small.shape[2] * small.shape[3]
    assert min(small.shape[2:]) >= 8
    if max(height, width) < 20 * min(height, width):
        assert 0.95 * AREA_PX < area < 1.05 * AREA_PX


@pytest.mark.parametrize("predictor", [StylePredictor(30), LinearPredictor(30, 50)])
def test_a_code_for_each_stroke_and_picture(predictor: PredictorHead) -> None:
    torch.manual_seed(0)
    statistics = torch.randn(4, predictor.features + PALETTE)
    predictor.standardise(statistics)
    codes = predictor(statistics, (200, 400))
    assert codes.shape == (4, 2, 30)
    assert not torch.allclose(codes[:, 0], codes[:, 1])
    assert not torch.allclose(codes[0], codes[1])
    # One at a time gives the same.
    assert torch.allclose(predictor(statistics[2:3], (400,))[0, 0], codes[2, 1], atol=1e-5)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_flat_and_odd_pictures_give_numbers(encoder: str) -> None:
    torch.manual_seed(0)
    predictor = PicturePredictor(10, encoder)
    for picture in (torch.zeros(1, 3, 1, 1), torch.ones(1, 3, 500, 3), torch.rand(1, 3, 33, 77)):
        codes = predictor(picture, (220, 340, 540))
        assert codes.shape == (1, 3, 10)
        assert codes.isfinite().all()
        assert torch.allclose(codes[0, 0, -6:], palette_of(for_predictor(picture, predictor.encoder.smallest_px))[0])


def test_the_linear_head_is_linear_in_what_it_is_given() -> None:
    torch.manual_seed(0)
    head = LinearPredictor(20, 30)
    one, other = torch.randn(2, 30 + PALETTE)
    codes = head(torch.stack([one, other, (one + other) / 2]), (300,))
    assert torch.allclose((codes[0] + codes[1]) / 2, codes[2], atol=1e-5)
