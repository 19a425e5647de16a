"""Every method is held to what every run is to do."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest
import torch
from torch import Tensor

from livestyle.errors import TrainingError
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.styles.load import load_network
from livestyle.textures.file import read_texture_file
from livestyle.textures.paint import load_texture
from livestyle.training.compute import Compute
from livestyle.training.config import AdainConfig, DistilConfig, PatchesConfig, StylesConfig, TextureConfig
from livestyle.training.methods.adain import Adain
from livestyle.training.methods.distil import Distil
from livestyle.training.methods.patches import Patches
from livestyle.training.methods.predictor import predictor
from livestyle.training.methods.styles import Styles
from livestyle.training.methods.texture import Texture
from livestyle.training.paintings import find_paintings
from livestyle.training.run import AnyMethod, Run

STYLES = StylesConfig(
    width=8,
    style_layers=("relu1_2", "relu2_1"),
    style_layer_weights=(1.0, 1.0),
    content_layer="relu2_1",
    half_layers=("relu1_2",),
    stroke_px=(64, 96),
    other_styles_kept=2,
    photo_px=96,
    crop_px=64,
    seen_px=64,
    small_seen_px=64,
    batch=2,
)
DISTIL = DistilConfig(width=4, photo_px=96, crop_px=64, batch=2)
ADAIN = AdainConfig(width=16, crop_px=32, batch=2, kept=4, view_px=32, stroke_px=(48, 64))
PATCHES = PatchesConfig(width=4, batch=2, crop_px=48, photo_px=96)
TEXTURE = TextureConfig(width=2, style_px=64, size_px=64, style_layers=("relu1_1", "relu2_1"), content_layer="relu2_1")


def one_stroke(file: StyleFile) -> StyleFile:
    """With a code for one size of strokes only, which is small."""
    styles = {name: dataclasses.replace(style, codes=style.codes[:1]) for name, style in file.styles.items()}
    return dataclasses.replace(file, stroke_px=(64,), styles=styles)


Make = Callable[..., AnyMethod]
STEPS = {"steps": 3, "minutes": 1e6, "warm_up_steps": 1, "decay_from": 0.5}


@pytest.fixture(params=["styles", "predictor", "distil", "adain", "patches", "texture"])
def make(request: pytest.FixtureRequest, places: Path, tiny_file: StyleFile) -> Make:
    """Makes one of the methods, its settings changed."""
    paintings, photos, vgg = (
        find_paintings([places / "styles"]),
        sorted((places / "photos").iterdir()),
        places / "vgg.safetensors",
    )

    def made(**changes: Any) -> AnyMethod:
        compute = Compute.seeded(torch.device("cpu"), 0)
        changes = STEPS | changes
        match request.param:
            case "styles":
                config = dataclasses.replace(STYLES, **changes)
                return Styles(config, compute, paintings, photos, photos, vgg=vgg)
            case "predictor":
                config = dataclasses.replace(STYLES, **changes)
                return predictor(tiny_file, config, compute, paintings, photos, photos, vgg=vgg)
            case "distil":
                return Distil(dataclasses.replace(DISTIL, **changes), compute, tiny_file, photos)
            case "adain":
                return Adain(dataclasses.replace(ADAIN, **changes), compute, paintings, photos, vgg=vgg)
            case "patches":
                return Patches(dataclasses.replace(PATCHES, **changes), compute, paintings, photos, vgg=vgg)
            case _:
                return Texture(dataclasses.replace(TEXTURE, **changes), compute, paintings, vgg=vgg)

    return made


def state(run: Run[Any]) -> list[Tensor]:
    return [value.clone() for module in (run.method.model, run.average) for value in module.state_dict().values()]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def interrupted(run: Run[Any], at: int, error: BaseException) -> None:
    """Runs until a step in which the error comes."""
    losses = run.method.losses

    def until(step: int, share: float) -> Any:
        if step == at:
            raise error
        return losses(step, share)

    run.method.losses = until
    with pytest.raises(type(error)):
        run.go()


def test_a_run_by_steps_leaves_a_file_a_log_a_preview_and_a_page(make: Make, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    run = Run(make(), tmp_path, output)
    before = [p.clone() for group in run.groups for p in group.parameters]
    run.go()
    assert run.progress.step == 3
    assert any(
        not torch.equal(a, p) for a, p in zip(before, (p for g in run.groups for p in g.parameters), strict=True)
    )
    if isinstance(run.method, Texture):
        load_texture(texture := read_texture_file(output))
        assert texture.training["steps"] == 3
    else:
        load_network(file := read_style_file(output))
        assert file.training.get("predictor", file.training)["steps"] == 3
    figures = [line for line in log(tmp_path) if "loss" in line]
    assert [line["step"] for line in figures] == [1, 2, 3]
    shown = run.method.preview(run.average).picture().shape
    assert cv2.imread(str(tmp_path / "preview.png")).shape == (*shown[1:], 3)
    assert list(tmp_path.glob("events.out.tfevents.*"))


def test_the_rate_warms_up_stays_and_falls(make: Make, tmp_path: Path) -> None:
    run = Run(make(steps=4, warm_up_steps=2), tmp_path, tmp_path / "out.safetensors")
    losses, factors = run.method.losses, []

    def seen(step: int, share: float) -> Any:
        stated = zip(run.optimizer.param_groups, run.groups, strict=True)
        factors.append({round(group["lr"] / of.rate, 6) for group, of in stated})
        return losses(step, share)

    run.method.losses = seen
    run.go()
    assert factors == [{0.5}, {1.0}, {1.0}, {0.5}]


def test_a_killed_run_goes_on_from_its_checkpoint(make: Make, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    first = Run(make(checkpoint_every_s=0.0), tmp_path, output)
    interrupted(first, 2, RuntimeError("killed"))
    kept = state(first)
    second = Run(make(), tmp_path, output)
    assert second.progress == first.progress
    assert same(state(second), kept)
    optimizers = [run.optimizer.state_dict()["state"] for run in (first, second)]
    assert all(torch.equal(a["exp_avg"], b["exp_avg"]) for a, b in zip(*(o.values() for o in optimizers), strict=True))
    second.go()
    assert second.progress.step == 3


def test_ctrl_c_writes_a_checkpoint(make: Make, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    first = Run(make(), tmp_path, output)
    interrupted(first, 1, KeyboardInterrupt())
    assert output.exists()
    assert (tmp_path / "preview.png").exists()
    second = Run(make(), tmp_path, output)
    assert second.progress.step == 1
    assert same(state(second), state(first))


def test_a_loss_that_is_no_number_stops_before_the_weights_are_spoilt(make: Make, tmp_path: Path) -> None:
    run = Run(make(), tmp_path, tmp_path / "out.safetensors")
    losses, before = run.method.losses, state(run)
    run.method.losses = lambda step, share: (losses(step, share)[0] | {"bad": torch.tensor(torch.nan)}, {})
    with pytest.raises(TrainingError, match=r"no longer a number at step 0\. There is no checkpoint yet"):
        run.go()
    assert same(state(run), before)
    assert not run.checkpoint_path.exists()
    assert "no longer a number" in log(tmp_path)[-1]["error"]


def test_a_gradient_that_is_no_number_stops_at_the_last_checkpoint(make: Make, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    first = Run(make(), tmp_path, output)
    interrupted(first, 1, KeyboardInterrupt())
    kept = {path: path.read_bytes() for path in (output, first.checkpoint_path)}
    second = Run(make(), tmp_path, output)
    before = state(second)
    for parameter in second.groups[0].parameters:
        parameter.register_hook(lambda gradient: gradient * torch.nan)  # as of a root at 0: the loss itself is fine
    with pytest.raises(TrainingError, match=r"gradient .* no longer a number .* last checkpoint is good"):
        second.go()
    assert same(state(second), before)
    assert all(path.read_bytes() == content for path, content in kept.items())


def test_float16_has_its_gradients_scaled(make: Make, tmp_path: Path) -> None:
    method = make()
    computes = method.compute
    method.compute = dataclasses.replace(computes, half=torch.float16)
    run = Run(method, tmp_path, tmp_path / "out.safetensors")
    method.compute = computes  # here a CPU goes on in what it can
    run.go()
    assert run.scaler.is_enabled()
    assert all(torch.isfinite(value).all() for value in state(run))
    again = Run(make(), tmp_path, tmp_path / "out.safetensors")
    assert not again.scaler.is_enabled()


def test_paintings_that_come_out_flat_are_a_warning(make: Make, tmp_path: Path) -> None:
    run = Run(make(steps=1), tmp_path, tmp_path / "out.safetensors")
    shown = run.method.preview(run.average)
    flat = dataclasses.replace(shown, painted=torch.full_like(shown.painted, 0.5))
    run.method.preview = lambda averaged: flat
    run.go()
    assert any("nearly flat" in line.get("warning", "") for line in log(tmp_path))


def test_checkpoints_of_anything_else_are_refused(make: Make, tmp_path: Path) -> None:
    output = tmp_path / "out.safetensors"
    run = Run(make(steps=1), tmp_path, output)
    run.go()
    checkpoint = torch.load(run.checkpoint_path, weights_only=True)
    for changed, sentence in (
        ({"run": {**checkpoint["run"], "method": "other"}}, "of another network or other pictures: give another --run"),
        ({"version": 1}, "of another livestyle: give another --run folder, or remove it"),
    ):
        torch.save(checkpoint | changed, run.checkpoint_path)
        with pytest.raises(TrainingError, match=sentence):
            Run(make(), tmp_path, output)
    run.checkpoint_path.write_bytes(b"cut short")
    with pytest.raises(TrainingError, match="is damaged: remove it"):
        Run(make(), tmp_path, output)


def test_the_seed_decides(make: Make) -> None:
    losses = [make().losses(0, 0.3)[0] for _ in range(2)]
    assert losses[0].keys() == losses[1].keys()
    for name, value in losses[0].items():
        assert torch.equal(value, losses[1][name])


# Of AdaIN and the predictor a few steps of tiny networks say nothing.
@pytest.mark.parametrize("make", ["styles", "patches", "texture"], indirect=True)
def test_the_loss_of_a_batch_falls(make: Make, tmp_path: Path) -> None:
    run = Run(make(steps=12, decay_from=1.0, rate=4e-3), tmp_path, tmp_path / "out.safetensors")
    losses, generator = run.method.losses, run.method.compute.generator
    losses(0, 0.1)
    start = generator.get_state()

    def same_batch(step: int, share: float) -> Any:
        generator.set_state(start)
        return losses(step, 0.1)  # what counts changes with the share

    run.method.losses = same_batch
    run.go()
    values = [line["loss"] for line in log(tmp_path) if "loss" in line]
    assert sum(values[-4:]) < sum(values[:4])
