"""Adaptive instance normalisation (AdaIN; Huang & Belongie, 1703.06868): any picture is a style, at once.

A photo goes through the front of a VGG, its features are given the mean and the spread of a style's features, channel
by channel, and a decoder makes a picture of them. Nothing is learnt about any style: the code of a picture is measured.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import PictureNetwork
from livestyle.networks.norm import EPSILON, ConditionalInstanceNorm
from livestyle.networks.transform import conv3x3
from livestyle.networks.vgg import STAGE_CHANNELS, VggFeatures

LAYER = "relu4_1"
"""Whose statistics are the style (section 6.1)."""
LAYERS = ("relu1_1", "relu2_1", "relu3_1", LAYER)
"""Whose statistics the decoder is trained on (section 6.1); the encoder gives them all."""
CHANNELS = STAGE_CHANNELS[3]
LONGEST = 4.0
"""How long a picture may be for its height before it is looked at smaller than its strokes ask for."""


def spread_and_mean(features: Tensor) -> tuple[Tensor, Tensor]:
    """What a style looks like at one layer: how far each channel spreads, and its mean.

    The spread is what `instance_norm` divides by, so that features given their own statistics stay as they are.

    Args:
        features: (N, C, H, W), any float type, rectified.

    Returns:
        float32 (N, C) and (N, C).
    """
    values = features.float()
    mean = values.mean(dim=(2, 3))
    # Several times as fast as `torch.var`; exact enough, as rectified features spread as far as they lie.
    variance = (values.square().mean(dim=(2, 3)) - mean.square()).clamp(min=0)
    return (variance + EPSILON).sqrt(), mean


class AdainNetwork(PictureNetwork):
    """Encoder, adaptive instance normalisation, decoder.

    The encoder is VGG-16 where the paper's is VGG-19: the same layers but for one convolution. Encoder and decoder
    reflect the picture at its edge, the decoder mirrors the encoder with nearest-neighbour resize for pooling and has
    no norms, all as in the paper.

    A code is the spreads (512) and the means (512) of a style's features, and last the photo's own share a. With n for
    the normalised features of the photo x, the decoder is given

        t = (spread + a spread(x)) n + (mean + a mean(x)) = spread n + mean + a x.

    A style's code has a = 0, which is AdaIN; the identity code is zeros with a = 1, which leaves x as it is. t is
    linear in the code, so a code between a style's and the identity is the paper's strength alpha (eq. 14), and a
    mixture of codes its mixture of styles (eq. 15), both exactly.

    Args:
        width: Channels of the decoder at its deepest, a multiple of 16: 512 mirrors the encoder, as in the paper.
    """

    multiple = 8

    def __init__(self, width: int = 512) -> None:
        super().__init__()
        self.encoder = VggFeatures(LAYERS, padding="reflect")
        self.norm = ConditionalInstanceNorm(CHANNELS)
        deep, middle, shallow = width // 2, width // 4, width // 8
        self.decoder = nn.ModuleList(
            [
                _stage(CHANNELS, deep),
                _stage(deep, deep, deep, middle),
                _stage(middle, middle, shallow),
                _stage(shallow, shallow, 3),
            ]
        )
        for conv in self.modules():
            if isinstance(conv, nn.Conv2d):
                # He et al. (1502.01852): without norms, torch's own start lets the picture die away.
                nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
                nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
        last = self.decoder[-1][-1]  # type: ignore[index]
        # Nearly grey at first, as the losses of wild colours would be huge.
        last.weight.data *= 0.1
        last.bias.data += 0.5

    @property
    def code_size(self) -> int:
        """A spread and a mean for each channel, and the photo's own share."""
        return self.norm.code_size + 1

    def neutral_code(self) -> Tensor:
        """As `identity_code`."""
        return self.identity_code()

    def identity_code(self) -> Tensor:
        """Zeros, and the whole of the photo's own share."""
        code = torch.zeros(self.code_size)
        code[-1] = 1
        return code

    def codes_of(self, pictures: Tensor, stroke_px: Sequence[int]) -> Tensor:
        """Codes of pictures seen at several sizes; see `PictureNetwork.codes_of`."""
        seen = (self.encoder(_of_height(pictures, px), [LAYER])[LAYER] for px in stroke_px)
        return torch.stack([code_of(*spread_and_mean(features)) for features in seen], dim=1)

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints; see `StyledNetwork.forward`."""
        features = self.encoder(images, [LAYER])[LAYER]
        return self.decode(self.restyled(features, code)).clamp(0, 1)

    def restyled(self, features: Tensor, code: Tensor) -> Tensor:
        """Features (N, 512, H, W) with the statistics of a code (N or 1, 1025): the t above, in their type."""
        statistics, share = torch.split(code, [self.norm.code_size, 1], dim=1)
        restyled: Tensor = self.norm(features, statistics) + share.to(features.dtype)[:, :, None, None] * features
        return restyled

    def decode(self, features: Tensor) -> Tensor:
        """The picture, RGB (N, 3, 8 H, 8 W) in about [0, 1], of features (N, 512, H, W)."""
        y = features
        for depth, stage in enumerate(self.decoder):
            if depth:
                y = functional.interpolate(functional.relu(y), scale_factor=2.0, mode="nearest")
            y = stage(y)
        return y


def code_of(spread: Tensor, mean: Tensor) -> Tensor:
    """The codes (N, 1025) of the styles whose features have spreads and means (N, 512)."""
    return torch.cat([spread, mean, torch.zeros_like(mean[:, :1])], dim=1)


def _stage(*channels: int) -> nn.Sequential:
    """Convolutions at one resolution, rectified in between."""
    layers: list[nn.Module] = []
    for channels_in, channels_out in itertools.pairwise(channels):
        layers += [nn.ReLU(), conv3x3(channels_in, channels_out, bias=True)]
    return nn.Sequential(*layers[1:])


def _of_height(pictures: Tensor, height_px: int) -> Tensor:
    """Pictures (N, 3, H, W) with their short side that long, or shorter if they are very long; without aliasing."""
    height, width = pictures.shape[2:]
    scale = height_px / max(min(height, width), max(height, width) / LONGEST)
    size = [max(16, round(height * scale)), max(16, round(width * scale))]
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True).clamp(0, 1)
