from __future__ import annotations

import pytest
import torch
from torch import Tensor

from livestyle.networks.texture import CELL_PX, NOISE_CHANNELS, SCALES, TextureNetwork, draw_noise


def noise(seed: int = 0, count: int = 1, size_hw: tuple[int, int] = (64, 96)) -> list[Tensor]:
    return draw_noise(count, size_hw, torch.Generator().manual_seed(seed))


def network(*, paints_photos: bool = False) -> TextureNetwork:
    torch.manual_seed(0)
    return TextureNetwork(4, paints_photos=paints_photos).eval().requires_grad_(False)


def test_noise_comes_at_six_scales() -> None:
    fields = noise(count=2)
    sizes = [(2 * 2**i, 3 * 2**i) for i in range(SCALES)]
    assert [field.shape for field in fields] == [(2, NOISE_CHANNELS, *size) for size in sizes]
    assert all(-0.5 <= float(field.min()) < float(field.max()) < 0.5 for field in fields)


def test_a_seed_is_a_picture() -> None:
    paint = network()
    assert torch.equal(paint(noise(1)), paint(noise(1)))
    assert (paint(noise(1)) - paint(noise(2))).abs().mean() > 0.01


def test_a_texture_lies_on_a_torus() -> None:
    paint = network()
    fields = noise()
    moved = [torch.roll(f, (2**i, -(2**i)), (2, 3)) for i, f in enumerate(fields)]
    expected = torch.roll(paint(fields), (CELL_PX, -CELL_PX), (2, 3))
    torch.testing.assert_close(paint(moved), expected, rtol=0, atol=1e-4)


def test_photos_and_noise_both_matter() -> None:
    paint = network(paints_photos=True)
    photo, other = torch.rand(2, 1, 3, 64, 96, generator=torch.Generator().manual_seed(3))
    painted = paint(noise(1), photo)
    assert painted.shape == photo.shape
    assert (painted - paint(noise(1), other)).abs().mean() > 0.01
    assert (painted - paint(noise(2), photo)).abs().mean() > 0.01


@pytest.mark.parametrize("paints_photos", [False, True])
def test_every_parameter_learns(paints_photos: bool) -> None:
    paint = network(paints_photos=paints_photos).requires_grad_(True)
    paint(noise(), torch.rand(1, 3, 64, 96) if paints_photos else None).square().sum().backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in paint.parameters())
