from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.errors import TrainingError
from livestyle.frame import Image
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.descent import Reached
from livestyle.stills.goal import Weights
from livestyle.stills.optimize import OptimizeOptions, Optimizer, recoloured

OPTIONS = OptimizeOptions(
    size_px=64, iterations=30, style_layers=("relu1_1", "relu2_1"), content_layer="relu2_1", weights=Weights(1, 20, 0)
)


@pytest.fixture(scope="module")
def vgg() -> VggFeatures:
    torch.manual_seed(0)
    return VggFeatures(["relu1_1", "relu2_1"])


def picture(seed: int, height: int = 48, width: int = 64) -> Image:
    rng = np.random.default_rng(seed)
    base = rng.integers(30, 220, 3)
    return np.clip(base + rng.normal(0, 30, (height, width, 3)), 0, 255).astype(np.uint8)


def optimizer(vgg: VggFeatures, options: OptimizeOptions = OPTIONS) -> Optimizer:
    return Optimizer(picture(0), [(picture(1), 1.0)], vgg, options, torch.device("cpu"))


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
@pytest.mark.parametrize("start", ["photo", "noise"])
def test_the_best_loss_falls_far(vgg: VggFeatures, method: str, start: str) -> None:
    options = dataclasses.replace(OPTIONS, optimizer=method, start=start, iterations=60)
    seen: list[Reached] = []
    painted = optimizer(vgg, options).run(seen.append)
    assert painted.shape == (48, 64, 3)
    assert painted.dtype == np.uint8
    assert [p.done for p in seen] == list(range(1, 61))
    assert min(p.parts.style for p in seen) < 0.2 * seen[0].parts.style


def test_the_same_seed_gives_the_same_picture(vgg: VggFeatures) -> None:
    options = dataclasses.replace(OPTIONS, start="noise", iterations=8)
    one, same = (optimizer(vgg, options).run() for _ in range(2))
    other = optimizer(vgg, dataclasses.replace(options, seed=1)).run()
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_an_interrupt_leaves_the_best_so_far(vgg: VggFeatures) -> None:
    run = optimizer(vgg)
    before = run.picture()

    def stop(progress: Reached) -> None:
        if progress.done == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.run(stop)
    assert not np.array_equal(run.picture(), before)


def test_from_coarse_to_fine(vgg: VggFeatures) -> None:
    options = dataclasses.replace(OPTIONS, size_px=1024, iterations=4)
    assert optimizer(vgg, options).sizes_hw() == [(192, 256), (384, 512), (768, 1024)]
    assert optimizer(vgg).sizes_hw() == [(48, 64)]


def test_kept_colours_are_the_photos(vgg: VggFeatures) -> None:
    painted = optimizer(vgg, dataclasses.replace(OPTIONS, colors="camera", iterations=5)).run()
    photo = picture(0)

    def chroma(p: Image) -> np.ndarray:
        return (p.astype(float) - p.mean(2, keepdims=True)).mean((0, 1))

    assert np.abs(chroma(painted) - chroma(photo)).max() < 6


@settings(max_examples=25)
@given(seed=st.integers(0, 1000))
def test_matched_colours_have_the_photos_mean_and_spread(seed: int) -> None:
    rng = np.random.default_rng(seed)
    style = np.clip(rng.normal(120, 20, (40, 30, 3)), 0, 255).astype(np.uint8)
    photo = np.clip(rng.normal(rng.uniform(90, 160), 15, (30, 40, 3)), 0, 255).astype(np.uint8)
    changed = recoloured(style, photo).reshape(-1, 3).astype(float)
    wanted = photo.reshape(-1, 3).astype(float)
    assert np.abs(changed.mean(0) - wanted.mean(0)).max() < 1.5
    assert np.abs(np.cov(changed.T) - np.cov(wanted.T)).max() < 20


@pytest.mark.parametrize("px", [1, 20])
def test_flat_pictures_are_no_trouble(vgg: VggFeatures, px: int) -> None:
    flat = np.full((px, px, 3), 128, np.uint8)
    assert recoloured(flat, flat).shape == flat.shape
    run = Optimizer(flat, [(flat, 1.0)], vgg, dataclasses.replace(OPTIONS, iterations=3), torch.device("cpu"))
    assert run.run().shape == (64, 64, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"size_px": 10},
        {"iterations": 0},
        {"style_scale": 0.0},
        {"weights": Weights(1, 0, 0)},
        {"weights": Weights(-1, 1, 0)},
        {"weights": Weights(float("nan"), 1, 0)},
        {"weights": Weights(1, float("inf"), 0)},
        {"style_layers": ()},
    ],
)
def test_senseless_options_give_a_sentence(change: dict[str, object]) -> None:
    with pytest.raises(TrainingError):
        dataclasses.replace(OPTIONS, **change)


def test_no_style_gives_a_sentence(vgg: VggFeatures) -> None:
    with pytest.raises(TrainingError, match="style picture"):
        Optimizer(picture(0), [], vgg, OPTIONS, torch.device("cpu"))
