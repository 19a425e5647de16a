"""A small autoencoder whose decoder can be entered at every depth: what patch networks see with and paint with."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.transform import blur_of_shuffled, conv3x3

GROWTH = (1, 2, 4)
"""Channels of each stage as multiples of the width."""


class Autoencoder(nn.Module):
    """Features of pictures at strides 2, 4 and 8, and the way back from each (Champandard's `forward`, 2016).

    Stage k of the decoder takes the features of level k to those of level k - 1, and the features of level 0 to the
    picture; so what one holds at any level can be decoded stage by stage and changed in between. Up-sampling is nearest
    neighbour and a convolution: transposed convolutions draw checkerboards (Odena et al. 2016). The last step, which is
    the dearest, is a blurred shuffle as in `TransformNetwork`. At first every stage is linear and keeps the variance:
    so deep a chain without norms hardly learns otherwise.

    Args:
        width: Channels of the shallowest level.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        channels = [width * growth for growth in GROWTH]
        self.encoder = nn.ModuleList([nn.Sequential(nn.PixelUnshuffle(2), _conv3x3(12, width), _Refine(width))])
        self.decoder = nn.ModuleList([nn.Sequential(_Refine(width), _conv3x3(width, 12), _BlurredShuffle())])
        for shallow, deep in pairwise(channels):
            down = nn.Conv2d(shallow, deep, 2, stride=2)
            nn.init.orthogonal_(down.weight)
            self.encoder.append(nn.Sequential(down, _Refine(deep)))
            self.decoder.append(nn.Sequential(_Double(), _conv3x3(deep, shallow), _Refine(shallow)))

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


class _Refine(nn.Module):
    """Adds what a convolution of the rectified features says: nothing at first."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = conv3x3(channels, channels, bias=True)
        nn.init.zeros_(self.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        refined: Tensor = x + self.conv(functional.elu(x))
        return refined


def _conv3x3(channels_in: int, channels_out: int) -> nn.Conv2d:
    """One that keeps the size and, at first, the variance."""
    conv = conv3x3(channels_in, channels_out, bias=True)
    nn.init.normal_(conv.weight, std=(9 * channels_in) ** -0.5)
    return conv
