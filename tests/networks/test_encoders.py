from __future__ import annotations

import pytest
import torch

from livestyle.errors import StyleError
from livestyle.networks.encoders import ENCODERS, build_encoder
from livestyle.networks.predictor import for_predictor


@pytest.mark.parametrize("name", ENCODERS)
def test_as_many_numbers_as_it_says(name: str) -> None:
    torch.manual_seed(0)
    encoder = build_encoder(name)
    seen = for_predictor(torch.rand(2, 3, 20, 24), encoder.smallest_px)
    described = encoder.describe(seen)
    assert described.shape == (2, encoder.size)
    assert described.dtype == torch.float32
    assert any(p.requires_grad for p in encoder.parameters()) == encoder.trained == (name == "scratch")


def test_an_encoder_from_scratch_tells_pictures_apart() -> None:
    torch.manual_seed(0)
    encoder = build_encoder("scratch")
    dim, noise = 0.4 * torch.ones(1, 3, 64, 64), torch.rand(1, 3, 64, 64)
    described = encoder.describe(torch.cat([dim, 2 * dim, noise]))
    assert (described[0] - described[1]).norm() > 0.1 * described[0].norm()
    assert (described[1] - described[2]).norm() > 0.1 * described[1].norm()


def test_an_unknown_encoder_gives_a_sentence() -> None:
    with pytest.raises(StyleError, match="no encoder 'resnet'"):
        build_encoder("resnet")
