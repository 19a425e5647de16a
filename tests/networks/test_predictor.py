from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.networks.code import palette_of
from livestyle.networks.predictor import AREA_PX, STATISTICS, PicturePredictor, StylePredictor, for_predictor


@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 400), width=st.integers(1, 400))
def test_pictures_of_any_shape_are_looked_at_in_one_size(height: int, width: int) -> None:
    small = for_predictor(torch.rand(1, 3, height, width))
    area = small.shape[2] * small.shape[3]
    assert min(small.shape[2:]) >= 8
    if max(height, width) < 20 * min(height, width):
        assert 0.95 * AREA_PX < area < 1.05 * AREA_PX


def test_a_code_for_each_stroke_and_picture() -> None:
    torch.manual_seed(0)
    predictor = StylePredictor(30)
    statistics = torch.randn(4, STATISTICS)
    predictor.standardise(statistics)
    codes = predictor(statistics, (200, 400))
    assert codes.shape == (4, 2, 30)
    assert not torch.allclose(codes[:, 0], codes[:, 1])
    assert not torch.allclose(codes[0], codes[1])
    # One at a time gives the same.
    assert torch.allclose(predictor(statistics[2:3], (400,))[0, 0], codes[2, 1], atol=1e-5)


def test_flat_and_odd_pictures_give_numbers() -> None:
    torch.manual_seed(0)
    predictor = PicturePredictor(10)
    for picture in (torch.zeros(1, 3, 1, 1), torch.ones(1, 3, 500, 3), torch.rand(1, 3, 33, 77)):
        codes = predictor(picture, (220, 340, 540))
        assert codes.shape == (1, 3, 10)
        assert codes.isfinite().all()
        assert torch.allclose(codes[0, 0, -6:], palette_of(for_predictor(picture))[0])
