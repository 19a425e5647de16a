from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from livestyle.training.motion import REACH_PX, MovedPair, moved_pair, random_flow, temporal_loss

CPU = torch.device("cpu")
SIZE = 64


def smooth_pictures(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    coarse = torch.rand(count, 3, 6, 6, generator=generator) * 0.5 + 0.25
    side = SIZE + 2 * REACH_PX
    return functional.interpolate(coarse, (side, side), mode="bicubic", align_corners=True).clamp(0, 1)


def pair(seed: int = 0, count: int = 4) -> MovedPair:
    return moved_pair(smooth_pictures(count), torch.Generator().manual_seed(seed), edge_px=8)


def test_every_second_flow_is_a_shift_by_whole_pixels() -> None:
    flow = random_flow(8, SIZE, torch.Generator().manual_seed(0), CPU)
    for i in range(0, 8, 2):
        assert torch.equal(flow[i], flow[i, :1, :1].expand_as(flow[i]))
        assert torch.equal(flow[i], flow[i].round())
    assert not torch.equal(flow[1], flow[1].round())


def test_no_flow_leaves_the_reach() -> None:
    for seed in range(20):
        assert random_flow(4, SIZE, torch.Generator().manual_seed(seed), CPU).abs().max() <= REACH_PX


def test_still_flows_occur() -> None:
    flows = [random_flow(1, 8, torch.Generator().manual_seed(seed), CPU) for seed in range(40)]
    still = sum(bool((flow == 0).all()) for flow in flows)
    assert 3 <= still <= 25


def test_the_second_picture_is_the_first_one_moved() -> None:
    made = pair()
    moved = functional.grid_sample(made.first, made.grid, mode="bicubic", align_corners=True)
    error = ((moved - made.second).abs() * made.valid).sum() / made.valid.sum() / 3
    # What is left is the noise, at most 6 of 255, and the light, at most 3 %.
    assert error < 6 / 255
    assert (made.first - made.second).abs().mean() > 2 * error


@pytest.mark.parametrize("seed", range(5))
def test_an_equivariant_painting_has_next_to_no_loss(seed: int) -> None:
    made = pair(seed)
    steady = temporal_loss(1 - made.first, 1 - made.second, made)
    flicker = temporal_loss(1 - made.first, made.second, made)
    assert steady.shape == (4,)
    assert steady.max() < 10 / 255
    assert flicker.mean() > 3 * steady.mean()


def test_both_paintings_get_a_gradient() -> None:
    made = pair()
    first, second = made.first.clone().requires_grad_(), made.second.clone().requires_grad_()
    temporal_loss(first, second, made).sum().backward()
    assert first.grad is not None
    assert second.grad is not None
    assert first.grad.abs().sum() > 0
    assert second.grad.abs().sum() > 0


def test_a_pair_depends_on_the_seed_alone() -> None:
    assert torch.equal(pair(7).second, pair(7).second)
    assert not torch.equal(pair(7).second, pair(8).second)
