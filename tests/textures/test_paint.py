from __future__ import annotations

import numpy as np
import pytest
import torch

from livestyle.errors import DeviceMemoryError, LivestyleError
from livestyle.networks.texture import TextureNetwork
from livestyle.textures import paint
from livestyle.textures.paint import paint_texture

CPU = torch.device("cpu")


def network(*, paints_photos: bool = False) -> TextureNetwork:
    torch.manual_seed(0)
    return TextureNetwork(2, paints_photos=paints_photos).eval()


@pytest.mark.parametrize("size_hw", [(16, 16), (1, 1), (33, 301), (257, 640)])
def test_textures_of_any_size(size_hw: tuple[int, int]) -> None:
    picture = paint_texture(network(), size_hw, 0, CPU)
    assert picture.shape == (*size_hw, 3)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize("size_hw", [(16, 16), (1, 1), (2, 90), (33, 301)])
def test_photos_of_any_size(size_hw: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*size_hw, 3)).astype(np.uint8)
    assert paint_texture(network(paints_photos=True), photo, 0, CPU).shape == photo.shape


def test_the_same_seed_gives_the_same_picture() -> None:
    one, same, other = (paint_texture(network(), (64, 64), seed, CPU) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert np.abs(one.astype(float) - other).mean() > 2


def test_a_small_texture_is_cut_from_a_larger_one() -> None:
    small, large = (paint_texture(network(), size_hw, 3, CPU) for size_hw in ((40, 50), (256, 256)))
    assert np.array_equal(small, large[:40, :50])


def test_textures_fit_together_at_their_edges() -> None:
    picture = paint_texture(network(), (256, 256), 0, CPU).astype(float)
    within = np.abs(np.diff(picture, axis=0)).mean(axis=(1, 2))
    seam = np.abs(picture[0] - picture[-1]).mean()
    assert seam <= within.max() * 1.1


def test_a_photo_goes_on_as_in_a_mirror() -> None:
    photo = torch.arange(3, dtype=torch.uint8)[:, None, None].expand(3, 2, 3)
    column = (paint._mirrored(photo, (8, 2)) * 255)[0, 0, :, 0]
    assert column.tolist() == pytest.approx([0, 1, 2, 1, 0, 1, 2, 1])


def test_too_large_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LivestyleError, match="too much memory"):
        paint_texture(network(), (10**6, 10**6), 0, CPU)

    def none(*_: object) -> object:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 byte")

    monkeypatch.setattr(TextureNetwork, "forward", none)
    with pytest.raises(DeviceMemoryError, match="smaller"):
        paint_texture(network(), (64, 64), 0, CPU)
