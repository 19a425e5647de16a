from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures, load_vgg


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


def test_loads_half_precision_safetensors(tmp_path: Path) -> None:
    torch.manual_seed(0)
    source = VggFeatures(["relu1_2"])
    save_file({k: v.half() for k, v in source.state_dict().items()}, tmp_path / "vgg.safetensors")
    loaded = load_vgg(["relu1_2"], weights_path=tmp_path / "vgg.safetensors")
    for name, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.allclose(value, source.state_dict()[name], atol=1e-3)


@pytest.mark.parametrize("content", [None, b"not weights at all"])
def test_missing_or_foreign_weights_give_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "vgg.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingError, match="VGG weights"):
        load_vgg(["relu1_2"], weights_path=path)


def test_weights_of_something_else_give_a_sentence(tmp_path: Path) -> None:
    save_file({"features.0.weight": torch.zeros(2, 2)}, tmp_path / "x.safetensors")
    with pytest.raises(TrainingError, match="does not hold"):
        load_vgg(["relu1_2"], weights_path=tmp_path / "x.safetensors")


def test_an_unknown_architecture_gives_a_sentence() -> None:
    with pytest.raises(TrainingError, match="choose vgg16 or vgg19"):
        load_vgg(["relu1_2"], "vgg11")  # type: ignore[arg-type]
