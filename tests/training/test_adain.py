from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from livestyle.errors import TrainingError
from livestyle.networks.adain import LAYERS, AdainNetwork, spread_and_mean
from livestyle.styles.file import read_style_file
from livestyle.styles.load import load_network
from livestyle.training import adain
from livestyle.training import run as training_run
from livestyle.training.adain import AdainConfig, AdainTrainer, Ring, normalize, statistics
from livestyle.training.paintings import find_paintings

CONFIG = AdainConfig(width=16, crop_px=32, batch=2, minutes=0.01)


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adain, "KEPT", 4)
    monkeypatch.setattr(adain, "VIEW_PX", 32)
    monkeypatch.setattr(adain, "STROKE_PX", (48, 64))
    monkeypatch.setattr(adain, "PREVIEW_PX", 32)
    monkeypatch.setattr(training_run, "REPORT_EVERY", 1)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn paintings, four drawn photos and a VGG with random weights."""
    root = tmp_path_factory.mktemp("places")
    rng = np.random.default_rng(0)
    for folder, count in (("paintings", 2), ("photos", 4)):
        (root / folder).mkdir()
        for i in range(count):
            coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
            cv2.imwrite(str(root / folder / f"{i}.png"), cv2.resize(coarse, (96, 72), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file(AdainNetwork(16).encoder.state_dict(), root / "vgg.safetensors")
    return root


def trainer(places: Path, folder: Path, config: AdainConfig = CONFIG) -> AdainTrainer:
    folder.mkdir(exist_ok=True)
    photos = sorted((places / "photos").iterdir())
    paintings = find_paintings([places / "paintings"])
    styles = [painting.path for painting in paintings]
    return AdainTrainer(config, styles, photos, paintings, folder, torch.device("cpu"), places / "vgg.safetensors")


def test_a_run_writes_a_style_file_and_is_taken_up_again(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "run")
    before = [parameter.clone() for parameter in run.network.decoder.parameters()]
    run.run(tmp_path / "out.safetensors")
    assert all((a != b).any() for a, b in zip(before, run.network.decoder.parameters(), strict=True))
    file = read_style_file(tmp_path / "out.safetensors")
    assert (file.spec.family, file.spec.width, file.stroke_px) == ("adain", 16, (48, 64))
    assert list(file.styles) == ["0", "1"]
    assert file.training["steps"] == run.progress.step > 0
    load_network(file)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    lines = [line for line in lines if "warning" not in line]  # so little has been learnt
    assert all({"loss", "content", "style", "pixels"} <= line.keys() for line in lines)
    preview = cv2.imread(str(tmp_path / "run" / "preview.png"))
    assert preview is not None
    assert preview.shape == ((1 + 2 + 1) * 32, 4 * 32, 3)

    again = trainer(places, tmp_path / "run", dataclasses.replace(CONFIG, minutes=0.02))
    assert again.progress.step == run.progress.step
    for name, value in run.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name])
    with pytest.raises(TrainingError, match="another network"):
        trainer(places, tmp_path / "run", dataclasses.replace(CONFIG, width=32))


def test_first_to_undo_the_encoder_then_to_paint(places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adain, "WARM_UP_STEPS", 1)
    run = trainer(places, tmp_path, dataclasses.replace(CONFIG, width=64, rate=4e-3, batch=4))
    undone = np.array([[float(v) for v in run._step(0.0).values()] for _ in range(24)])
    assert not undone[:, 1:3].any()  # neither content nor style
    assert undone[-8:, 3].mean() < 0.9 * undone[:8, 3].mean()
    painted = np.array([[float(v) for v in run._step(0.5).values()] for _ in range(4)])
    assert painted[:, 1:3].all(axis=1).any()


def test_a_loss_that_is_no_number_stops_before_the_weights_suffer(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trainer(places, tmp_path)
    before = [parameter.clone() for parameter in run.network.decoder.parameters()]
    nothing = torch.tensor(float("nan"))
    monkeypatch.setattr(run, "_losses", lambda _: (nothing, nothing, nothing))
    with pytest.raises(TrainingError, match="no longer a number"):
        run.run(tmp_path / "out.safetensors")
    assert all(torch.equal(a, b) for a, b in zip(before, run.network.decoder.parameters(), strict=True))
    assert not (tmp_path / "out.safetensors").exists()


def test_a_damaged_checkpoint_gives_a_sentence(places: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match="damaged"):
        trainer(places, tmp_path)


@pytest.mark.parametrize("wrong", [{"width": 24}, {"crop_px": 60}, {"batch": 0}, {"minutes": 0.0}])
def test_settings_that_make_no_sense_give_a_sentence(wrong: dict[str, int]) -> None:
    with pytest.raises(TrainingError):
        AdainConfig(**wrong)  # type: ignore[arg-type]


def test_a_normalized_vgg_sees_the_same_in_other_units() -> None:
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
