from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.errors import TrainingError
from livestyle.networks.patches import PICTURE_PX, PatchNetwork
from livestyle.networks.vgg import VggFeatures
from livestyle.styles.file import read_style_file
from livestyle.styles.load import load_network
from livestyle.training import autoencoder
from livestyle.training import run as training_run
from livestyle.training.autoencoder import AutoencoderConfig, AutoencoderTrainer
from livestyle.training.paintings import find_paintings

CONFIG = AutoencoderConfig(width=4, minutes=0.02, batch=2, crop_px=48, photo_px=96, checkpoint_every_s=1000.0)

# TensorBoard's own dependencies warn on import with new numpy.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorboard")


@pytest.fixture(autouse=True)
def small_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoencoder, "PREVIEW_PX", 64)
    monkeypatch.setattr(training_run, "REPORT_EVERY", 1)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four drawn pictures and a VGG with random weights."""
    root = tmp_path_factory.mktemp("places")
    rng = np.random.default_rng(0)
    (root / "pictures").mkdir()
    for i in range(4):
        coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
        cv2.imwrite(str(root / "pictures" / f"{i}.png"), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file(VggFeatures(["relu2_2"]).state_dict(), root / "vgg.safetensors")
    return root


def trainer(places: Path, folder: Path, **changes: Any) -> AutoencoderTrainer:
    folder.mkdir(exist_ok=True)
    pictures = sorted((places / "pictures").iterdir())
    paintings = find_paintings(pictures[:2])
    device = torch.device("cpu")
    return AutoencoderTrainer(
        replace(CONFIG, **changes), pictures, paintings, folder, device, places / "vgg.safetensors"
    )


def test_a_run_leaves_a_style_file_a_log_and_a_preview(places: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    run = trainer(places, tmp_path / "run")
    run.run(output)
    file = read_style_file(output)
    assert (file.spec.family, list(file.styles), file.reads_pictures) == ("patches", ["0", "1"], True)
    assert isinstance(load_network(file), PatchNetwork)
    assert file.training["steps"] == run.progress.step > 0
    square = file.styles["1"].codes[0, :-1].reshape(3, PICTURE_PX, PICTURE_PX)
    assert 0 <= square.min() < square.max() <= 1
    first = json.loads((tmp_path / "run" / "log.jsonl").read_text().splitlines()[0])
    assert {"image", "pitstop", "cycle", "texture"} < first.keys()
    # Three photos: as they are, as decoded, and in both styles.
    assert cv2.imread(str(tmp_path / "run" / "preview.png")).shape == (4 * 64, 3 * 64, 3)


def test_it_learns_to_give_pictures_back(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "run")
    errors = []
    for run.progress.step in range(60):
        errors.append(float(run._step(0.0)["image"]))
    assert np.mean(errors[-5:]) < 0.6 * np.mean(errors[:5])


def test_the_same_command_goes_on(places: Path, tmp_path: Path) -> None:
    first = trainer(places, tmp_path / "run")
    first.run(tmp_path / "out.safetensors")
    second = trainer(places, tmp_path / "run", minutes=0.03)
    assert second.progress == first.progress
    for name, value in first.network.state_dict().items():
        assert torch.equal(second.network.state_dict()[name], value)
    second.run(tmp_path / "out.safetensors")
    assert second.progress.step > first.progress.step


def test_a_checkpoint_of_another_network_gives_a_sentence(places: Path, tmp_path: Path) -> None:
    trainer(places, tmp_path / "run").run(tmp_path / "out.safetensors")
    with pytest.raises(TrainingError, match="another network"):
        trainer(places, tmp_path / "run", width=6)
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"cut short")
    with pytest.raises(TrainingError, match="damaged"):
        trainer(places, tmp_path / "run")


def test_a_loss_that_is_no_number_stops_before_the_weights_are_spoilt(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "run", image_weight=float("nan"))
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    with pytest.raises(TrainingError, match="no longer a number"):
        run.run(tmp_path / "out.safetensors")
    assert all(torch.equal(value, before[name]) for name, value in run.network.state_dict().items())
    assert not run.checkpoint_path.exists()


@pytest.mark.parametrize("changes", [{"batch": 1}, {"crop_px": 100}, {"crop_px": 32}, {"minutes": 0}])
def test_settings_that_can_not_work_give_a_sentence(changes: dict[str, Any]) -> None:
    with pytest.raises(TrainingError):
        replace(CONFIG, **changes)


def test_pictures_too_small_give_a_sentence(places: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="short side"):
        trainer(places, tmp_path / "run", crop_px=256)
