"""What tests of training share: drawn pictures, and a loss network with random weights and few channels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.networks import adain, vgg
from livestyle.networks.encoders import VggEncoder
from livestyle.training import compute as compute_module
from livestyle.training import material, run
from livestyle.training.compute import Compute

CHANNELS = (4, 6, 8, 8, 8)


@pytest.fixture(scope="module", autouse=True)
def little_work() -> Iterator[None]:
    """Loss networks of few channels, small test pictures, a line in the log at each step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vgg, "STAGE_CHANNELS", CHANNELS)
        patch.setattr(adain, "CHANNELS", {adain.FINE: CHANNELS[2], adain.COARSE: CHANNELS[3]})
        patch.setattr(VggEncoder, "size", 2 * sum(CHANNELS[:3]))
        patch.setattr(material, "SHOWN_PX", 64)
        patch.setattr(run, "REPORT_EVERY", 1)
        patch.setattr(compute_module, "half_type", lambda device: None)  # the same on every machine
        yield


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of `styles`, two paintings, one of `photos`, four, and `vgg.safetensors`."""
    root = tmp_path_factory.mktemp("places")
    rng = np.random.default_rng(0)
    for folder, count in (("styles", 2), ("photos", 4)):
        (root / folder).mkdir()
        for i in range(count):
            coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
            drawn = cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC)
            cv2.imwrite(str(root / folder / f"{i}.png"), drawn)
    torch.manual_seed(0)
    save_file(vgg.VggFeatures(["relu4_3"]).state_dict(), root / "vgg.safetensors")
    return root


@pytest.fixture
def compute() -> Compute:
    return Compute.seeded(torch.device("cpu"), 0)
