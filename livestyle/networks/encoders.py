"""Encoders: what a style predictor sees of a picture, as a few hundred numbers.

Three are the frozen fronts of networks trained on ImageNet; one starts from nothing and is trained along with the
transform network. torchvision is imported only for those that are its networks.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.errors import StyleError
from livestyle.networks.vgg import MEAN, STAGE_CHANNELS, STD, VggFeatures


class Encoder(nn.Module):
    """From pictures to numbers that say what their style is like.

    Attributes:
        size: How many numbers.
        trained: Whether it is trained along with the network; otherwise it is frozen.
        smallest_px: Pictures may not be narrower.
    """

    size: int
    trained = False
    smallest_px = 8

    @abstractmethod
    def describe(self, pictures: Tensor) -> Tensor:
        """RGB (N, 3, H, W) in [0, 1] -> float32 (N, `size`)."""


class VggEncoder(VggFeatures, Encoder):
    """The front of VGG-16: mean and spread of each channel at three depths.

    What a style code has to bring about is statistics of VGG features, so those of the picture are what it is predicted
    from.
    """

    depths = ("relu1_2", "relu2_2", "relu3_3")
    size = 2 * sum(STAGE_CHANNELS[:3])

    def __init__(self) -> None:
        super().__init__(self.depths)

    def describe(self, pictures: Tensor) -> Tensor:
        """Logarithms of the features' means and standard deviations, as channels differ by magnitudes."""
        found = self(pictures)
        parts = []
        for layer in self.depths:
            values = found[layer].float()
            mean = values.mean(dim=(2, 3))
            # Four times as fast as `torch.std_mean`; exact enough, as rectified features spread as far as they lie.
            spread = (values.square().mean(dim=(2, 3)) - mean.square()).clamp(min=0).sqrt()
            parts += [(mean + 0.05).log(), (spread + 0.05).log()]
        return torch.cat(parts, dim=1)


class FrontEncoder(Encoder):
    """The front of a network made for ImageNet: the mean of each channel of a middle layer (Ghiasi et al., 1705.06830).

    Its norms keep to the statistics of ImageNet, always: a norm by the picture's own would take its style out.

    Args:
        front: Takes normalised pictures to features (N, C, H', W').
        size: C.
        mean: Taken from the colours.
        std: The colours are divided by.
    """

    def __init__(self, front: nn.Sequential, size: int, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.front, self.size = front, size
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)
        self.eval().requires_grad_(False)

    def describe(self, pictures: Tensor) -> Tensor:
        """The mean of each channel over the picture."""
        features: Tensor = self.front((pictures - self.mean) / self.std)
        return features.float().mean(dim=(2, 3))


def inception_v3() -> FrontEncoder:
    """Inception-v3 up to Mixed_6e, as Ghiasi et al. have it."""
    from torchvision import models

    with torch.device("meta"):  # two thirds of the network are thrown away: no memory and no time for those
        whole = models.inception_v3(weights=None, aux_logits=False, init_weights=False)
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for name, part in whole.named_children():
        parts[name] = part
        if name == "Mixed_6e":
            break
    # Its weights come from TensorFlow, where colours are -1 .. 1.
    encoder = FrontEncoder(_real(nn.Sequential(parts)), 768, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    encoder.smallest_px = 80  # it does not pad
    return encoder


def mobilenet_v3() -> FrontEncoder:
    """MobileNet-v3 (large) up to its last block at a sixteenth of the resolution, which is where Mixed_6e is."""
    from torchvision import models

    with torch.device("meta"):
        whole = models.mobilenet_v3_large(weights=None)
    return FrontEncoder(_real(whole.features[:13]), 112, MEAN, STD)


def _real(front: nn.Sequential) -> nn.Sequential:
    """A network built on the meta device, all zeros: it is of no use before weights are loaded, so none are drawn."""
    front.to_empty(device="cpu")
    for values in front.state_dict().values():
        values.zero_()
    return front


class ScratchEncoder(Encoder):
    """The "normalisation network": nothing of it is known before, all of it is trained with the transform network.

    A plain network of strided convolutions. It has no norms: those of single pictures take out what is to be told.

    Args:
        widths: Channels at 1/2, 1/4, 1/8 and 1/16 of the resolution.
    """

    trained = True

    def __init__(self, widths: tuple[int, ...] = (32, 64, 128, 256)) -> None:
        super().__init__()
        self.size = widths[-1]
        self.convs = nn.ModuleList()
        for channels_in, channels in zip((3, *widths), widths, strict=False):
            self.convs.append(nn.Conv2d(channels_in, channels, 3, stride=2, padding=1))
            self.convs.append(nn.Conv2d(channels, channels, 3, padding=1))
        for conv in self.convs:
            assert isinstance(conv, nn.Conv2d)
            # Without norms it is the start that has to keep signals alive (He et al. 2015).
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")

    def describe(self, pictures: Tensor) -> Tensor:
        """The mean of each channel of the last layer."""
        y = pictures - 0.5
        for conv in self.convs:
            y = functional.relu(conv(y))
        return y.float().mean(dim=(2, 3))


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "vgg16": VggEncoder,
    "inception_v3": inception_v3,
    "mobilenet_v3": mobilenet_v3,
    "scratch": ScratchEncoder,
}


def build_encoder(name: str) -> Encoder:
    """An encoder whose weights are yet to be loaded; one that is trained begins with those it has.

    Raises:
        StyleError: There is none of that name.
    """
    if name not in ENCODERS:
        raise StyleError(f"This livestyle knows no encoder {name!r}; there are {', '.join(ENCODERS)}.")
    return ENCODERS[name]()
