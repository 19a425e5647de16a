from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures
from livestyle.pretrained import TORCHVISIONS, is_at_hand, load_encoder, load_vgg


def whole(name: str) -> nn.Module:
    """torchvision's network that an encoder is the front of, with random weights."""
    torch.manual_seed(0)
    if name == "inception_v3":
        network = models.inception_v3(weights=None, aux_logits=False, init_weights=False)
    else:
        network = getattr(models, TORCHVISIONS[name][0])(weights=None)
    return network.eval()  # type: ignore[no-any-return]


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


def test_a_vgg_of_something_else_give_a_sentence(tmp_path: Path) -> None:
    save_file({"features.0.weight": torch.zeros(2, 2)}, tmp_path / "x.safetensors")
    with pytest.raises(TrainingError, match="does not hold"):
        load_vgg(["relu1_2"], weights_path=tmp_path / "x.safetensors")


def test_what_ships_is_enough_for_all_but_the_deepest_layers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", Mock(side_effect=OSError("no network")))
    vgg = load_vgg(["relu1_2", "relu5_1"])
    # A VGG that knows edges sees more in bars than in grey.
    grey = torch.full((1, 3, 32, 32), 0.5)
    bars = (torch.arange(32) % 8 < 4).float().expand(1, 3, 32, 32)
    in_bars, in_grey = (vgg(picture, ["relu1_2"])["relu1_2"][..., 8:-8, 8:-8] for picture in (bars, grey))
    assert in_bars.std(dim=(2, 3)).max() > 10 * in_grey.std(dim=(2, 3)).max()
    assert load_encoder("vgg16").state_dict()
    with pytest.raises(TrainingError, match="can't be downloaded"):
        load_vgg(["relu5_3"])


def test_what_is_in_torchs_cache_is_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert not is_at_hand("vgg19")
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "vgg19-dcbb9e9d.pth").touch()
    assert is_at_hand("vgg19")
    assert not is_at_hand("vgg16")


def test_an_unknown_architecture_gives_a_sentence() -> None:
    with pytest.raises(TrainingError, match="choose vgg16 or vgg19"):
        load_vgg(["relu1_2"], "vgg11")  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "layer"), [("inception_v3", "Mixed_6e"), ("mobilenet_v3", "features.12")])
def test_what_it_says_is_the_mean_of_torchvisions_layer(tmp_path: Path, name: str, layer: str) -> None:
    network = whole(name)
    # A norm that has seen many batches, as all that come with ImageNet weights have.
    state = {k: torch.full_like(v, 700_000) if v.dtype == torch.int64 else v for k, v in network.state_dict().items()}
    save_file(state, tmp_path / "x.safetensors")
    encoder = load_encoder(name, tmp_path / "x.safetensors")
    found: list[torch.Tensor] = []
    network.get_submodule(layer).register_forward_hook(lambda *args: found.append(args[2]))
    picture = torch.rand(1, 3, 96, 112)
    shown = 2 * picture - 1 if name == "inception_v3" else (picture - encoder.mean) / encoder.std
    network(shown)
    assert torch.allclose(encoder.describe(picture), found[0].mean(dim=(2, 3)), rtol=1e-3, atol=1e-7)
    # All of it fits into the float16 of a style file.
    assert all(value.half().isfinite().all() for value in encoder.state_dict().values())


def test_an_encoder_of_something_else_give_a_sentence(tmp_path: Path) -> None:
    save_file({"features.0.0.weight": torch.zeros(2, 2)}, tmp_path / "x.safetensors")
    with pytest.raises(TrainingError, match="does not hold the weights of a mobilenet_v3_large"):
        load_encoder("mobilenet_v3", tmp_path / "x.safetensors")
    with pytest.raises(TrainingError, match="inception_v3 weights"):
        load_encoder("inception_v3", tmp_path / "gone.safetensors")


def test_offline_one_is_told_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(self: object, **_: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(models.WeightsEnum, "get_state_dict", offline)
    with pytest.raises(TrainingError, match=r"Connect once, or give .* --encoder-weights"):
        load_encoder("mobilenet_v3")
    with pytest.raises(TrainingError, match="--vgg"):
        load_vgg(["relu1_2"], "vgg19")
