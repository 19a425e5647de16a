"""The pyramid generator of Texture Networks (Ulyanov et al., 1603.03417): noise to textures, or a photo painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.norm import EPSILON

SCALES = 6
"""The paper's: noise at 1/32, 1/16, ... 1/1 of the size."""
CELL_PX = 2 ** (SCALES - 1)
"""Pixels to a place of the coarsest scale: sizes inside the network are multiples of it."""
NOISE_CHANNELS = 3

Padding = Literal["circular", "reflect"]


class ScaledNorm(nn.Module):
    """Instance norm, then a scale and a shift learnt for each channel.

    Args:
        channels: C.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape and type."""
        # The two kernels of `norm.instance_norm`, which take scale and shift in the same pass.
        if torch.is_grad_enabled():
            return functional.instance_norm(x, weight=self.scale, bias=self.shift, eps=EPSILON)
        return functional.group_norm(x, len(self.scale), self.scale, self.shift, EPSILON)


class ConvBlock(nn.Sequential):
    """Convolutions of 3x3, 3x3 and 1x1, each with norm and ReLU.

    Args:
        channels_in: Channels that come in.
        channels_out: Channels of all three.
        padding: What is beyond the edges, as for `nn.Conv2d`.
    """

    def __init__(self, channels_in: int, channels_out: int, padding: Padding) -> None:
        layers: list[nn.Module] = []
        for size in (3, 3, 1):
            # No bias: the norm would take it out again.
            layers += [
                nn.Conv2d(channels_in, channels_out, size, padding=size // 2, bias=False, padding_mode=padding),
                ScaledNorm(channels_out),
                nn.ReLU(inplace=True),
            ]
            channels_in = channels_out
        super().__init__(*layers)


class TextureNetwork(nn.Module):
    """Blocks of convolutions at six scales, merged from coarse to fine by nearest-neighbour enlargement.

    A texture is painted on a torus: every convolution takes what it lacks at one edge from the opposite one. Noise is
    the same everywhere, so then the texture is as well, and there is no border to see or to learn by. With zeros, or
    with a mirror, pixels near the border would have statistics of their own. A photo's edges do not belong together:
    it is mirrored, as in the project's other networks.

    The last three colours go through a sigmoid, which the paper has not, so that pictures stay within [0, 1].

    Args:
        width: Channels of each scale; merged, the i-th finest of six has (7 - i) times as many. The paper's are 8.
        paints_photos: Whether a photo comes in with the noise.
    """

    def __init__(self, width: int = 8, *, paints_photos: bool = False) -> None:
        super().__init__()
        self.width, self.paints_photos = width, paints_photos
        channels = NOISE_CHANNELS + 3 * paints_photos
        padding: Padding = "reflect" if paints_photos else "circular"
        self.scales = nn.ModuleList(ConvBlock(channels, width, padding) for _ in range(SCALES))
        """The coarsest first, as in all lists here."""
        self.coarse_norms = nn.ModuleList(ScaledNorm(width * i) for i in range(1, SCALES))
        self.fine_norms = nn.ModuleList(ScaledNorm(width) for _ in range(1, SCALES))
        self.merged = nn.ModuleList(ConvBlock(width * i, width * i, padding) for i in range(2, SCALES + 1))
        self.out = nn.Conv2d(width * SCALES, 3, 1)

    def forward(self, noise: Sequence[Tensor], photos: Tensor | None = None) -> Tensor:
        """Paints.

        Args:
            noise: From `draw_noise`, for (H, W).
            photos: RGB (N, 3, H, W) in [0, 1], if the network paints photos; H and W at least 2 `CELL_PX`, as a single
                place has no mirror.

        Returns:
            RGB float32 (N, 3, H, W) in [0, 1].
        """
        painted: Tensor | None = None
        for i, (field, block) in enumerate(zip(noise, self.scales, strict=True)):
            x = field
            if photos is not None:
                ratio = CELL_PX >> i
                x = torch.cat([functional.avg_pool2d(photos, ratio) - 0.5, field], dim=1)
            x = block(x)
            if painted is None:
                painted = x
                continue
            # Enlarged after its norm and not before, which is the same: every value then counts four times.
            painted = functional.interpolate(self.coarse_norms[i - 1](painted), scale_factor=2.0)
            x = torch.cat([painted, self.fine_norms[i - 1](x)], dim=1)
            del painted  # in large pictures the finest scale takes nearly all memory
            painted = self.merged[i - 1](x)
        # In full precision: colours in bfloat16 would have fewer steps than bytes have.
        return torch.sigmoid(self.out(painted).float())


def draw_noise(count: int, size_hw: tuple[int, int], generator: torch.Generator) -> list[Tensor]:
    """The noise that pictures are made of: uniform in [-0.5, 0.5), which is about the spread of a photo.

    Args:
        count: N.
        size_hw: (H, W), multiples of `CELL_PX`.
        generator: On the CPU, so that a seed means the same on every device.

    Returns:
        float32 (N, `NOISE_CHANNELS`, H / 32, W / 32), then each twice as large, to (H, W).
    """
    height, width = size_hw
    ratios = [CELL_PX >> i for i in range(SCALES)]
    return [
        torch.rand(count, NOISE_CHANNELS, height // ratio, width // ratio, generator=generator) - 0.5
        for ratio in ratios
    ]
