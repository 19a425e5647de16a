"""The network of Johnson, Alahi and Fei-Fei (1603.08155) with instance norm: the field's reference, here as teacher."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import StyledNetwork
from livestyle.networks.norm import ConditionalInstanceNorm
from livestyle.networks.transform import Residual


class JohnsonNetwork(StyledNetwork):
    """c9s1-32, d64, d128, R128 x5, u64, u32, c9s1-3 with conditional instance norm at every norm.

    Four departures from the paper, all of the later literature: a norm of the colours at the end (Dumoulin et al.
    2016); nearest-neighbour resize and convolution instead of
    the transposed convolution (Dumoulin et al. 2016), which draws no checkerboard; a sigmoid instead of the scaled
    tanh, so that pictures stay in [0, 1]; and a reflection before every convolution (see `transform.conv3x3`)
    instead of one reflection of 40 px at the input.

    Args:
        width: Channels of the first convolution: 32 is the paper's network; 16 the half-width one of the released
            instance-norm models.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        # 9x9 at either end, and ten convolutions in the blocks at a quarter of the resolution; those between add less
        # than four more.
        self.reach_px = 4 + 4 * (10 + 4) + 4

        def conv(channels_in: int, channels_out: int, size: int, stride: int = 1) -> nn.Conv2d:
            half = size // 2
            return nn.Conv2d(channels_in, channels_out, size, stride, padding=half, bias=False, padding_mode="reflect")

        self.down = nn.ModuleList([conv(3, width, 9), conv(width, 2 * width, 3, 2), conv(2 * width, 4 * width, 3, 2)])
        self.down_norms = nn.ModuleList(ConditionalInstanceNorm(width * k) for k in (1, 2, 4))
        self.blocks = nn.ModuleList(Residual(4 * width) for _ in range(5))
        self.up = nn.ModuleList([conv(4 * width, 2 * width, 3), conv(2 * width, width, 3)])
        self.up_norms = nn.ModuleList(ConditionalInstanceNorm(width * k) for k in (2, 1))
        self.out = conv(width, 3, 9)
        self.color_norm = ConditionalInstanceNorm(3)

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints; see `StyledNetwork.forward`."""
        codes = iter(self.split_code(code))
        y = images - 0.5
        for conv, norm in zip(self.down, self.down_norms, strict=True):
            y = functional.relu(norm(conv(y), next(codes)))
        for block in self.blocks:
            y = block(y, next(codes), next(codes))
        for conv, norm in zip(self.up, self.up_norms, strict=True):
            y = conv(functional.interpolate(y, scale_factor=2.0, mode="nearest"))
            y = functional.relu(norm(y, next(codes)))
        return torch.sigmoid(self.color_norm(self.out(y), next(codes)))
