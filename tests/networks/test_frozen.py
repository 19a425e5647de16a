from __future__ import annotations

import dataclasses

import pytest
import torch

from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import NetworkSpec
from livestyle.networks.frozen import freeze, frozen_code
from livestyle.networks.transform import TransformNetwork

SPECS = [NetworkSpec("s2d", 8), NetworkSpec("johnson", 4)]


def both(spec: NetworkSpec) -> tuple[StyledNetwork, StyledNetwork, torch.Tensor]:
    """A network, the same one frozen, and a code."""
    torch.manual_seed(1)
    network = build_network(spec).eval()
    frozen = build_network(dataclasses.replace(spec, frozen=True)).eval()
    frozen.load_state_dict(network.state_dict())
    return network, frozen, network.neutral_code() + 0.3 * torch.randn(network.code_size)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.family)
@torch.no_grad()
def test_paints_the_same_with_the_pictures_own_statistics(spec: NetworkSpec) -> None:
    network, frozen, code = both(spec)
    picture = torch.rand(1, 3, 48, 64)
    told = frozen_code(network, picture, code)
    assert told.shape == code.shape
    assert torch.allclose(frozen(picture, told[None]), network(picture, code[None]), atol=1e-5)
    other = torch.rand(1, 3, 48, 64) / 4
    assert not torch.allclose(frozen(other, told[None]), network(other, code[None]), atol=1e-2)


@torch.no_grad()
def test_the_network_is_left_as_it_was() -> None:
    network, _, code = both(SPECS[0])
    picture = torch.rand(1, 3, 32, 32)
    before = network(picture, code[None])
    frozen_code(network, picture, code)
    assert torch.equal(network(picture, code[None]), before)


@torch.no_grad()
def test_statistics_are_of_all_pictures_together() -> None:
    network, frozen, code = both(SPECS[0])
    pictures = torch.rand(2, 3, 64, 64) * torch.tensor([0.2, 1.0])[:, None, None, None]
    told = frozen_code(network, pictures, code)
    assert torch.allclose(told, frozen_code(network, pictures.flip(0), code), atol=1e-4)
    painted = torch.logit(frozen(pictures, told[None]))
    spreads, means = painted.std((0, 2, 3), correction=0), painted.mean((0, 2, 3))
    # The norm of the colours comes last; see `StyledNetwork`.
    assert torch.allclose(spreads, code[-6:-3].abs(), rtol=0.02)
    assert torch.allclose(means, code[-3:], atol=0.02)


@pytest.mark.parametrize("network", [TransformNetwork(8, blocks=2), *(build_network(spec) for spec in SPECS)])
@torch.no_grad()
def test_the_reach_is_as_far_as_a_frozen_network_sees(network: StyledNetwork) -> None:
    freeze(network).double()  # so that nothing but reach makes a difference
    assert network.reach_px is not None
    assert network.reach_px % network.multiple == 0
    side = 2 * network.reach_px + 64
    seen = 0
    for offset in range(network.multiple):
        picture = torch.rand(1, 3, side, side, dtype=torch.float64)
        changed = picture.clone()
        place = side // 2 + offset
        changed[:, :, place, place] += 1
        code = network.neutral_code()[None].double()
        rows = (network(picture, code) != network(changed, code)).any(1)[0].any(1).nonzero()
        seen = max(seen, int((rows - place).abs().max()))
    assert network.reach_px - 16 < seen <= network.reach_px
