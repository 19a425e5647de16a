"""The network of Johnson, Alahi and Fei-Fei (1603.08155) with instance norm: the field's reference, here as teacher."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import StyledNetwork
from livestyle.networks.norm import ConditionalInstanceNorm
from livestyle.networks.transform import Residual

MARGIN_PX = 40
"""One reflection of 40 px at the input, as in the official `train.lua` (padding_type reflect-start)."""


class JohnsonNetwork(StyledNetwork):
    """c9s1-32, d64, d128, R128 x5, u64, u32, c9s1-3 with conditional instance norm at every norm.

    Two departures from the paper, both of the later literature: nearest-neighbour resize and convolution instead of the
    transposed convolution (Dumoulin et al. 2016), which draws no checkerboard; and a sigmoid instead of the scaled
    tanh, so that pictures stay in [0, 1]. Zero padding inside, cut off with the reflected margin.

    Args:
        width: Channels of the first convolution: 32 is the paper's network; 16 the half-width one of the released
            instance-norm models.
    """

    min_side_px = MARGIN_PX + 4
    """The smallest multiple of 4 that can be reflected by the margin."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()

        def conv(channels_in: int, channels_out: int, size: int, stride: int = 1) -> nn.Conv2d:
            return nn.Conv2d(channels_in, channels_out, size, stride, padding=size // 2, bias=False)

        self.down = nn.ModuleList([conv(3, width, 9), conv(width, 2 * width, 3, 2), conv(2 * width, 4 * width, 3, 2)])
        self.down_norms = nn.ModuleList(ConditionalInstanceNorm(width * k) for k in (1, 2, 4))
        self.blocks = nn.ModuleList(Residual(4 * width) for _ in range(5))
        self.up = nn.ModuleList([conv(4 * width, 2 * width, 3), conv(2 * width, width, 3)])
        self.up_norms = nn.ModuleList(ConditionalInstanceNorm(width * k) for k in (2, 1))
        self.out = nn.Conv2d(width, 3, 9, padding=4)

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints: RGB (N, 3, H, W) in [0, 1], H and W multiples of 4 -> the same shape and range."""
        codes = iter(self.split_code(code))
        # Reflection needs more pixels than it adds; a picture smaller than the margin repeats its edge instead.
        mode = "reflect" if min(images.shape[2:]) > MARGIN_PX else "replicate"
        y = functional.pad(images, (MARGIN_PX,) * 4, mode=mode) - 0.5
        for conv, norm in zip(self.down, self.down_norms, strict=True):
            y = functional.relu(norm(conv(y), next(codes)))
        for block in self.blocks:
            y = block(y, next(codes), next(codes))
        for conv, norm in zip(self.up, self.up_norms, strict=True):
            y = conv(functional.interpolate(y, scale_factor=2.0, mode="nearest"))
            y = functional.relu(norm(y, next(codes)))
        picture = torch.sigmoid(self.out(y))
        return picture[:, :, MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
