"""The style predictor: from any picture to a style code (Ghiasi et al., 1705.06830), with an encoder made for it.

What a style code has to bring about is statistics of VGG features, so those of the picture are what it is predicted
from: the mean and the spread of each channel at three depths, then a small perceptron. The encoder is the frozen
front of VGG-16, which every loss here looks through as well; only the perceptron is trained. The palette, the end of
the code, need not be predicted: it is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import PALETTE, palette_of
from livestyle.networks.vgg import STAGE_CHANNELS, VggFeatures

LAYERS = ("relu1_2", "relu2_2", "relu3_3")
FEATURE_STATISTICS = 2 * sum(STAGE_CHANNELS[:3])
STATISTICS = FEATURE_STATISTICS + PALETTE
AREA_PX = 240**2
"""Pictures are looked at in this size, whatever their shape: twice the time would see little more."""
USUAL_STROKE_PX = 360


def statistics_of(features: Mapping[str, Tensor], pictures: Tensor) -> Tensor:
    """What a code is predicted from.

    Args:
        features: (N, C, H, W) for each of `LAYERS`.
        pictures: RGB (N, 3, H, W) in [0, 1] that they are of.

    Returns:
        float32 (N, `STATISTICS`): logarithms of the features' means and standard deviations, as channels differ by
        magnitudes; then the palette.
    """
    parts = []
    for layer in LAYERS:
        values = features[layer].float()
        mean = values.mean(dim=(2, 3))
        # Four times as fast as `torch.std_mean`; exact enough, as rectified features spread as far as they lie.
        spread = (values.square().mean(dim=(2, 3)) - mean.square()).clamp(min=0).sqrt()
        parts += [(mean + 0.05).log(), (spread + 0.05).log()]
    return torch.cat([*parts, palette_of(pictures)], dim=1)


def for_predictor(pictures: Tensor) -> Tensor:
    """Resizes RGB (N, 3, H, W) in [0, 1] to `AREA_PX`, without aliasing."""
    height, width = pictures.shape[2:]
    scale = (AREA_PX / (height * width)) ** 0.5
    size = [max(8, round(height * scale)), max(8, round(width * scale))]
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True).clamp(0, 1)


class StylePredictor(nn.Module):
    """Predicts style codes from the statistics of a picture.

    Args:
        code_size: K.
        width: Of the perceptron.
    """

    def __init__(self, code_size: int, width: int = 256) -> None:
        super().__init__()
        self.mean: Tensor
        self.spread: Tensor
        self.register_buffer("mean", torch.zeros(FEATURE_STATISTICS))
        self.register_buffer("spread", torch.ones(FEATURE_STATISTICS))
        self.look = nn.Linear(FEATURE_STATISTICS, width)
        self.bottleneck = nn.Linear(width, width // 2)
        self.widen = nn.Linear(width // 2 + 1, width)
        self.code = nn.Linear(width, code_size)

    def standardise(self, statistics: Tensor) -> None:
        """Takes the usual mean and spread from the statistics (N, `STATISTICS`) of many pictures."""
        spread, mean = torch.std_mean(statistics[:, :FEATURE_STATISTICS], dim=0)
        self.mean.copy_(mean)
        self.spread.copy_(spread.clamp(min=0.05))

    def forward(self, statistics: Tensor, stroke_px: Sequence[float]) -> Tensor:
        """Predicts codes.

        Args:
            statistics: (N, `STATISTICS`), from `statistics_of`.
            stroke_px: S stroke sizes, in the meaning of `StyleFile.stroke_px`.

        Returns:
            float32 (N, S, K).
        """
        features, palette = torch.split(statistics, [FEATURE_STATISTICS, PALETTE], dim=1)
        known = ((features - self.mean) / self.spread).clamp(-4, 4)
        gist = self.bottleneck(functional.relu(self.look(known)))
        stroke = (torch.tensor(stroke_px, device=gist.device) / USUAL_STROKE_PX).log2()
        pairs = torch.cat(
            [gist[:, None].expand(-1, len(stroke), -1), stroke[None, :, None].expand(len(gist), -1, 1)], dim=2
        )
        codes = self.code(functional.relu(self.widen(pairs)))
        return torch.cat([codes[..., :-PALETTE], palette[:, None].expand(-1, len(stroke), -1)], dim=2)


class PicturePredictor(nn.Module):
    """Encoder and predictor together, as a style file carries them: from a picture to its codes.

    Args:
        code_size: K.
    """

    def __init__(self, code_size: int) -> None:
        super().__init__()
        self.encoder = VggFeatures(LAYERS)
        self.head = StylePredictor(code_size)

    def forward(self, pictures: Tensor, stroke_px: Sequence[float]) -> Tensor:
        """RGB (N, 3, H, W) in [0, 1] of any size -> codes, float32 (N, S, K)."""
        seen = for_predictor(pictures)
        codes: Tensor = self.head(statistics_of(self.encoder(seen), seen), stroke_px)
        return codes
