"""The same networks out of other kernels, which go over the memory of a GPU less often.

Convolutions there want the channels of a pixel side by side. torch's group norm and its padding by reflection don't, so
that each puts the picture into another order and the next convolution puts it back. A batch norm keeps the order, and
over a batch of one picture it is an instance norm, scale and shift included.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import StyledNetwork
from livestyle.networks.norm import EPSILON, ConditionalInstanceNorm


def swift(network: StyledNetwork) -> StyledNetwork:
    """Gives a network that only paints swift norms and convolutions, in place; returns the network."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is ConditionalInstanceNorm:
                setattr(parent, name, SwiftNorm(child.channels))
            elif type(child) is nn.Conv2d and child.padding_mode == "reflect":
                setattr(parent, name, SwiftConv(child))
    return network


class SwiftNorm(ConditionalInstanceNorm):
    """A conditional instance norm, swift for one picture at a time."""

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """Applies the norm; see `ConditionalInstanceNorm.forward`."""
        if x.shape[0] > 1:
            return super().forward(x, code)
        scale, shift = torch.split(code[0].float(), self.channels)
        return functional.batch_norm(x, None, None, scale, shift, training=True, eps=EPSILON)


class SwiftConv(nn.Module):
    """A convolution of a picture that is reflected at its edge.

    Args:
        conv: The same.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        assert not isinstance(conv.padding, str)
        self.sides_px = conv.padding

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H', W')."""
        conv = self.conv
        for dim, px in enumerate(self.sides_px, start=2):
            x = _reflected(x, dim, px)
        return functional.conv2d(x, conv.weight, conv.bias, conv.stride, 0, conv.dilation, conv.groups)


def _reflected(x: Tensor, dim: int, px: int) -> Tensor:
    if px == 0:
        return x
    before, behind = x.narrow(dim, 1, px), x.narrow(dim, x.shape[dim] - 1 - px, px)
    if px > 1:
        before, behind = before.flip(dim), behind.flip(dim)
    return torch.cat([before, x, behind], dim)
