"""The transform network: space-to-depth, a residual trunk at quarter resolution, a half-resolution detail path.

Most of the work is dense 3x3 convolution at a quarter of the resolution, which is what tensor cores and AMX units are
good at; the full resolution is only ever touched by memory shuffles.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import StyledNetwork
from livestyle.networks.norm import ConditionalInstanceNorm


def conv3x3(channels_in: int, channels_out: int, *, bias: bool = False) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size. No bias where a norm follows, which would take it out again.

    The picture is reflected at its edge. With zeros around it a network sees its border, and as a loss on Gram matrices
    does not care where in the picture something is, it learns to shift the statistics of its norms there: bands of
    strong colour along the border, and a dull picture within.
    """
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=bias, padding_mode="reflect")


def blur_of_shuffled(channels: int) -> Tensor:
    """A 1-2-1 binomial blur of a picture, written as a convolution of its 2x2 space-to-depth form.

    A sub-pixel convolution has no anti-imaging filter, so its four phases easily drift apart into a checkerboard. The
    blur takes a line at a period of 2 px out exactly. Done on the unshuffled tensor it costs next to nothing.

    Args:
        channels: Channels of the picture.

    Returns:
        Weights (4 channels, 4 channels, 3, 3) for `F.conv2d` before `F.pixel_shuffle(..., 2)`.
    """
    binomial = (0.25, 0.5, 0.25)
    weights = torch.zeros(4 * channels, 4 * channels, 3, 3)
    for y in range(2):
        for x in range(2):
            for dy, wy in zip((-1, 0, 1), binomial, strict=True):
                for dx, wx in zip((-1, 0, 1), binomial, strict=True):
                    cell_y, phase_y = divmod(y + dy, 2)
                    cell_x, phase_x = divmod(x + dx, 2)
                    for c in range(channels):
                        row, column = 4 * c + 2 * y + x, 4 * c + 2 * phase_y + phase_x
                        weights[row, column, 1 + cell_y, 1 + cell_x] += wy * wx
    return weights


class Residual(nn.Module):
    """conv, norm, ReLU, conv, norm, plus the input (Johnson et al. 2016), with conditional norms."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = conv3x3(width, width)
        self.norm1 = ConditionalInstanceNorm(width)
        self.conv2 = conv3x3(width, width)
        self.norm2 = ConditionalInstanceNorm(width)

    def forward(self, x: Tensor, code1: Tensor, code2: Tensor) -> Tensor:
        """(N, width, H, W) -> the same shape; `code1` and `code2` are the slices of the two norms."""
        y = functional.relu(self.norm1(self.conv1(x), code1))
        painted: Tensor = x + self.norm2(self.conv2(y), code2)
        return painted


def detail_of(width: int) -> int:
    """Channels at half the resolution, where they cost four times as much, for those of the trunk."""
    return max(1, min(32, width // 2))


class TransformNetwork(StyledNetwork):
    """livestyle's own real-time network ("s2d").

    Args:
        width: Channels of the quarter-resolution trunk: 64 is real time on a CPU, 128 has the trunk of Johnson's
            network.
        blocks: Residual blocks in the trunk.
    """

    def __init__(self, width: int = 64, blocks: int = 5) -> None:
        super().__init__()
        detail = detail_of(width)
        # At a quarter of the resolution a convolution before the blocks, two in each and one behind them; the shuffles,
        # the bilinear resize and three convolutions at half the resolution add less than four more.
        self.reach_px = 4 * (2 * blocks + 2 + 4)
        self.stem = conv3x3(3 * 16, width)
        self.stem_norm = ConditionalInstanceNorm(width)
        self.blocks = nn.ModuleList(Residual(width) for _ in range(blocks))
        self.up = conv3x3(width, detail)
        self.detail = conv3x3(3 * 4, detail)
        self.join_norm = ConditionalInstanceNorm(detail)
        self.smooth = conv3x3(detail, detail)
        self.smooth_norm = ConditionalInstanceNorm(detail)
        self.out = conv3x3(detail, 3 * 4)
        self.color_norm = ConditionalInstanceNorm(3)
        self.blur: Tensor
        self.register_buffer("blur", blur_of_shuffled(3), persistent=False)
        self._start_smooth()

    def _start_smooth(self) -> None:
        # All four phases of each output pixel start with the same weights, so that training starts without a
        # checkerboard (Aitken et al., 1707.02937).
        weight = self.out.weight.data
        self.out.weight.data = weight[::4].repeat_interleave(4, dim=0).clone()

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints; see `StyledNetwork.forward`."""
        codes = iter(self.split_code(code))
        x = images - 0.5
        y = functional.relu(self.stem_norm(self.stem(functional.pixel_unshuffle(x, 4)), next(codes)))
        for block in self.blocks:
            y = block(y, next(codes), next(codes))
        # Bilinear and not a shuffle: a shuffle's 4-px checkerboard costs more quality than its extra channels give.
        y = functional.interpolate(self.up(y), scale_factor=2.0, mode="bilinear")
        y = y + self.detail(functional.pixel_unshuffle(x, 2))
        y = functional.relu(self.join_norm(y, next(codes)))
        y = functional.relu(self.smooth_norm(self.smooth(y), next(codes)))
        y = functional.pad(self.out(y), (1, 1, 1, 1), mode="reflect")
        # The palette of a painting is the first thing one knows it by: here the code says it outright, so that no photo
        # is painted paler than the painting is.
        y = functional.pixel_shuffle(functional.conv2d(y, self.blur.to(y.dtype)), 2)
        # In full precision: colours in bfloat16 would have fewer steps than bytes have.
        return torch.sigmoid(self.color_norm(y.float(), next(codes)))
