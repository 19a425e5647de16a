from __future__ import annotations

import pytest
import torch

from livestyle.networks.build import build_network
from livestyle.networks.families import FAMILIES, NetworkSpec
from livestyle.networks.frozen import freeze
from livestyle.networks.swift import SwiftConv, SwiftNorm, swift


@pytest.mark.parametrize(("family", "width"), [("s2d", 8), ("johnson", 8), ("adain-2", 16)])
@pytest.mark.parametrize("batch", [1, 2])
def test_a_swift_network_paints_the_same(family: str, width: int, batch: int) -> None:
    torch.manual_seed(0)
    network = build_network(NetworkSpec(family, width)).eval()
    pictures = torch.rand(batch, 3, 40, 56).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        code = network.neutral_code() + torch.randn(network.code_size) / 4
        expected = network(pictures, code[None])
        painted = swift(network)(pictures, code[None])
    assert any(isinstance(module, SwiftConv) for module in network.modules())
    torch.testing.assert_close(painted, expected, atol=1e-4, rtol=1e-4)


def test_channels_stay_side_by_side() -> None:
    x = torch.rand(1, 8, 9, 7).to(memory_format=torch.channels_last)
    conv = SwiftConv(torch.nn.Conv2d(8, 8, 9, padding=4, padding_mode="reflect").to(memory_format=torch.channels_last))
    with torch.inference_mode():
        assert conv(x).is_contiguous(memory_format=torch.channels_last)
        assert SwiftNorm(8)(x, torch.rand(1, 16)).is_contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(conv(x), conv.conv(x))


def test_norms_that_are_told_their_statistics_stay() -> None:
    network = freeze(build_network(NetworkSpec("s2d", 8)))
    norms = network.norms()
    assert swift(network).norms() == norms


def test_all_families_can_be_made_swift() -> None:
    for name in FAMILIES:
        swift(build_network(NetworkSpec(name, 16)))
