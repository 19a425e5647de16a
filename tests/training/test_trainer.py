from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from livestyle.errors import TrainingError
from livestyle.networks.build import build_network
from livestyle.networks.families import NetworkSpec
from livestyle.networks.predictor import for_predictor
from livestyle.networks.vgg import VggFeatures
from livestyle.sources.pictures import read_picture
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.styles.load import load_network
from livestyle.styles.predict import predict_style
from livestyle.training.canvas import Canvas
from livestyle.training.config import TrainConfig
from livestyle.training.paintings import find_paintings
from livestyle.training.presets import PRESETS
from livestyle.training.trainer import Trainer, rate_factor, temporal_factor

CONFIG = TrainConfig(
    width=8,
    style_layers=("relu1_2", "relu2_1"),
    style_layer_weights=(1.0, 1.0),
    content_layer="relu2_1",
    half_layers=("relu1_2",),
    stroke_px=(64, 96),
    passers=3,
    photo_px=96,
    crop_px=72,
    seen_px=64,
    small_seen_px=64,
    batch=2,
    minutes=0.02,
    warm_up_steps=2,
    temporal_from=0.1,
    temporal_full=0.2,
    checkpoint_every_s=1000.0,
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn paintings, four drawn photos and a VGG with random weights."""
    root = tmp_path_factory.mktemp("places")
    rng = np.random.default_rng(0)
    for folder, count in (("paintings", 2), ("photos", 4)):
        (root / folder).mkdir()
        for i in range(count):
            coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
            cv2.imwrite(str(root / folder / f"{i}.png"), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file(VggFeatures(["relu3_3"]).state_dict(), root / "vgg.safetensors")
    return root


def trainer(
    places: Path, folder: Path, config: TrainConfig = CONFIG, *, predicts: bool = False, start: StyleFile | None = None
) -> Trainer:
    folder.mkdir(exist_ok=True)
    photos = sorted((places / "photos").iterdir())
    paintings = find_paintings([places / "paintings"])
    passers = photos if predicts else []
    return Trainer(config, paintings, photos, folder, torch.device("cpu"), places / "vgg.safetensors", passers, start)


# TensorBoard's own dependencies warn on import with new numpy.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorboard")


def test_a_run_leaves_a_style_file_a_log_and_a_preview(places: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    run = trainer(places, tmp_path / "run")
    run.run(output)
    file = read_style_file(output)
    assert list(file.styles) == ["0", "1"]
    assert file.training["steps"] == run.progress.step > 0
    network = load_network(file)
    assert not np.allclose(file.styles["0"].codes[0], network.neutral_code().numpy())
    assert cv2.imread(str(tmp_path / "run" / "preview.png")).shape == (4 * 256, 4 * 256, 3)
    assert list((tmp_path / "run").glob("events.out.tfevents.*"))


def test_with_other_pictures_a_predictor_is_learnt_and_shipped(places: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    run = trainer(places, tmp_path / "run", predicts=True)
    run.run(output)
    file = read_style_file(output)
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    style = predict_style(file, picture, "noise", "Noise")
    assert style.codes.shape == file.styles["0"].codes.shape == (2, len(file.identity))
    assert not np.allclose(style.codes, file.styles["0"].codes)
    # What is predicted for a painting is where its own codes started from, and they have not gone far.
    painting = read_picture(places / "paintings" / "0.png")
    near = predict_style(file, painting, "0", "0").codes - file.styles["0"].codes
    assert np.abs(near).mean() < np.abs(style.codes - file.styles["0"].codes).mean() + 0.05


def test_a_run_starts_from_a_style_file(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "one", predicts=True)
    run.run(tmp_path / "out.safetensors")
    file = read_style_file(tmp_path / "out.safetensors")
    again = trainer(places, tmp_path / "two", predicts=True, start=file).style_file()
    for name, style in file.styles.items():
        np.testing.assert_allclose(again.styles[name].codes, style.codes, atol=0.01)
    np.testing.assert_allclose(again.identity, file.identity)


def test_a_wider_run_starts_with_the_paintings_of_the_narrower(places: Path, tmp_path: Path) -> None:
    narrow = trainer(places, tmp_path / "one")
    narrow.run(tmp_path / "out.safetensors")
    file = read_style_file(tmp_path / "out.safetensors")
    wide = trainer(places, tmp_path / "two", dataclasses.replace(CONFIG, width=16), start=file).style_file()
    photo = torch.rand(1, 3, 32, 48)
    for name, style in file.styles.items():
        before = load_network(file)(photo, torch.from_numpy(style.codes[0])[None])
        after = load_network(wide)(photo, torch.from_numpy(wide.styles[name].codes[0])[None])
        assert (before - after).abs().max() < 0.01
    with pytest.raises(TrainingError, match="another network"):
        trainer(places, tmp_path / "three", dataclasses.replace(CONFIG, width=32), start=file)


@given(stroke_px=st.floats(10, 1000))
def test_strokes_between_two_sizes_are_between_their_codes(stroke_px: float) -> None:
    canvas = Canvas(build_network(NetworkSpec("s2d", 8)), 1, (100, 200, 400))
    codes = torch.tensor([[0.0], [1.0], [2.0]])
    expected = float(np.clip(np.log2(stroke_px / 100), 0, 2))
    assert float(canvas.at_stroke(codes, stroke_px)[0]) == pytest.approx(expected, abs=1e-5)


def test_losses_fall(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "run")
    before = [float(run._step(0.3)["loss"]) for _ in range(8)]
    for _ in range(40):
        run.progress.step += 1
        run._step(0.3)
    after = [float(run._step(0.3)["loss"]) for _ in range(8)]
    assert np.mean(after) < 0.8 * np.mean(before)


def test_an_encoder_from_scratch_is_trained_and_shipped(places: Path, tmp_path: Path) -> None:
    config = dataclasses.replace(CONFIG, encoder="scratch", steps=4, minutes=5.0, passers_from=0.5)
    run = trainer(places, tmp_path / "run", config, predicts=True)
    assert run.canvas.encoder is not None
    before = {k: v.clone() for k, v in run.canvas.encoder.state_dict().items()}
    assert all(sitting.row is not None for sitting in (run._sitting(0.4) for _ in range(30)) if sitting.view)
    assert any(sitting.row is None for sitting in (run._sitting(0.6) for _ in range(60)) if sitting.view)
    run.run(tmp_path / "out.safetensors")
    assert run.progress.step == 4
    assert all(not torch.equal(v, before[k]) for k, v in run.canvas.encoder.state_dict().items() if "weight" in k)
    file = read_style_file(tmp_path / "out.safetensors")
    assert file.encoder == "scratch"
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    codes = predict_style(file, picture, "noise", "Noise").codes
    with torch.no_grad():
        seen = for_predictor(torch.from_numpy(picture.transpose(2, 0, 1))[None].float() / 255)
        assert np.abs(run.average.predicted([seen[0]])[0].numpy() - codes).max() < 0.05
    again = trainer(places, tmp_path / "two", config, predicts=True, start=file)
    assert again.canvas.encoder is not None
    for name, value in again.canvas.encoder.state_dict().items():
        assert torch.equal(value, torch.from_numpy(file.predictor[f"encoder.{name}"].astype(np.float32)))


def test_a_checkpoint_of_before_there_were_encoders_is_taken_up(places: Path, tmp_path: Path) -> None:
    first = trainer(places, tmp_path / "run")
    first.run(tmp_path / "out.safetensors")
    state = torch.load(first.checkpoint_path, weights_only=True)
    del state["run"]["encoder"]
    torch.save(state, first.checkpoint_path)
    assert trainer(places, tmp_path / "run").progress == first.progress
    with pytest.raises(TrainingError, match="another network"):
        trainer(places, tmp_path / "run", dataclasses.replace(CONFIG, encoder="scratch"))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_train(places: Path, tmp_path: Path, name: str) -> None:
    tiny = {"width": 4, "crop_px": 64, "seen_px": 64, "small_seen_px": 64, "photo_px": 96, "batch": 2, "steps": 2}
    layers = {"style_layers": CONFIG.style_layers, "content_layer": "relu2_1", "stroke_px": (64,)}
    config = dataclasses.replace(
        PRESETS[name], **tiny, **layers, style_layer_weights=PRESETS[name].style_layer_weights[:2]
    )
    run = trainer(places, tmp_path / "run", config)
    assert np.isfinite(float(run._step(0.5)["loss"]))
    run.run(tmp_path / "out.safetensors")
    assert run.progress.step == 2
    assert read_style_file(tmp_path / "out.safetensors").spec == NetworkSpec("johnson", 4)


def test_a_killed_run_goes_on_from_its_checkpoint(places: Path, tmp_path: Path) -> None:
    first = trainer(places, tmp_path / "run")
    first.run(tmp_path / "out.safetensors")
    second = trainer(places, tmp_path / "run")
    assert second.progress == first.progress
    for name, value in first.canvas.state_dict().items():
        assert torch.equal(second.canvas.state_dict()[name], value)
    for name, value in first.average.state_dict().items():
        assert torch.equal(second.average.state_dict()[name], value)
    # The budget is spent, so nothing more is trained.
    second.run(tmp_path / "out.safetensors")
    assert second.progress.step == first.progress.step


def test_a_checkpoint_of_other_paintings_is_refused(places: Path, tmp_path: Path) -> None:
    trainer(places, tmp_path / "run").run(tmp_path / "out.safetensors")
    other = find_paintings([places / "paintings" / "0.png"])
    photos = sorted((places / "photos").iterdir())
    with pytest.raises(TrainingError, match="other pictures"):
        Trainer(CONFIG, other, photos, tmp_path / "run", torch.device("cpu"), places / "vgg.safetensors")


def test_a_damaged_checkpoint_gives_a_sentence(places: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"cut short")
    with pytest.raises(TrainingError, match="is damaged"):
        trainer(places, tmp_path / "run")


def test_a_loss_that_is_not_a_number_stops_before_the_weights_are_spoilt(places: Path, tmp_path: Path) -> None:
    run = trainer(places, tmp_path / "run")
    weights = {k: v.clone() for k, v in run.canvas.state_dict().items()}
    for view in (view for views in run.views for view in views):
        view.full["relu1_2"][0].fill_(float("nan"))
    with pytest.raises(TrainingError, match="no longer a number"):
        run.run(tmp_path / "out.safetensors")
    assert all(torch.equal(run.canvas.state_dict()[k], v) for k, v in weights.items())
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_a_gradient_that_is_not_a_number_stops_at_the_last_checkpoint(places: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    trainer(places, tmp_path / "run").run(output)
    kept = {p: p.read_bytes() for p in (output, tmp_path / "run" / "checkpoint.pt")}
    run = trainer(places, tmp_path / "run", dataclasses.replace(CONFIG, minutes=1.0))
    before = [v.clone() for m in (run.canvas, run.average) for v in m.state_dict().values()]
    # As of a square root at 0: the loss itself is fine.
    run.canvas.codes.register_hook(lambda gradient: gradient * float("nan"))
    with pytest.raises(TrainingError, match=r"gradient .* no longer a number .* last checkpoint is good"):
        run.run(output)
    after = [v for m in (run.canvas, run.average) for v in m.state_dict().values()]
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
    assert all(path.read_bytes() == content for path, content in kept.items())
    assert "no longer a number" in (tmp_path / "run" / "log.jsonl").read_text()


def test_a_run_whose_styles_are_one_says_so_at_its_checkpoint(
    places: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trainer(places, tmp_path / "run", dataclasses.replace(CONFIG, code_rate=1e-9, rate=1e-9))
    run.run(tmp_path / "out.safetensors")
    assert "Warning: All styles paint nearly the same" in capsys.readouterr().err
    assert '"warning": "All styles' in (tmp_path / "run" / "log.jsonl").read_text()


def test_the_seed_decides_the_first_steps(places: Path, tmp_path: Path) -> None:
    one, two = (float(trainer(places, tmp_path / name)._step(0.3)["loss"]) for name in ("a", "b"))
    assert one == pytest.approx(two, rel=1e-4)


def test_photos_that_are_too_small_give_a_sentence(places: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "small.png"), np.zeros((20, 20, 3), np.uint8))
    paintings = find_paintings([places / "paintings"])
    with pytest.raises(TrainingError, match="short side"):
        Trainer(CONFIG, paintings, [tmp_path / "small.png"], tmp_path, torch.device("cpu"), places / "vgg.safetensors")


def test_the_rate_warms_up_and_cools_down() -> None:
    config = TrainConfig(warm_up_steps=100, decay_from=0.6)
    assert rate_factor(0, 0.0, config) == pytest.approx(0.01)
    assert rate_factor(500, 0.3, config) == 1
    assert rate_factor(500, 0.8, config) == pytest.approx(0.5)
    assert rate_factor(500, 1.01, config) == 0
    assert rate_factor(500, 0.99, TrainConfig(decay_from=1.0)) == 1


def test_the_temporal_loss_grows_from_nothing() -> None:
    config = TrainConfig(temporal_from=0.1, temporal_full=0.2)
    assert [temporal_factor(share, config) for share in (0.0, 0.1, 0.15, 0.2, 0.9)] == pytest.approx([0, 0, 0.5, 1, 1])
