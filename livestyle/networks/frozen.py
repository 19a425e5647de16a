"""Frozen networks: the same weights, but norms that are told the statistics instead of taking them.

An instance norm is the one thing in a transform network that looks at the whole picture. Given its mean and variance it
is an affine map of each channel, and that map takes the place of the norm's scale and shift in the style code:

    scale' = scale / sqrt(variance + epsilon),    shift' = shift - mean * scale'.

So a frozen network takes codes of the same size, in which the statistics of one picture are contained, and paints a
piece of that picture as it would be painted within the whole, wherever the piece reaches beyond by `reach_px`. That the
tiles of a large picture share its statistics is the idea of URST (Chen et al., 2103.11784), which takes them from a
thumbnail; ours are of patches at full size, see `frozen_code`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from livestyle.networks.code import StyledNetwork
from livestyle.networks.norm import EPSILON, ConditionalInstanceNorm


class FrozenNorm(ConditionalInstanceNorm):
    """Only scales and shifts: the statistics are contained in the code."""

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """(N, C, H, W) and (N or 1, 2 C), the scales first -> (N, C, H, W) in the type of `x`."""
        scale, shift = torch.split(code.to(x.dtype)[:, :, None, None], self.channels, dim=1)
        return x * scale + shift


class _PooledNorm(ConditionalInstanceNorm):
    """Takes its statistics over a whole batch, and remembers the scales and shifts (1, 2 C) that came of them."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.applied = torch.empty(0)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        variance, mean = torch.var_mean(x, (0, 2, 3), keepdim=True, correction=0)
        scale, shift = torch.split(code[:, :, None, None], self.channels, dim=1)
        scale = scale / torch.sqrt(variance + EPSILON)
        shift = shift - mean * scale
        self.applied = torch.cat([scale, shift], dim=1)[:, :, 0, 0]
        return x * scale + shift


def freeze(network: StyledNetwork) -> StyledNetwork:
    """Turns a network's norms into `FrozenNorm`s, in place; returns the network."""
    return _with_norms(network, lambda norm: FrozenNorm(norm.channels))


@torch.inference_mode()
def frozen_code(network: StyledNetwork, pictures: Tensor, code: Tensor) -> Tensor:
    """The code under which the frozen network paints as the network itself does with the statistics of some pictures.

    All pictures go through the network together, and each norm takes one mean and variance over all of them. For a
    single picture the code is exact. For patches of a larger one it is an estimate, which is better the more patches
    there are and the more evenly they are spread: unlike those of a thumbnail their textures are the picture's own.
    (To leave the border of each patch out of the statistics, where the network sees an edge, made them worse: there was
    less to take them from.)

    Args:
        network: Not frozen, float32; it is not changed.
        pictures: RGB (N, 3, H, W) in [0, 1], sides the network takes.
        code: float32 (code_size,), the style.

    Returns:
        float32 (code_size,).
    """
    pooled = _with_norms(copy.deepcopy(network), lambda norm: _PooledNorm(norm.channels))
    pooled(pictures, code[None])
    return torch.cat([norm.applied for norm in pooled.norms() if isinstance(norm, _PooledNorm)], dim=1)[0]


def _with_norms(
    network: StyledNetwork, replaced: Callable[[ConditionalInstanceNorm], ConditionalInstanceNorm]
) -> StyledNetwork:
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, ConditionalInstanceNorm):
                setattr(parent, name, replaced(child))
    return network
