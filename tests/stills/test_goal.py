from __future__ import annotations

import pytest
import torch
from torch import Tensor

from livestyle.networks.vgg import VggFeatures
from livestyle.stills.goal import Goal, Weights

LAYERS = ("relu1_1", "relu2_1")
CONTENT = "relu2_2"


@pytest.fixture(scope="module")
def vgg() -> VggFeatures:
    torch.manual_seed(0)
    return VggFeatures([*LAYERS, CONTENT])


def goal(vgg: VggFeatures, photo: Tensor, style: Tensor, tile_px: int = 1024, **weights: float) -> Goal:
    return Goal(vgg, photo, [(style, 1.0)], LAYERS, CONTENT, Weights(**weights), tile_px)


def pictures(height: int = 96, width: int = 128) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    photo, style, start = (torch.rand(1, 3, height, width, generator=generator) for _ in range(3))
    return photo, style, start


def test_the_gradient_is_that_of_the_value(vgg: VggFeatures) -> None:
    photo, style, start = pictures(32, 48)
    aim = goal(vgg, photo, style)
    parts, gradient = aim(start)
    step = 1e-2 * torch.randn(start.shape, generator=torch.Generator().manual_seed(2))
    # The denominators of the distances count as constants in the gradient, so a difference of values tells the sign
    # and about the size.
    rise = aim(start + step)[0].total - aim(start - step)[0].total
    assert rise == pytest.approx(2 * float((gradient * step).sum()), rel=0.35, abs=1e-4)
    assert parts.total == pytest.approx(parts.content + parts.style + parts.smooth)


def test_each_part_is_nothing_where_it_is_met(vgg: VggFeatures) -> None:
    photo, style, _ = pictures()
    assert goal(vgg, photo, style)(photo)[0].content == pytest.approx(0, abs=1e-6)
    assert goal(vgg, photo, style)(style)[0].style == pytest.approx(0, abs=1e-4)
    assert goal(vgg, photo, style)(torch.full_like(photo, 0.3))[0].smooth == 0


def test_tiles_change_next_to_nothing(vgg: VggFeatures) -> None:
    photo, style, start = pictures(128, 256)
    whole, whole_gradient = goal(vgg, photo, style)(start)
    tiled, tiled_gradient = goal(vgg, photo, style, tile_px=128)(start)
    for name in ("content", "style", "smooth"):
        assert getattr(tiled, name) == pytest.approx(getattr(whole, name), rel=2e-3)
    assert (tiled_gradient - whole_gradient).abs().max() < 0.02 * whole_gradient.abs().max()


def test_tiles_are_halved_when_memory_runs_out(vgg: VggFeatures, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, style, start = pictures(384, 64)
    said: list[str] = []
    real = VggFeatures.forward

    def small(self: VggFeatures, images: Tensor, layers: object = None) -> dict[str, Tensor]:
        if images.shape[2] > 300:
            raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1 byte")
        return real(self, images, layers)  # type: ignore[arg-type]

    expected, _ = goal(vgg, photo, style)(start)
    monkeypatch.setattr(VggFeatures, "forward", small)
    aim = Goal(vgg, photo, [(style, 1.0)], LAYERS, CONTENT, Weights(), 512, said.append)
    assert aim(start)[0].total == pytest.approx(expected.total, rel=5e-3)
    assert said[-1].endswith("tiles of 256 px.")


def test_too_little_memory_for_the_smallest_tile_is_an_error(vgg: VggFeatures, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: VggFeatures, images: Tensor, layers: object = None) -> dict[str, Tensor]:
        raise MemoryError

    photo, style, _ = pictures(64, 64)
    monkeypatch.setattr(VggFeatures, "forward", none)
    with pytest.raises(MemoryError, match="too little memory"):
        goal(vgg, photo, style)


def test_other_errors_come_through(vgg: VggFeatures) -> None:
    photo, style, _ = pictures(64, 64)
    with pytest.raises(RuntimeError, match="must match"):
        goal(vgg, photo, style)(photo[:, :2])
