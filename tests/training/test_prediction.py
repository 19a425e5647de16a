from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.styles.predict import predict_style
from livestyle.training.config import TrainConfig
from livestyle.training.paintings import find_paintings
from livestyle.training.prediction import fit_predictor

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorboard")
CONFIG = TrainConfig(
    encoder="mobilenet_v3",
    style_layers=("relu1_2", "relu2_2"),
    style_layer_weights=(1.0, 1.0),
    half_layers=("relu1_2",),
    content_layer="relu2_2",
    passers=3,
    photo_px=96,
    crop_px=64,
    seen_px=64,
    small_seen_px=64,
    batch=2,
    steps=3,
    warm_up_steps=1,
    average_decay=0.0,
)


def test_a_network_gets_a_predictor_and_stays_as_it_is(tiny_file: StyleFile, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("photo.png", "carpet.png"):
        coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
        cv2.imwrite(str(tmp_path / name), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file(VggFeatures(["relu2_2"]).state_dict(), tmp_path / "vgg.safetensors")
    network = models.mobilenet_v3_large(weights=None)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    save_file(network.state_dict(), tmp_path / "encoder.safetensors")
    (tmp_path / "run").mkdir()
    paintings, output = find_paintings([tmp_path / "carpet.png"]), tmp_path / "out.safetensors"
    photos = [tmp_path / "photo.png"]
    places = (
        output,
        tmp_path / "run",
        torch.device("cpu"),
        tmp_path / "vgg.safetensors",
        tmp_path / "encoder.safetensors",
    )
    fit_predictor(tiny_file, CONFIG, paintings, photos, photos, *places)

    learnt = read_style_file(output)
    assert (learnt.encoder, learnt.digest) == ("mobilenet_v3", tiny_file.digest)
    assert np.array_equal(learnt.identity, tiny_file.identity)
    for name, style in tiny_file.styles.items():
        assert np.array_equal(learnt.styles[name].codes, style.codes)
    pictures = rng.integers(0, 256, (2, 50, 70, 3)).astype(np.uint8) // np.array([1, 3], np.uint8)[:, None, None, None]
    one, other = (predict_style(learnt, picture, "x", "X").codes for picture in pictures)
    assert one.shape == (3, len(tiny_file.identity))
    assert not np.allclose(one, other)
    # It starts from the usual code of the network, and moves.
    usual = np.mean([style.codes.mean(0) for style in tiny_file.styles.values()], axis=0)
    bias = learnt.predictor["head.code.bias"].astype(np.float32)
    assert 1e-4 < np.abs(bias - usual)[:-6].max() < 0.1


def test_scratch_is_trained_with_its_network(tiny_file: StyleFile, tmp_path: Path) -> None:
    config = dataclasses.replace(CONFIG, encoder="scratch")
    with pytest.raises(TrainingError, match="leave out --network"):
        fit_predictor(tiny_file, config, [], [], [], tmp_path / "out.safetensors", tmp_path, torch.device("cpu"))
