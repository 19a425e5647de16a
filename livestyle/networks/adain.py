"""Adaptive instance normalisation (AdaIN; Huang & Belongie, 1703.06868): any picture is a style, at once.

A photo goes through the front of a VGG, its features are given the mean and the spread of a style's features, channel
by channel, and a decoder makes a picture of them. Nothing is learnt about any style: the code of a picture is measured.

This is done at two layers, as in Avatar-Net (Sheng et al., 1805.03857). Of features at relu4_1 alone, 8 px apart, no
decoder draws a face again: given the photo's own, it painted a picture as far from the photo (0.6 at relu3_3, see
`training.metrics`) as paintings of it should be. Those at relu3_1, which join them on the way, carry the drawing.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import PictureNetwork
from livestyle.networks.norm import EPSILON, ConditionalInstanceNorm
from livestyle.networks.transform import conv3x3
from livestyle.networks.vgg import STAGE_CHANNELS, VggFeatures

FINE, COARSE = "relu3_1", "relu4_1"
"""Whose statistics are the style; the paper has the coarse ones alone (section 6.1)."""
LEVELS = (FINE, COARSE)
LAYERS = ("relu1_1", "relu2_1", FINE, COARSE)
"""Whose statistics the decoder is trained on (section 6.1); the encoder gives them all."""
CHANNELS: Mapping[str, int] = {FINE: STAGE_CHANNELS[2], COARSE: STAGE_CHANNELS[3]}

Features = Mapping[str, Tensor]
"""Layer, of `LEVELS`, -> (N, C, H, W)."""
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

    A code is the spreads and the means of a style's features, those at relu3_1 (256 and 256) before those at relu4_1
    (512 and 512), and last the photo's own share a. With n for the normalised features of the photo x, the decoder is
    given, at each of the two,

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
        self.level_norms = nn.ModuleDict({level: ConditionalInstanceNorm(CHANNELS[level]) for level in LEVELS})
        deep, middle, shallow = width // 2, width // 4, width // 8
        self.decoder = nn.ModuleList(
            [
                _stage(CHANNELS[COARSE], deep),
                _stage(deep, deep, deep, middle),
                _stage(middle, middle, shallow),
                _stage(shallow, shallow, 3),
            ]
        )
        self.skip = nn.Conv2d(CHANNELS[FINE], deep, 1, bias=False)
        for conv in self.modules():
            if isinstance(conv, nn.Conv2d):
                # He et al. (1502.01852): without norms, torch's own start lets the picture die away.
                nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
                if conv.bias is not None:
                    nn.init.zeros_(conv.bias)
        last = self.decoder[-1][-1]  # type: ignore[index]
        # Nearly grey at first, as the losses of wild colours would be huge.
        last.weight.data *= 0.1
        last.bias.data += 0.5

    @property
    def code_size(self) -> int:
        """A spread and a mean for each channel, and the photo's own share."""
        return super().code_size + 1

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
        return torch.stack([code_of(self.features_of(_of_height(pictures, px))) for px in stroke_px], dim=1)

    def features_of(self, pictures: Tensor) -> Features:
        """What the encoder sees in pictures, RGB (N, 3, H, W) in [0, 1]."""
        found: Features = self.encoder(pictures, LEVELS)
        return found

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints; see `StyledNetwork.forward`."""
        return self.decode(self.restyled(self.features_of(images), code)).clamp(0, 1)

    def restyled(self, features: Features, code: Tensor) -> Features:
        """Features with the statistics of a code (N or 1, code_size): the t above, in their type."""
        statistics, share = torch.split(code, [self.code_size - 1, 1], dim=1)
        restyled = {}
        for level, part in zip(LEVELS, self.split_code(statistics), strict=True):
            x = features[level]
            restyled[level] = self.level_norms[level](x, part) + share.to(x.dtype)[:, :, None, None] * x
        return restyled

    def decode(self, features: Features) -> Tensor:
        """The picture, RGB (N, 3, H, W) in about [0, 1], of features; H and W are 8 times those of the coarse ones."""
        y = features[COARSE]
        for depth, stage in enumerate(self.decoder):
            if depth:
                y = functional.interpolate(functional.relu(y), scale_factor=2.0, mode="nearest")
            if depth == 1:
                y = y + self.skip(features[FINE])
            y = stage(y)
        return y


def code_of(features: Features) -> Tensor:
    """The codes (N, code_size) of styles that an encoder sees so."""
    statistics = [part for level in LEVELS for part in spread_and_mean(features[level])]
    return code_from(statistics)


def code_from(statistics: Sequence[Tensor]) -> Tensor:
    """The codes (N, code_size) of the spreads and means (N, C) at each of `LEVELS`."""
    return torch.cat([*statistics, torch.zeros_like(statistics[0][:, :1])], dim=1)


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
