from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import TrainingError
from livestyle.networks.build import build_network
from livestyle.networks.families import NetworkSpec
from livestyle.networks.predictor import for_predictor
from livestyle.sources.pictures import read_picture
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.styles.load import load_network
from livestyle.styles.predict import predict_style
from livestyle.training.compute import Compute
from livestyle.training.config import StylesConfig
from livestyle.training.methods.styles import Styles, temporal_factor
from livestyle.training.paintings import find_paintings
from livestyle.training.presets import PRESETS
from livestyle.training.run import Run
from livestyle.training.style_model import StyleModel

CONFIG = StylesConfig(
    width=8,
    style_layers=("relu1_2", "relu2_1"),
    style_layer_weights=(1.0, 1.0),
    content_layer="relu2_1",
    half_layers=("relu1_2",),
    stroke_px=(64, 96),
    other_styles_kept=3,
    photo_px=96,
    crop_px=72,
    seen_px=64,
    small_seen_px=64,
    batch=2,
    steps=4,
    minutes=1e6,
    warm_up_steps=2,
)


def styles(places: Path, config: StylesConfig = CONFIG, *, predicts: bool = False, **more: Any) -> Styles:
    photos = sorted((places / "photos").iterdir())
    paintings, others = find_paintings([places / "styles"]), photos if predicts else []
    compute = Compute.seeded(torch.device("cpu"), config.seed)
    return Styles(config, compute, paintings, photos, others, vgg=places / "vgg.safetensors", **more)


def shipped(method: Styles) -> StyleFile:
    """What a run would ship before its first step."""
    return method.file(method.model.requires_grad_(False), {})


def trained(method: Styles, folder: Path) -> StyleFile:
    Run(method, folder, folder / "out.safetensors").go()
    return read_style_file(folder / "out.safetensors")


def test_with_other_styles_a_predictor_is_learnt_and_shipped(places: Path, tmp_path: Path) -> None:
    file = trained(styles(places, predicts=True), tmp_path)
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    style = predict_style(file, picture, "noise", "Noise")
    assert style.codes.shape == file.styles["0"].codes.shape == (2, len(file.identity))
    assert not np.allclose(style.codes, file.styles["0"].codes)
    # What is predicted for a painting is where its own codes started from, and they have not gone far.
    painting = read_picture(places / "styles" / "0.png")
    near = predict_style(file, painting, "0", "0").codes - file.styles["0"].codes
    assert np.abs(near).mean() < np.abs(style.codes - file.styles["0"].codes).mean() + 0.05


def test_a_run_starts_from_a_style_file(places: Path, tmp_path: Path) -> None:
    file = trained(styles(places, predicts=True), tmp_path)
    again = shipped(styles(places, predicts=True, start=file))
    for name, style in file.styles.items():
        np.testing.assert_allclose(again.styles[name].codes, style.codes, atol=0.01)
    np.testing.assert_allclose(again.identity, file.identity)


def test_a_wider_run_starts_with_the_paintings_of_the_narrower(places: Path, tmp_path: Path) -> None:
    file = trained(styles(places), tmp_path)
    wide = shipped(styles(places, dataclasses.replace(CONFIG, width=16), start=file))
    photo = torch.rand(1, 3, 32, 48)
    for name, style in file.styles.items():
        before = load_network(file)(photo, torch.from_numpy(style.codes[0])[None])
        after = load_network(wide)(photo, torch.from_numpy(wide.styles[name].codes[0])[None])
        assert (before - after).abs().max() < 0.01
    with pytest.raises(TrainingError, match="another network"):
        styles(places, dataclasses.replace(CONFIG, width=32), start=file)


def test_a_run_of_other_paintings_or_with_a_predictor_is_another(places: Path) -> None:
    runs = [styles(places), styles(places, predicts=True), styles(places, dataclasses.replace(CONFIG, width=16))]
    assert len({str(run.identity) for run in runs}) == 3


MODEL = StyleModel(build_network(NetworkSpec("s2d", 2)), 1, (100, 200, 400))


@given(stroke_px=st.floats(10, 1000))
def test_strokes_between_two_sizes_are_between_their_codes(stroke_px: float) -> None:
    codes = torch.tensor([[0.0], [1.0], [2.0]])
    expected = float(np.clip(np.log2(stroke_px / 100), 0, 2))
    assert float(MODEL.at_stroke(codes, stroke_px)[0]) == pytest.approx(expected, abs=1e-5)


def test_an_encoder_from_scratch_is_trained_and_shipped(places: Path, tmp_path: Path) -> None:
    config = dataclasses.replace(CONFIG, encoder="scratch", other_styles_from=0.5)
    method = styles(places, config, predicts=True)
    assert method.model.encoder is not None
    before = {k: v.clone() for k, v in method.model.encoder.state_dict().items()}
    assert all(sample.row is not None for sample in (method._sample(0.4) for _ in range(30)) if sample.view)
    assert any(sample.row is None for sample in (method._sample(0.6) for _ in range(60)) if sample.view)
    run = Run(method, tmp_path, tmp_path / "out.safetensors")
    run.go()
    assert all(not torch.equal(v, before[k]) for k, v in method.model.encoder.state_dict().items() if "weight" in k)
    file = read_style_file(tmp_path / "out.safetensors")
    assert file.encoder == "scratch"
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    codes = predict_style(file, picture, "noise", "Noise").codes
    with torch.no_grad():
        seen = for_predictor(torch.from_numpy(picture.transpose(2, 0, 1))[None].float() / 255)
        assert np.abs(run.average.predicted([seen[0]])[0].numpy() - codes).max() < 0.05
    again = styles(places, config, predicts=True, start=file)
    assert again.model.encoder is not None
    for name, value in again.model.encoder.state_dict().items():
        assert torch.equal(value, torch.from_numpy(file.predictor[f"encoder.{name}"].astype(np.float32)))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_train(places: Path, tmp_path: Path, name: str) -> None:
    tiny = {"width": 4, "crop_px": 64, "seen_px": 64, "small_seen_px": 64, "photo_px": 96, "batch": 2, "steps": 1}
    layers = {"style_layers": CONFIG.style_layers, "content_layer": "relu2_1", "stroke_px": (64,)}
    weights = PRESETS[name].style_layer_weights[:2]
    config = dataclasses.replace(PRESETS[name], **tiny, **layers, style_layer_weights=weights)
    assert trained(styles(places, config), tmp_path).spec == NetworkSpec("johnson", 4)


def test_the_temporal_loss_grows_from_nothing() -> None:
    config = StylesConfig(temporal_from=0.1, temporal_full=0.2)
    assert [temporal_factor(share, config) for share in (0.0, 0.1, 0.15, 0.2, 0.9)] == pytest.approx([0, 0, 0.5, 1, 1])
