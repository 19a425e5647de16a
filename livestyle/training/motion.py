"""Pairs of pictures as a camera would see them a moment apart, made from stills, and the loss that asks for steadiness.

After ReReVST's compound regularisation (Wang et al. 2020): the painting of a moved and noisy picture should be the
moved painting. Two departures, both measured to matter for a network with a quarter-resolution trunk: half of the
motions are whole pixels, mostly below 4 px, because such a network only commutes with shifts by 4 px by itself and
because a whole-pixel warp blurs nothing; and the noise is as strong as a webcam's.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.training.compute import at, sent

REACH_PX = 12
"""The farthest a pixel moves; the first picture of a pair is cut from one that is larger by this on every side."""


@dataclass(frozen=True)
class MovedPair:
    """Two pictures of the same scene.

    Attributes:
        first: RGB (N, 3, S, S) in [0, 1].
        second: The same, moved, noisier, a little lighter or darker.
        grid: (N, S, S, 2), for `F.grid_sample`: where in `first` each pixel of `second` comes from.
        valid: (N, 1, S, S) float, 1 where that place lies well inside `first`.
    """

    first: Tensor
    second: Tensor
    grid: Tensor
    valid: Tensor


def random_flow(count: int, size_px: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Random motions in px (count, size_px, size_px, 2), x then y, at most `REACH_PX`.

    The even ones are shifts by whole pixels (every fourth of those stands still); the odd ones zoom, turn, shift by
    fractions and bend smoothly.

    Args:
        count: How many.
        size_px: Their side.
        generator: On the CPU; only a few numbers a motion are drawn there.
        device: Where the motions are made.
    """

    def uniform(*shape: int) -> Tensor:
        return sent(2 * torch.rand(shape, generator=generator) - 1, device)

    whole = torch.round(6 * uniform(count, 2).abs().pow(1.5) * uniform(count, 2).sign())
    whole = torch.where(uniform(count, 1) < -0.5, 0.0, whole)
    zoom, turn, shift = 0.05 * size_px * uniform(count), 0.05 * size_px * uniform(count), 4 * uniform(count, 2)
    bend = functional.interpolate(
        2 * uniform(count, 2, 4, 4), (size_px, size_px), mode="bicubic", align_corners=True
    ).permute(0, 2, 3, 1)
    line = torch.linspace(-0.5, 0.5, size_px, device=device)
    x, y = line[None, :].expand(size_px, -1), line[:, None].expand(-1, size_px)
    zoom, turn = zoom[:, None, None], turn[:, None, None]
    bent = torch.stack([zoom * x - turn * y, turn * x + zoom * y], dim=3) + bend + shift[:, None, None]
    even = (torch.arange(count, device=device) % 2 == 0)[:, None, None, None]
    return torch.where(even, whole[:, None, None], bent).clamp(-REACH_PX, REACH_PX)


def moved_pair(pictures: Tensor, generator: torch.Generator, edge_px: int) -> MovedPair:
    """Makes a pair from crops that are `REACH_PX` larger on every side.

    Args:
        pictures: RGB (N, 3, S + 2 REACH_PX, S + 2 REACH_PX) in [0, 1].
        generator: On the CPU.
        edge_px: How far inside the pictures to compare. The border of a painting depends on what lies outside the
            picture, which differs between the two.
    """
    count, _, full, _ = pictures.shape
    size = full - 2 * REACH_PX
    device = pictures.device
    flow = random_flow(count, size, generator, device)
    line = torch.arange(size, device=device, dtype=torch.float32)
    place = torch.stack([line[None, :].expand(size, -1), line[:, None].expand(-1, size)], dim=2) + flow
    second = _sample(pictures, place + REACH_PX)
    strength, light = sent(torch.rand(2, count, 1, 1, 1, generator=generator), device)
    noise = torch.randn(second.shape, generator=at(device, generator), device=device) * strength * 6 / 255
    light = 1 + 0.03 * (2 * light - 1)
    here = torch.arange(size, device=device)
    within = (here >= edge_px) & (here < size - edge_px)
    inside = ((place >= edge_px) & (place <= size - 1 - edge_px)).all(dim=3) & within[:, None] & within
    return MovedPair(
        first=pictures[:, :, REACH_PX:-REACH_PX, REACH_PX:-REACH_PX],
        second=(second * light + noise).clamp(0, 1),
        grid=place / (size - 1) * 2 - 1,
        valid=inside[:, None].float(),
    )


def _sample(pictures: Tensor, place: Tensor) -> Tensor:
    grid = place / (pictures.shape[2] - 1) * 2 - 1
    return functional.grid_sample(pictures, grid, mode="bicubic", padding_mode="border", align_corners=True).clamp(0, 1)


def temporal_loss(painted_first: Tensor, painted_second: Tensor, pair: MovedPair) -> Tensor:
    """How far the painting of the moved picture is from the moved painting.

    Mean absolute difference (N,), range 0..1.
    """
    moved = functional.grid_sample(
        painted_first.float(), pair.grid, mode="bicubic", padding_mode="border", align_corners=True
    )
    difference = (moved - painted_second.float()).abs().mean(dim=1, keepdim=True) * pair.valid
    return difference.sum(dim=(1, 2, 3)) / pair.valid.sum(dim=(1, 2, 3)).clamp(min=1)
