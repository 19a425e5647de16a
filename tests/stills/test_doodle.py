from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from livestyle.errors import TrainingError
from livestyle.frame import Image
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.descent import Reached
from livestyle.stills.doodle import CONTENT_LAYER, STYLE_LAYERS, DoodleOptions, Doodler, PatchGoal, _marks
from livestyle.stills.goal import Weights

CPU = torch.device("cpu")
OPTIONS = DoodleOptions(size_px=64, iterations=8, scales=2)


@pytest.fixture(scope="module")
def vgg() -> VggFeatures:
    torch.manual_seed(0)
    network = VggFeatures([*STYLE_LAYERS, CONTENT_LAYER], pooling="average")
    for parameter in network.parameters():  # as it is, what differs between pictures fades from layer to layer
        if parameter.dim() == 4:
            torch.nn.init.kaiming_normal_(parameter)
    return network


def painting(height: int = 48, width: int = 64) -> Image:
    """Stripes above, a blob below: something different everywhere."""
    y, x = np.mgrid[0:height, 0:width] / 48
    upper = np.stack([0.5 + 0.3 * np.sin(9 * x), 0.3 + 0.2 * y, 0.8 - 0.3 * x], 2)
    lower = np.stack([0.2 + 0.3 * x, 0.7 - 0.3 * y, 0.2 + 0.2 * np.cos(7 * (x + y))], 2)
    return np.asarray(np.where((y < 0.5)[..., None], upper, lower) * 255, np.uint8)


def halves(height: int = 48, width: int = 64, *, upside_down: bool = False) -> Image:
    """A map: blue above, black below."""
    drawn = np.zeros((height, width, 3), np.uint8)
    drawn[: height // 2, :, 2] = 255
    return drawn[::-1].copy() if upside_down else drawn


def tensor(picture: Image) -> Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255


def noise(seed: int, height: int = 48, width: int = 64) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def psnr(a: Image, b: Image) -> float:
    return float(10 * np.log10(255**2 / np.square(a.astype(float) - b).mean()))


def test_the_gradient_is_that_of_the_value(vgg: VggFeatures) -> None:
    goal = PatchGoal(vgg, noise(0), noise(1), None, OPTIONS)
    start = noise(2)
    parts, gradient = goal(start)
    assert parts.total == pytest.approx(parts.content + parts.style + parts.smooth)
    step = 0.003 * gradient / gradient.abs().max()  # so little that matches stay what they are
    rise = goal(start + step)[0].total - goal(start - step)[0].total
    assert rise == pytest.approx(2 * float((gradient * step).sum()), rel=0.02)


def test_each_part_is_nothing_where_it_is_met(vgg: VggFeatures) -> None:
    photo, style = noise(0), noise(1)
    maps = tensor(halves()), tensor(halves())
    goal = PatchGoal(vgg, photo, style, maps, OPTIONS)
    assert goal(photo)[0].content == pytest.approx(0, abs=1e-6)
    assert goal(photo)[0].style > 1
    assert goal(style)[0].style == pytest.approx(0, abs=1e-3)
    assert PatchGoal(vgg, None, style, maps, OPTIONS)(photo)[0].content == 0


def test_tiles_change_next_to_nothing(vgg: VggFeatures) -> None:
    photo, style, start = (noise(seed, 64, 192) for seed in range(3))
    whole, gradient = PatchGoal(vgg, photo, style, None, OPTIONS)(start)
    tiled, tiled_gradient = PatchGoal(vgg, photo, style, None, dataclasses.replace(OPTIONS, tile_px=64))(start)
    assert tiled.content == pytest.approx(whole.content, rel=2e-3)
    assert tiled.style == pytest.approx(whole.style, rel=2e-3)
    assert (tiled_gradient - gradient).norm() < 0.05 * gradient.norm()


def test_a_painting_that_is_its_own_photo_and_map_stays_itself(vgg: VggFeatures) -> None:
    style = painting(72, 96)
    options = dataclasses.replace(OPTIONS, size_px=96, iterations=15)
    painted = Doodler(style, style, (style, style), vgg, options, CPU).run()
    assert painted.shape == (72, 96, 3)
    assert psnr(painted, style) >= 30


def test_a_map_says_what_is_where(vgg: VggFeatures) -> None:
    style = painting()
    options = dataclasses.replace(OPTIONS, iterations=25)
    painted = Doodler(None, style, (halves(upside_down=True), halves()), vgg, options, CPU).run().astype(float)
    upper, lower = style[:20].mean((0, 1)), style[28:].mean((0, 1))
    for part, own, other in ((painted[:20], lower, upper), (painted[28:], upper, lower)):
        assert np.abs(part.mean((0, 1)) - own).sum() < np.abs(part.mean((0, 1)) - other).sum()


def test_colours_of_a_map_that_differ_are_told_apart() -> None:
    colors = torch.tensor([[0, 0, 0], [0.5, 0.5, 0.5], [1, 1, 1], [1, 0, 0], [0.5, 0, 0], [0, 0, 1.0]])
    marks = _marks(colors.T.reshape(1, 3, 6, 1).repeat_interleave(4, 2).repeat_interleave(4, 3), "relu3_1")[0, :, :, 0]
    directions = torch.nn.functional.normalize(marks, dim=0)
    assert (directions.T @ directions - torch.eye(6)).max() < 0.95


def test_the_same_seed_gives_the_same_picture(vgg: VggFeatures) -> None:
    options = dataclasses.replace(OPTIONS, iterations=3, variety=0.5)

    def paint(seed: int) -> Image:
        chosen = dataclasses.replace(options, seed=seed)
        return Doodler(None, painting(), (halves(), halves()), vgg, chosen, CPU).run()

    assert np.array_equal(paint(0), paint(0))
    assert not np.array_equal(paint(0), paint(1))


def test_an_interrupt_leaves_the_best_so_far(vgg: VggFeatures) -> None:
    doodler = Doodler(None, painting(), (halves(), halves()), vgg, OPTIONS, CPU)
    before = doodler.picture()

    def stop(progress: Reached) -> None:
        if progress.done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        doodler.run(stop)
    assert not np.array_equal(doodler.picture(), before)


def test_from_coarse_to_fine(vgg: VggFeatures) -> None:
    def sizes(photo: Image | None, map_: Image, **change: int) -> list[tuple[int, int]]:
        options = dataclasses.replace(OPTIONS, **change)  # type: ignore[arg-type]
        return Doodler(photo, painting(), (map_, halves()), vgg, options, CPU).sizes_hw()

    assert sizes(painting(), halves(), size_px=512, scales=3) == [(96, 128), (192, 256), (384, 512)]
    assert sizes(None, halves(40, 30), size_px=128, scales=1) == [(128, 96)]
    assert sizes(None, halves(), size_px=64, scales=9) == [(48, 64)]
    assert sizes(None, halves(10, 100), size_px=64, scales=2) == [(32, 64)]


@pytest.mark.parametrize(
    "change",
    [
        {"size_px": 10},
        {"iterations": 0},
        {"scales": 0},
        {"weights": Weights(10, 0, 0)},
        {"weights": Weights(10, 25, float("nan"))},
        {"semantic_weight": -1.0},
        {"variety": 1.5},
    ],
)
def test_senseless_options_give_a_sentence(change: dict[str, object]) -> None:
    with pytest.raises(TrainingError):
        dataclasses.replace(OPTIONS, **change)


def test_nothing_to_paint_gives_a_sentence(vgg: VggFeatures) -> None:
    with pytest.raises(TrainingError, match="nothing to paint"):
        Doodler(None, painting(), None, vgg, OPTIONS, CPU)
