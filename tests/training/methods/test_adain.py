from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from livestyle.errors import TrainingError
from livestyle.networks.adain import LAYERS, AdainNetwork, spread_and_mean
from livestyle.training.compute import Compute
from livestyle.training.config import AdainConfig
from livestyle.training.methods.adain import Adain, Ring, normalize, statistics
from livestyle.training.paintings import find_paintings


def test_first_to_undo_the_encoder_then_to_paint(places: Path, compute: Compute) -> None:
    config = AdainConfig(width=16, crop_px=32, batch=4, kept=4, view_px=32, stroke_px=(48, 64))
    paintings, photos = find_paintings([places / "styles"]), sorted((places / "photos").iterdir())
    method = Adain(config, compute, paintings, photos, vgg=places / "vgg.safetensors")
    undone, _ = method.losses(0, 0.1)
    assert set(undone) == {"pixels"}
    assert undone["pixels"] > 0
    painted = [method.losses(step, 0.5)[0] for step in range(4)]
    for name in ("content", "style", "photo", "grid"):
        assert any(losses[name] > 0 for losses in painted)


def test_all_but_the_encoder_learns(places: Path, compute: Compute) -> None:
    config = AdainConfig(width=16, crop_px=32, batch=4, kept=4, view_px=32, stroke_px=(48, 64))
    paintings, photos = find_paintings([places / "styles"]), sorted((places / "photos").iterdir())
    method = Adain(config, compute, paintings, photos, vgg=places / "vgg.safetensors")
    learns = {id(parameter) for group in method.groups() for parameter in group.parameters}
    left = {name for name, parameter in method.model.named_parameters() if id(parameter) not in learns}
    assert left
    assert all(name.startswith("encoder.") for name in left)


def test_it_goes_on_from_a_style_file_of_the_same_width_alone(places: Path, compute: Compute) -> None:
    config = AdainConfig(width=16, crop_px=32, batch=4, kept=4, view_px=32, stroke_px=(48, 64))
    paintings, photos = find_paintings([places / "styles"]), sorted((places / "photos").iterdir())
    first = Adain(config, compute, paintings, photos, vgg=places / "vgg.safetensors")
    file = first.file(first.model, {})
    second = Adain(config, compute, paintings, photos, start=file)
    for name, value in second.model.state_dict().items():
        assert torch.allclose(value, first.model.state_dict()[name], rtol=1e-3, atol=1e-3)
    wider = AdainConfig(width=32, crop_px=32, batch=4, kept=4, view_px=32, stroke_px=(48, 64))
    with pytest.raises(TrainingError, match="of another network"):
        Adain(wider, compute, paintings, photos, start=file)


def test_a_normalized_vgg_sees_the_same_in_other_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livestyle.networks.vgg.STAGE_CHANNELS", (32, 32, 64, 64, 64))  # of few most never fire
    torch.manual_seed(0)
    vgg, photos = AdainNetwork(16).encoder, torch.rand(6, 3, 32, 32)
    before = vgg(photos)
    normalize(vgg, photos)
    after = vgg(photos)
    for layer in LAYERS:
        assert after[layer].std(dim=(0, 2, 3)).median() == pytest.approx(1, abs=0.01)
        units = after[layer].mean(dim=(0, 2, 3)) / before[layer].mean(dim=(0, 2, 3)).clamp(min=1e-9)
        assert torch.allclose(after[layer], before[layer] * units[:, None, None], rtol=1e-3, atol=1e-3)


def test_the_gradient_of_statistics_is_that_of_autograd() -> None:
    features = torch.rand(2, 5, 6, 7)
    gradients = []
    for measure in (statistics, spread_and_mean):
        x = features.clone().requires_grad_()
        spread, mean = measure(x)
        ((spread * torch.arange(5)).sum() + (mean**2).sum()).backward()  # type: ignore[no-untyped-call]
        assert x.grad is not None
        gradients.append(x.grad)
    assert torch.allclose(*gradients, atol=1e-6)


def test_a_ring_replaces_the_oldest() -> None:
    numbers = iter(range(100))

    def make(count: int) -> tuple[Tensor, ...]:
        made = torch.tensor([next(numbers) for _ in range(count)])
        return made, 10 * made

    ring = Ring(make, 4, 2, torch.Generator().manual_seed(0))
    ring.refresh()
    seen, tens = ring.pick(50)
    assert set(seen.tolist()) == {2, 3, 4, 5}
    assert torch.equal(tens, 10 * seen)
    ring.refresh()
    assert set(ring.pick(50)[0].tolist()) == {4, 5, 6, 7}
