"""VGG-16 and VGG-19 features: the eyes of every perceptual loss here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.errors import TrainingError

Architecture = Literal["vgg16", "vgg19"]
Pooling = Literal["max", "average"]
Padding = Literal["zeros", "reflect"]

CONVS_PER_STAGE: dict[Architecture, tuple[int, ...]] = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
STAGE_CHANNELS = (64, 128, 256, 512, 512)
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class VggFeatures(nn.Module):
    """The convolutional part of a VGG (Simonyan & Zisserman 2014) up to the deepest layer asked for, frozen.

    Layers are named as the papers do: "relu3_3" is the third rectified convolution of the third stage. Parameters carry
    torchvision's names (`features.N.weight`), so its state dicts load as they are.

    Args:
        layers: Names of the layers that may be asked of `forward`.
        architecture: "vgg16" or "vgg19".
        pooling: "max", which the weights were learnt with, or "average", which Gatys et al. found to paint smoother.
        padding: "zeros", which the weights were learnt with, or "reflect", which hides the picture's border.
    """

    def __init__(
        self,
        layers: Iterable[str],
        architecture: Architecture = "vgg16",
        pooling: Pooling = "max",
        padding: Padding = "zeros",
    ) -> None:
        super().__init__()
        self.pool = functional.max_pool2d if pooling == "max" else functional.avg_pool2d
        self.layers = frozenset(layers)
        self.features = nn.ModuleDict()
        self.steps: list[tuple[str, str]] = []
        """(module name or "pool", name of the layer it ends or "")."""
        known: set[str] = set()
        index, channels_in = 0, 3
        for stage, convs in enumerate(CONVS_PER_STAGE[architecture], start=1):
            for number in range(1, convs + 1):
                name = f"relu{stage}_{number}"
                known.add(name)
                if not self.layers <= known - {name}:
                    conv = nn.Conv2d(channels_in, STAGE_CHANNELS[stage - 1], 3, padding=1, padding_mode=padding)
                    self.features[str(index)] = conv
                    self.steps.append((str(index), name))
                channels_in = STAGE_CHANNELS[stage - 1]
                index += 2
            if not self.layers <= known:
                self.steps.append(("pool", ""))
            index += 1
        if unknown := self.layers - known:
            raise TrainingError(f"{architecture} has no layer {', '.join(sorted(unknown))}.")
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False)

    def forward(self, images: Tensor, layers: Iterable[str] | None = None) -> dict[str, Tensor]:
        """Features of pictures.

        Args:
            images: RGB (N, 3, H, W) in [0, 1].
            layers: Which layers to return; all of `self.layers` by default. Nothing deeper is computed.

        Returns:
            Layer name -> (N, C, H', W') after the ReLU.
        """
        wanted = set(self.layers if layers is None else layers)
        found: dict[str, Tensor] = {}
        x = (images - self.mean) / self.std
        for module, layer in self.steps:
            if module == "pool":
                x = self.pool(x, 2)
                continue
            x = functional.relu(self.features[module](x))
            if layer in wanted:
                found[layer] = x
                if len(found) == len(wanted):
                    break
        return found
