"""The style predictor: from any picture to a style code (Ghiasi et al., 1705.06830).

An encoder (see `encoders`) makes numbers of the picture, a head makes codes of the numbers. The default is an encoder
made for it, the front of VGG-16 that every loss here looks through as well, and a small perceptron; with any other
encoder the head is that of Ghiasi et al. The palette, the end of the code, need not be predicted: it is measured.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.code import PALETTE, palette_of
from livestyle.networks.encoders import Encoder, VggEncoder, build_encoder

AREA_PX = 240**2
"""Pictures are looked at in this size, whatever their shape: twice the time would see little more."""
USUAL_STROKE_PX = 360


def for_predictor(pictures: Tensor, smallest_px: int = 8) -> Tensor:
    """Resizes RGB (N, 3, H, W) in [0, 1] to `AREA_PX`, without aliasing, and no side below `smallest_px`."""
    height, width = pictures.shape[2:]
    scale = (AREA_PX / (height * width)) ** 0.5
    size = [max(smallest_px, round(height * scale)), max(smallest_px, round(width * scale))]
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True).clamp(0, 1)


def statistics_of(encoder: Encoder, pictures: Tensor) -> Tensor:
    """What a code is predicted from.

    Args:
        encoder: Looks at the pictures.
        pictures: RGB (N, 3, H, W) in [0, 1], from `for_predictor`.

    Returns:
        float32 (N, encoder.size + `PALETTE`): what the encoder says, then the palette.
    """
    return torch.cat([encoder.describe(pictures), palette_of(pictures)], dim=1)


class PredictorHead(nn.Module):
    """Predicts style codes from the statistics of a picture.

    Its last layer is called `code`: a linear map to the codes, whose bias is the usual code.

    Args:
        features: How many of the statistics come from the encoder.
    """

    code: nn.Linear
    least_spread: float
    """What the spread of a number among pictures is taken for at least."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features
        self.mean: Tensor
        self.spread: Tensor
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("spread", torch.ones(features))

    def standardise(self, statistics: Tensor) -> None:
        """Takes the usual mean and spread from the statistics (N, features + `PALETTE`) of many pictures."""
        spread, mean = torch.std_mean(statistics[:, : self.features], dim=0)
        self.mean.copy_(mean)
        self.spread.copy_(spread.clamp(min=self.least_spread))

    def forward(self, statistics: Tensor, stroke_px: Sequence[float]) -> Tensor:
        """Predicts codes.

        Args:
            statistics: (N, features + `PALETTE`), from `statistics_of`.
            stroke_px: S stroke sizes, in the meaning of `StyleFile.stroke_px`.

        Returns:
            float32 (N, S, K).
        """
        features, palette = torch.split(statistics, [self.features, PALETTE], dim=1)
        gist = self.gist((features - self.mean) / self.spread)
        stroke = (torch.tensor(stroke_px, device=gist.device) / USUAL_STROKE_PX).log2()
        codes = self.codes(gist[:, None].expand(-1, len(stroke), -1), stroke[None, :, None].expand(len(gist), -1, 1))
        return torch.cat([codes[..., :-PALETTE], palette[:, None].expand(-1, len(stroke), -1)], dim=2)

    @abstractmethod
    def gist(self, known: Tensor) -> Tensor:
        """The bottleneck: standardised features (N, features) -> (N, B)."""

    @abstractmethod
    def codes(self, gist: Tensor, stroke: Tensor) -> Tensor:
        """(N, S, B) and the logarithms of the stroke sizes (N, S, 1) -> codes (N, S, K), palette included."""


class StylePredictor(PredictorHead):
    """A small perceptron, for the statistics of VGG features.

    Args:
        code_size: K.
        features: How many numbers the encoder gives.
        width: Of the perceptron.
    """

    least_spread = 0.05

    def __init__(self, code_size: int, features: int = VggEncoder.size, width: int = 256) -> None:
        super().__init__(features)
        self.look = nn.Linear(features, width)
        self.bottleneck = nn.Linear(width, width // 2)
        self.widen = nn.Linear(width // 2 + 1, width)
        self.code = nn.Linear(width, code_size)

    def gist(self, known: Tensor) -> Tensor:
        """See `PredictorHead.gist`."""
        gist: Tensor = self.bottleneck(functional.relu(self.look(known.clamp(-4, 4))))
        return gist

    def codes(self, gist: Tensor, stroke: Tensor) -> Tensor:
        """See `PredictorHead.codes`."""
        codes: Tensor = self.code(functional.relu(self.widen(torch.cat([gist, stroke], dim=2))))
        return codes


class LinearPredictor(PredictorHead):
    """The head of Ghiasi et al.: a linear bottleneck of 100 numbers, and from there linearly to the codes.

    The paper's styles have one size of strokes. Here the map to the codes changes linearly with the logarithm of the
    stroke size.

    Args:
        code_size: K.
        features: How many numbers the encoder gives.
        width: Of the bottleneck.
    """

    least_spread = 1e-3

    def __init__(self, code_size: int, features: int, width: int = 100) -> None:
        super().__init__(features)
        self.bottleneck = nn.Linear(features, width)
        self.code = nn.Linear(2 * width + 1, code_size)

    def gist(self, known: Tensor) -> Tensor:
        """See `PredictorHead.gist`."""
        gist: Tensor = self.bottleneck(known)
        return gist

    def codes(self, gist: Tensor, stroke: Tensor) -> Tensor:
        """See `PredictorHead.codes`."""
        codes: Tensor = self.code(torch.cat([gist, gist * stroke, stroke], dim=2))
        return codes


def head_for(encoder: Encoder, code_size: int) -> PredictorHead:
    """A fresh head for what an encoder says."""
    if isinstance(encoder, VggEncoder):
        return StylePredictor(code_size, encoder.size)
    return LinearPredictor(code_size, encoder.size)


class PicturePredictor(nn.Module):
    """Encoder and head together, as a style file carries them: from a picture to its codes.

    Args:
        code_size: K.
        encoder: One of `encoders.ENCODERS`.

    Raises:
        StyleError: There is no such encoder.
    """

    def __init__(self, code_size: int, encoder: str = "vgg16") -> None:
        super().__init__()
        self.encoder = build_encoder(encoder)
        self.head = head_for(self.encoder, code_size)

    def forward(self, pictures: Tensor, stroke_px: Sequence[float]) -> Tensor:
        """RGB (N, 3, H, W) in [0, 1] of any size -> codes, float32 (N, S, K)."""
        seen = for_predictor(pictures, self.encoder.smallest_px)
        codes: Tensor = self.head(statistics_of(self.encoder, seen), stroke_px)
        return codes
