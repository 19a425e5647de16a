"""A small autoencoder whose decoder can be entered at every depth: what patch networks see with and paint with."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.transform import blur_of_shuffled, conv3x3

GROWTH = (1, 2, 4, 6)
"""Channels of each stage as multiples of the width."""


class Autoencoder(nn.Module):
    """Features of pictures at strides 2, 4, 8 and 16, and the way back from each (Champandard's `forward`, 2016).

    Stage k of the decoder takes the features of level k to those of level k - 1, and the features of level 0 to the
    picture; so what one holds at any level can be decoded stage by stage and changed in between. Up-sampling is nearest
    neighbour and a convolution: transposed convolutions draw checkerboards (Odena et al. 2016). The last step, which is
    the dearest, is a blurred shuffle as in `TransformNetwork`.

    Args:
        width: Channels of the shallowest level.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        channels = [width * growth for growth in GROWTH]
        self.encoder = nn.ModuleList(
            [nn.Sequential(nn.PixelUnshuffle(2), conv3x3(12, width, bias=True), nn.ELU(), _refine(width))]
        )
        self.decoder = nn.ModuleList([nn.Sequential(_refine(width), conv3x3(width, 12, bias=True), _BlurredShuffle())])
        for shallow, deep in pairwise(channels):
            self.encoder.append(nn.Sequential(nn.Conv2d(shallow, deep, 2, stride=2), nn.ELU(), _refine(deep)))
            self.decoder.append(nn.Sequential(_rise(deep, shallow), nn.ELU(), _refine(shallow)))

    def encode(self, images: Tensor, levels: int = len(GROWTH)) -> list[Tensor]:
        """Features of RGB (N, 3, H, W) in [0, 1], the shallowest first: (N, C, H / 2, W / 2), ...

        Args:
            images: H and W are multiples of 2^levels.
            levels: How many.
        """
        found = []
        x = images - 0.5
        for stage in self.encoder[:levels]:
            x = stage(x)
            found.append(x)
        return found

    def decode(self, features: Tensor, level: int) -> Tensor:
        """One stage of the decoder.

        Args:
            features: Of that level.
            level: 0 for the shallowest.

        Returns:
            Features of the level before it; for level 0 RGB pictures, in [0, 1] but for what is to be clamped.
        """
        decoded: Tensor = self.decoder[level](features)
        return decoded if level else decoded + 0.5


class _Double(nn.Module):
    """(N, C, H, W) -> (N, C, 2 H, 2 W), nearest neighbour."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class _BlurredShuffle(nn.Module):
    """(N, 12, H, W) -> (N, 3, 2 H, 2 W), without a pattern of 2 px."""

    def __init__(self) -> None:
        super().__init__()
        self.blur: Tensor
        self.register_buffer("blur", blur_of_shuffled(3), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        blurred = functional.conv2d(functional.pad(x, (1, 1, 1, 1), mode="reflect"), self.blur)
        return functional.pixel_shuffle(blurred, 2)


def _rise(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(_Double(), conv3x3(channels_in, channels_out, bias=True))


def _refine(channels: int) -> nn.Sequential:
    return nn.Sequential(conv3x3(channels, channels, bias=True), nn.ELU())
