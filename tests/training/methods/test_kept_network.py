"""What is learnt for a network that is there: a style, or a predictor."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from livestyle.errors import TrainingError
from livestyle.networks.families import NetworkSpec
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.styles.predict import predict_style
from livestyle.training.compute import Compute
from livestyle.training.config import StylesConfig
from livestyle.training.methods.fit import FIT, fit
from livestyle.training.methods.predictor import predictor
from livestyle.training.paintings import Painting, find_paintings
from livestyle.training.run import Run

SMALL = StylesConfig(
    style_layers=("relu1_2", "relu2_2"),
    style_layer_weights=(1.0, 1.0),
    half_layers=("relu1_2",),
    content_layer="relu2_2",
    other_styles_kept=2,
    photo_px=96,
    crop_px=64,
    seen_px=64,
    small_seen_px=64,
    batch=2,
    steps=3,
    minutes=1e6,
    warm_up_steps=1,
    average_decay=0.0,
)


def usual_code(file: StyleFile) -> np.ndarray:
    return np.mean([style.codes.mean(0) for style in file.styles.values()], axis=0)


def test_a_style_is_fitted_and_the_network_left_as_it_is(
    tiny_file: StyleFile, places: Path, tmp_path: Path, compute: Compute
) -> None:
    (painting,) = find_paintings([places / "styles" / "1.png"])
    config = dataclasses.replace(SMALL, code_rate=FIT.code_rate)
    method = fit(tiny_file, config, compute, painting, [places / "photos" / "0.png"], vgg=places / "vgg.safetensors")
    Run(method, tmp_path, tmp_path / "out.safetensors").go()
    fitted = read_style_file(tmp_path / "out.safetensors")
    assert list(fitted.styles) == ["1"]
    assert fitted.digest == tiny_file.digest
    assert np.array_equal(fitted.identity, tiny_file.identity)
    assert np.abs(fitted.styles["1"].codes - usual_code(tiny_file)).max() > 0.005


def test_a_network_that_takes_pictures_as_they_are_has_nothing_to_fit(
    tiny_file: StyleFile, tmp_path: Path, compute: Compute
) -> None:
    file = dataclasses.replace(tiny_file, spec=NetworkSpec("patches", 8), name="patches")
    with pytest.raises(TrainingError, match="--network patches"):
        fit(file, FIT, compute, Painting(tmp_path / "carpet.png", "carpet", "Carpet"), [])


def test_a_network_gets_a_predictor_and_stays_as_it_is(
    tiny_file: StyleFile, places: Path, tmp_path: Path, compute: Compute
) -> None:
    network = models.mobilenet_v3_large(weights=None)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    save_file(network.state_dict(), tmp_path / "encoder.safetensors")
    config = dataclasses.replace(SMALL, encoder="mobilenet_v3")
    paintings, photos = find_paintings([places / "styles" / "0.png"]), [places / "photos" / "0.png"]
    weights = {"vgg": places / "vgg.safetensors", "encoder_weights": tmp_path / "encoder.safetensors"}
    method = predictor(tiny_file, config, compute, paintings, photos, photos, **weights)
    Run(method, tmp_path, tmp_path / "out.safetensors").go()

    learnt = read_style_file(tmp_path / "out.safetensors")
    assert (learnt.encoder, learnt.digest) == ("mobilenet_v3", tiny_file.digest)
    assert np.array_equal(learnt.identity, tiny_file.identity)
    for name, style in tiny_file.styles.items():
        assert np.array_equal(learnt.styles[name].codes, style.codes)
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (2, 50, 70, 3)).astype(np.uint8) // np.array([1, 3], np.uint8)[:, None, None, None]
    one, other = (predict_style(learnt, picture, "x", "X").codes for picture in pictures)
    assert one.shape == (3, len(tiny_file.identity))
    assert not np.allclose(one, other)
    # It starts from the usual code of the network, and moves.
    bias = learnt.predictor["head.code.bias"].astype(np.float32)
    assert 1e-4 < np.abs(bias - usual_code(tiny_file))[:-6].max() < 0.1


def test_scratch_is_trained_with_its_network(tiny_file: StyleFile, compute: Compute) -> None:
    config = dataclasses.replace(SMALL, encoder="scratch")
    with pytest.raises(TrainingError, match="leave out --network"):
        predictor(tiny_file, config, compute, [], [], [])


def test_a_family_that_is_not_trained_so_gives_a_sentence(tiny_file: StyleFile, compute: Compute) -> None:
    file = dataclasses.replace(tiny_file, spec=NetworkSpec("adain-2", 16))
    with pytest.raises(TrainingError, match="'family' takes"):
        predictor(file, SMALL, compute, [], [], [])
