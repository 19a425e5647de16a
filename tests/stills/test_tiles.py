from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from livestyle.networks.vgg import VggFeatures
from livestyle.stills.tiles import Tiles, cuts

LAYERS = ("relu1_1", "relu2_1", "relu3_1")


@pytest.fixture(scope="module")
def vgg() -> VggFeatures:
    torch.manual_seed(0)
    return VggFeatures(LAYERS)


def tiles(vgg: VggFeatures, tile_px: int) -> Tiles:
    return Tiles(vgg, tile_px, lambda text: None)


@pytest.mark.parametrize("length", [1, 63, 64, 100, 1000, 1025])
@pytest.mark.parametrize("tile_px", [128, 1024])
def test_cuts_cover_everything_once_and_start_where_pooling_does(length: int, tile_px: int) -> None:
    parts = cuts(length, tile_px)
    assert parts[0][0] == 0
    assert parts[-1][1] == length
    assert all(a[1] == b[0] for a, b in itertools.pairwise(parts))
    assert all(
        start % 64 == 0 and 0 < end - start <= max(tile_px, length if len(parts) == 1 else 0) for start, end in parts
    )


@pytest.mark.parametrize("size_hw", [(64, 64), (150, 203)])
def test_features_are_whole_however_a_picture_is_cut(vgg: VggFeatures, size_hw: tuple[int, int]) -> None:
    picture = torch.rand(1, 3, *size_hw, generator=torch.Generator().manual_seed(1))
    expected = vgg(picture)
    for tile_px in (64, 1024):
        for layer, features in tiles(vgg, tile_px).features(picture, LAYERS).items():
            torch.testing.assert_close(features, expected[layer], rtol=1e-4, atol=1e-5)


def test_the_gradient_is_the_losss_however_a_picture_is_cut(vgg: VggFeatures) -> None:
    picture = torch.rand(1, 3, 90, 140, generator=torch.Generator().manual_seed(1), requires_grad=True)
    # One that no tile can know by itself.
    loss = torch.stack([features.mean().square() for features in vgg(picture).values()]).sum()
    (expected,) = torch.autograd.grad(loss, picture)

    def ask(features: dict[str, Tensor]) -> dict[str, Tensor]:
        assert not any(f.requires_grad for f in features.values())
        return {layer: torch.full_like(f, 2 * float(f.mean()) / f.numel()) for layer, f in features.items()}

    for tile_px in (64, 1024):
        gradient = tiles(vgg, tile_px).gradient(picture.detach(), LAYERS, ask)  # type: ignore[arg-type]
        assert (gradient - expected).abs().max() < 1e-4 * expected.abs().max()
