"""The network that finds people: Google's selfie segmentation, as its file has it.

A small MobileNetV3 with squeeze and excitation (Howard et al., 1905.02244) goes down to a sixteenth of the size, and a
light decoder comes up again, each step taking from the finer features what the picture as a whole asks for.
`scripts/convert_people.py` fills it with the weights of MediaPipe's file.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class PeopleNetwork(nn.Module):
    """Says of each pixel how surely it is of a person.

    Sides of the pictures are multiples of 16; it has learnt them at 144 lines of 256 px.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Conv(3, 16, 3, stride=2)
        self.to_4 = _Bottleneck(16, 16, 16, 3, squeezed=8, stride=2, activation=nn.ReLU())
        self.to_8 = nn.Sequential(
            _Bottleneck(16, 72, 24, 3, stride=2, activation=nn.ReLU()),
            _Bottleneck(24, 88, 24, 3, activation=nn.ReLU()),
        )
        self.to_16 = nn.Sequential(
            _Bottleneck(24, 96, 32, 5, squeezed=24, stride=2),
            *(_Bottleneck(32, width, 32, 5, squeezed=width // 4) for width in (128, 128, 96, 96)),
        )
        self.head, self.gate = nn.Conv2d(32, 128, 1), nn.Conv2d(32, 128, 1)
        self.up = nn.ModuleList([_Up(128, 24), _Up(24, 16), _Up(16, 16)])
        self.last = nn.ConvTranspose2d(16, 1, 2, stride=2)

    def forward(self, images: Tensor) -> Tensor:
        """Finds people.

        Args:
            images: RGB in 0..1, (N, 3, H, W).

        Returns:
            How surely, in 0..1, (N, 1, H, W).
        """
        halves = functional.hardswish(self.stem(images))
        quarters = self.to_4(halves)
        eighths = self.to_8(quarters)
        features = self.to_16(eighths)
        features = functional.relu(self.head(features)) * torch.sigmoid(self.gate(_mean(features)))
        for up, finer in zip(self.up, (eighths, quarters, halves), strict=True):
            features = up(features, finer)
        return torch.sigmoid(self.last(features))


class _Conv(nn.Conv2d):
    """A convolution padded as TensorFlow does: where one pixel is over, it is on the right and at the foot."""

    def __init__(self, channels: int, width: int, side_px: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(channels, width, side_px, stride=stride, groups=groups)
        before = (side_px - stride) // 2
        self._around = [before, side_px - stride - before] * 2

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (torch's name)
        return super().forward(functional.pad(input, self._around))


class _Bottleneck(nn.Module):
    """MobileNetV3's block: wider, around each place, weighed by the picture as a whole, narrow again."""

    def __init__(
        self,
        channels: int,
        width: int,
        out_channels: int,
        side_px: int,
        *,
        squeezed: int = 0,
        stride: int = 1,
        activation: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.wide = nn.Conv2d(channels, width, 1)
        self.around = _Conv(width, width, side_px, stride, groups=width)
        self.squeeze = _Squeeze(width, squeezed) if squeezed else None
        self.narrow = nn.Conv2d(width, out_channels, 1)
        self.activation = activation or nn.Hardswish()
        self._adds = stride == 1

    def forward(self, features: Tensor) -> Tensor:
        wide = self.activation(self.around(self.activation(self.wide(features))))
        if self.squeeze is not None:
            wide = wide * self.squeeze(wide)
        narrow: Tensor = self.narrow(wide)
        return narrow + features if self._adds else narrow


class _Squeeze(nn.Module):
    """How much each channel matters, by its mean over the picture."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        return torch.sigmoid(self.up(functional.relu(self.down(_mean(features)))))


class _Up(nn.Module):
    """Twice the size, with what is wanted of the finer features."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(channels, width, 1)
        self.squeeze = _Squeeze(width, width)
        self.mix = nn.Conv2d(width, width, 1)
        self.around = _Conv(width, width, 3, groups=width)

    def forward(self, features: Tensor, finer: Tensor) -> Tensor:
        larger = functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
        narrow = self.narrow(larger)
        mixed = functional.relu(self.mix(finer * self.squeeze(finer + narrow) + narrow))
        return mixed + functional.relu(self.around(mixed))


def _mean(features: Tensor) -> Tensor:
    return features.mean((2, 3), keepdim=True)
