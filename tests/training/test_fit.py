from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.errors import TrainingError
from livestyle.networks.families import NetworkSpec
from livestyle.networks.vgg import VggFeatures
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.training import fit
from livestyle.training.config import TrainConfig
from livestyle.training.fit import fit_style
from livestyle.training.paintings import Painting, find_paintings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorboard")


def test_a_style_is_fitted_and_the_network_left_as_it_is(
    tiny_file: StyleFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(**settings: object) -> TrainConfig:
        config = TrainConfig(**settings)  # type: ignore[arg-type]
        return dataclasses.replace(config, crop_px=64, seen_px=64, small_seen_px=64, batch=1, warm_up_steps=1)

    monkeypatch.setattr(fit, "TrainConfig", small)
    rng = np.random.default_rng(0)
    for name in ("photo.png", "my carpet.png"):
        coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
        cv2.imwrite(str(tmp_path / name), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file(VggFeatures(["relu4_3"]).state_dict(), tmp_path / "vgg.safetensors")
    (painting,) = find_paintings([tmp_path / "my carpet.png"])
    (tmp_path / "run").mkdir()
    output = tmp_path / "out.safetensors"
    fit_style(
        tiny_file, painting, [tmp_path / "photo.png"], output, tmp_path / "run", 0.03, torch.device("cpu"),
        tmp_path / "vgg.safetensors",
    )  # fmt: skip
    fitted = read_style_file(output)
    assert list(fitted.styles) == ["my_carpet"]
    assert fitted.styles["my_carpet"].title == "My Carpet"
    assert fitted.digest == tiny_file.digest
    assert np.array_equal(fitted.identity, tiny_file.identity)
    usual = np.mean([style.codes.mean(0) for style in tiny_file.styles.values()], axis=0)
    assert np.abs(fitted.styles["my_carpet"].codes - usual).max() > 0.005


def test_a_network_that_takes_pictures_as_they_are_has_nothing_to_fit(tiny_file: StyleFile, tmp_path: Path) -> None:
    file = dataclasses.replace(tiny_file, spec=NetworkSpec("patches", 8), name="patches")
    painting = Painting(tmp_path / "carpet.png", "carpet", "Carpet")
    with pytest.raises(TrainingError, match="--network patches"):
        fit_style(file, painting, [], tmp_path / "out.safetensors", tmp_path, 1.0, torch.device("cpu"))
