"""What tests of the evaluation share: drawn pictures, and a VGG that sees as little as it costs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.evaluation.picture import NamedPicture
from livestyle.networks import vgg
from livestyle.training import metrics

Draw = Callable[..., NamedPicture]


@pytest.fixture
def vgg_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Random weights of a VGG-16 of 4 channels, which `load_vgg` takes for the whole of this test."""
    monkeypatch.setattr(vgg, "STAGE_CHANNELS", (4, 4, 4, 4, 4))
    torch.manual_seed(0)
    network = vgg.VggFeatures(metrics.LAYERS + metrics.LPIPS_LAYERS)
    save_file(network.state_dict(), tmp_path / "vgg.safetensors")
    return tmp_path / "vgg.safetensors"


@pytest.fixture
def heads_file(tmp_path: Path) -> Path:
    """LPIPS heads for it."""
    save_file({f"head{i}": torch.full((1, 4, 1, 1), 0.25) for i in range(5)}, tmp_path / "heads.safetensors")
    return tmp_path / "heads.safetensors"


@pytest.fixture
def draw() -> Draw:
    """Draws a soft random picture of a seed."""

    def drawn(seed: int, height: int = 64, width: int = 80) -> NamedPicture:
        coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
        image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        return NamedPicture(f"picture{seed}", np.asarray(image, np.uint8))

    return drawn
