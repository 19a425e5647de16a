from __future__ import annotations

import pytest
import torch
from torchvision import models

from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures


@pytest.mark.parametrize(
    ("architecture", "layer", "index"),
    [("vgg16", "relu1_2", 3), ("vgg16", "relu3_3", 15), ("vgg16", "relu5_1", 25), ("vgg19", "relu4_1", 20)],
)
def test_layers_are_torchvisions(architecture: str, layer: str, index: int) -> None:
    torch.manual_seed(0)
    reference = getattr(models, architecture)(weights=None).features[: index + 1].eval()
    ours = VggFeatures([layer], architecture)  # type: ignore[arg-type]
    ours.load_state_dict({f"features.{k}": v for k, v in reference.state_dict().items()})
    x = torch.rand(1, 3, 48, 40)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    wanted = reference((x - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1))
    assert torch.allclose(ours(x)[layer], wanted, atol=1e-5)


def test_only_what_is_asked_for_is_returned() -> None:
    vgg = VggFeatures(["relu1_2", "relu2_2"])
    assert set(vgg(torch.rand(1, 3, 32, 32))) == {"relu1_2", "relu2_2"}
    assert set(vgg(torch.rand(1, 3, 32, 32), ["relu1_2"])) == {"relu1_2"}


def test_nothing_deeper_than_needed_is_built() -> None:
    assert [name for _, name in VggFeatures(["relu2_1"]).steps] == ["relu1_1", "relu1_2", "", "relu2_1"]


def test_unknown_layer_is_named() -> None:
    with pytest.raises(TrainingError, match="relu9_9"):
        VggFeatures(["relu9_9"])
