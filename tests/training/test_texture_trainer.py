from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures
from livestyle.textures.file import read_texture_file
from livestyle.textures.paint import load_texture
from livestyle.training import texture_trainer
from livestyle.training.paintings import find_paintings
from livestyle.training.texture_trainer import TextureConfig, TextureTrainer, nearest_neighbour_entropy, rate_factor

CONFIG = TextureConfig(width=2, style_px=64, size_px=64, minutes=0.01, warm_up_steps=2)

# TensorBoard's own dependencies warn on import with new numpy.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorboard")


@pytest.fixture(autouse=True)
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The losses look at the first layers only: a whole VGG takes long."""
    monkeypatch.setattr(texture_trainer, "STYLE_LAYERS", {"relu1_1": 1.0, "relu2_1": 1.0})
    monkeypatch.setattr(texture_trainer, "CONTENT_LAYER", "relu2_1")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn styles, two drawn photos and a VGG with random weights."""
    root = tmp_path_factory.mktemp("places")
    rng = np.random.default_rng(0)
    for folder in ("styles", "photos"):
        (root / folder).mkdir()
        for i in range(2):
            coarse = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
            cv2.imwrite(str(root / folder / f"{i}.png"), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file({n: v.half() for n, v in VggFeatures(["relu2_1"]).state_dict().items()}, root / "vgg.safetensors")
    return root


def trainer(
    places: Path, folder: Path, config: TextureConfig = CONFIG, *, styles: str = "styles/0.png", photos: bool = False
) -> TextureTrainer:
    folder.mkdir(exist_ok=True)
    paths = sorted((places / "photos").iterdir()) if photos else []
    vgg_path = places / "vgg.safetensors"
    return TextureTrainer(config, find_paintings([places / styles]), paths, folder, torch.device("cpu"), vgg_path)


@pytest.mark.parametrize("photos", [False, True])
def test_a_run_leaves_a_texture_file_and_a_preview(places: Path, tmp_path: Path, photos: bool) -> None:
    output = tmp_path / "out.safetensors"
    run = trainer(places, tmp_path / "run", photos=photos)
    run.run(output)
    file = read_texture_file(output)
    assert (file.title, file.paints_photos) == ("0", photos)
    assert file.training["steps"] == run.progress.step > 0
    load_texture(file)
    preview = cv2.imread(str(tmp_path / "run" / "preview.png"))
    assert preview.shape == ((2 * 256, 2 * 256, 3) if photos else (256, 4 * 256, 3))


@pytest.mark.parametrize("photos", [False, True])
def test_the_loss_falls(places: Path, tmp_path: Path, photos: bool) -> None:
    run = trainer(places, tmp_path / "run", photos=photos)
    losses = [float(run._step(0.2)["style"]) for _ in range(15)]
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])


def test_a_killed_run_goes_on_from_its_checkpoint(places: Path, tmp_path: Path) -> None:
    first = trainer(places, tmp_path / "run")
    first.run(tmp_path / "out.safetensors")
    second = trainer(places, tmp_path / "run")
    assert second.progress == first.progress
    for name, value in first.network.state_dict().items():
        assert torch.equal(second.network.state_dict()[name], value)
    assert first._step(0.5) == second._step(0.5)


def test_a_checkpoint_of_another_texture_is_refused(places: Path, tmp_path: Path) -> None:
    trainer(places, tmp_path / "run").run(tmp_path / "out.safetensors")
    with pytest.raises(TrainingError, match="other pictures"):
        trainer(places, tmp_path / "run", styles="styles/1.png")


def test_a_damaged_checkpoint_gives_a_sentence(places: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"cut short")
    with pytest.raises(TrainingError, match="is damaged"):
        trainer(places, tmp_path / "run")


def test_a_loss_that_is_not_a_number_stops_before_the_weights_are_spoilt(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "run")
    weights = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.wanted[1]["relu1_1"][0].fill_(float("nan"))
    with pytest.raises(TrainingError, match="no longer a number"):
        run.run(tmp_path / "out.safetensors")
    assert all(torch.equal(run.network.state_dict()[name], value) for name, value in weights.items())
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_several_styles_count_as_one(places: Path, tmp_path: Path) -> None:
    both, *each = (trainer(places, tmp_path, styles=s) for s in ("styles", "styles/0.png", "styles/1.png"))
    for i in range(2):
        expected = (each[0].wanted[1]["relu2_1"][i] + each[1].wanted[1]["relu2_1"][i]) / 2
        torch.testing.assert_close(both.wanted[1]["relu2_1"][i], expected)


def test_a_cut_is_the_only_part_seen(places: Path, tmp_path: Path) -> None:
    picture = cv2.imread(str(places / "styles" / "0.png"))
    half = tmp_path / "half"
    half.mkdir()
    cv2.imwrite(str(half / "0.png"), picture[:, :64])
    cut = trainer(places, tmp_path / "a", dataclasses.replace(CONFIG, cut=(0.0, 0.0, 0.5, 1.0)))
    same = TextureTrainer(CONFIG, find_paintings([half]), [], tmp_path, torch.device("cpu"), places / "vgg.safetensors")
    torch.testing.assert_close(cut.wanted[1]["relu1_1"], same.wanted[1]["relu1_1"])


def test_entropy_is_of_the_nearest_neighbour() -> None:
    pictures = torch.tensor([0.0, 0.1, 0.9]).view(3, 1, 1, 1).expand(3, 3, 4, 4)
    expected = np.mean(np.log(np.array([0.1, 0.1, 0.8]) + 1e-3))
    assert float(nearest_neighbour_entropy(pictures)) == pytest.approx(expected, rel=1e-4)
    same = torch.zeros(2, 3, 4, 4, requires_grad=True)
    nearest_neighbour_entropy(same).backward()  # type: ignore[no-untyped-call]
    assert same.grad is not None
    assert bool(same.grad.isfinite().all())


def test_photos_that_are_too_small_give_a_sentence(places: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "small.png"), np.zeros((20, 20, 3), np.uint8))
    styles = find_paintings([places / "styles"])
    with pytest.raises(TrainingError, match="short side"):
        TextureTrainer(
            CONFIG, styles, [tmp_path / "small.png"], tmp_path, torch.device("cpu"), places / "vgg.safetensors"
        )


@pytest.mark.parametrize(
    "change",
    [
        {"batch": 0},
        {"minutes": 0.0},
        {"size_px": 100},
        {"style_px": 8},
        {"cut": (0.5, 0.0, 0.5, 1.0)},
        {"cut": (0.0, 0.0, math.nan, 1.0)},
    ],
)
def test_senseless_settings_give_a_sentence(change: dict[str, object]) -> None:
    with pytest.raises(TrainingError):
        dataclasses.replace(CONFIG, **change)  # type: ignore[arg-type]


def test_the_rate_warms_up_and_cools_down() -> None:
    config = TextureConfig(warm_up_steps=20, decay_from=0.5)
    assert [rate_factor(*at, config) for at in ((0, 0.0), (99, 0.4), (99, 0.75), (99, 1.01))] == [0.05, 1, 0.5, 0]
