from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from livestyle.frame import Image
from livestyle.networks.code import PALETTE, palette_of
from livestyle.networks.predictor import PicturePredictor, for_predictor
from livestyle.styles import predict
from livestyle.styles.file import StyleFile
from livestyle.styles.predict import LEAST, predict_style


def grainy() -> Image:
    return np.random.default_rng(0).integers(60, 200, (200, 260, 3)).astype(np.uint8)


def misty() -> Image:
    """A slope from dark to bright, with a little grain in it."""
    slope = np.linspace(80, 190, 260)[None, :, None]
    return (slope + np.random.default_rng(0).normal(0, 4, (200, 260, 3))).astype(np.uint8)


@pytest.fixture
def file(tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> StyleFile:
    """The tiny network with a predictor of random weights."""
    torch.manual_seed(0)
    predictor = PicturePredictor(len(tiny_file.identity))
    monkeypatch.setattr(predict, "half_type", lambda device: None)
    return replace(tiny_file, predictor={k: v.numpy().astype(np.float16) for k, v in predictor.state_dict().items()})


def contrasts(file: StyleFile, picture: Image) -> tuple[np.ndarray, np.ndarray]:
    """The three contrasts of a predicted palette, and those of the picture."""
    codes = predict_style(file, picture, "a", "A").codes
    seen = torch.from_numpy(picture.transpose(2, 0, 1).copy())[None].float() / 255
    palette = palette_of(for_predictor(seen))[0].numpy()
    np.testing.assert_allclose(codes[0, -PALETTE // 2 :], palette[-PALETTE // 2 :], atol=1e-3)
    return codes[0, -PALETTE : -PALETTE // 2], palette[: PALETTE // 2]


def test_a_picture_full_of_strokes_gives_its_own_contrasts(file: StyleFile) -> None:
    predicted, own = contrasts(file, grainy())
    np.testing.assert_allclose(predicted, own, rtol=1e-3)


def test_one_whose_contrast_is_in_its_masses_gives_less_and_not_too_little(file: StyleFile) -> None:
    predicted, own = contrasts(file, misty())
    np.testing.assert_allclose(predicted, LEAST * own, rtol=1e-3)


def test_a_picture_of_one_colour_is_no_trouble(file: StyleFile) -> None:
    codes = predict_style(file, np.full((20, 30, 3), 90, np.uint8), "a", "A").codes
    assert np.isfinite(codes).all()
