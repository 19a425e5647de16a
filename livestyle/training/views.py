"""What the network is to match: paintings seen at several sizes, and ever new pictures to learn prediction from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.losses import chroma_directions, chroma_quantiles, second_moments
from livestyle.networks.encoders import Encoder
from livestyle.networks.predictor import for_predictor, statistics_of
from livestyle.networks.vgg import VggFeatures
from livestyle.training.textures import draw_texture

Moments = dict[str, tuple[Tensor, Tensor]]
"""Layer -> Gram matrix (C, C) and mean (C,), as `second_moments` gives them."""

SMALLEST_PX = 96
LARGEST_CUT_PX = 320
"""Of the pictures to learn prediction from, windows of this size are looked at: a whole one at the boldest stroke would
take as long as several training steps."""
TEXTURES = 0.25
"""Share of textures drawn by code among those pictures."""


@dataclass(frozen=True)
class View:
    """A picture as the network is to match it.

    Attributes:
        stroke_px: How high the picture was, looked at: its strokes are as large as in a painting of that height.
        full: What to match.
        half: What to match in the painted picture reduced to half its size: there a loss sees coarser structure.
        colors: The `chroma_quantiles` (8, 64) to match.
        seen: What its code is predicted from: the statistics that a frozen encoder gives, (F,); the small picture as an
            encoder that is trained will look at it, RGB (3, H, W); nothing, (0,), where nothing is predicted.
    """

    stroke_px: float
    full: Moments
    half: Moments
    colors: Tensor
    seen: Tensor


class Viewer:
    """Looks at pictures.

    Args:
        vgg: The loss network, which knows all `layers`.
        layers: To match.
        half_layers: To match at half size.
        half: Type to compute in.
        device: Where.
        encoder: Of the predictor, on the device; None where nothing is predicted.
    """

    def __init__(
        self,
        vgg: VggFeatures,
        layers: Sequence[str],
        half_layers: Sequence[str],
        half: torch.dtype | None,
        device: torch.device,
        encoder: Encoder | None = None,
    ) -> None:
        self._encoder = encoder
        self._vgg, self._layers, self._half_layers = vgg, layers, half_layers
        self._type, self._device = half or torch.float32, device
        self._directions = chroma_directions(device)

    @torch.no_grad()
    def view(self, picture: Tensor, stroke_px: float, seen: Tensor) -> View:
        """The view of a picture RGB (1, 3, H, W) in [0, 1] that has the height `stroke_px`, or of a part of it."""
        return View(
            stroke_px,
            self._moments(picture, self._layers),
            self._moments(functional.avg_pool2d(picture, 2), self._half_layers),
            chroma_quantiles(picture.to(self._device), self._directions)[0],
            seen,
        )

    @torch.no_grad()
    def seen(self, picture: Tensor) -> Tensor:
        """`View.seen` of a whole picture RGB (1, 3, H, W) in [0, 1]."""
        if self._encoder is None:
            return torch.zeros(0, device=self._device)
        small = for_predictor(picture, self._encoder.smallest_px).to(self._device)
        if self._encoder.trained:
            return small[0]
        with torch.autocast(self._device.type, self._type, enabled=self._type != torch.float32):
            return statistics_of(self._encoder, small.contiguous(memory_format=torch.channels_last))[0]

    def _ready(self, picture: Tensor) -> Tensor:
        return picture.to(self._device, self._type).contiguous(memory_format=torch.channels_last)

    def _moments(self, picture: Tensor, layers: Sequence[str]) -> Moments:
        found = self._vgg(self._ready(picture), layers) if layers else {}
        moments = {layer: second_moments(found[layer]) for layer in layers}
        return {layer: (gram[0], mean[0]) for layer, (gram, mean) in moments.items()}


def resized(picture: Tensor, short_side_px: float) -> Tensor:
    """RGB (1, 3, H, W) with its short side that long, without aliasing."""
    height, width = picture.shape[2:]
    scale = short_side_px / min(height, width)
    size = [max(16, round(height * scale)), max(16, round(width * scale))]
    return functional.interpolate(picture, size, mode="bicubic", antialias=True).clamp(0, 1)


class OtherStyles:
    """Styles to learn prediction from: views of varied pictures and textures, the oldest replaced now and then.

    Args:
        pictures: RGB uint8 (3, H, W) each.
        viewer: Looks at them.
        stroke_px: The smallest and the largest stroke.
        count: Views kept.
        generator: On the CPU.
    """

    def __init__(
        self,
        pictures: Sequence[Tensor],
        viewer: Viewer,
        stroke_px: tuple[float, float],
        count: int,
        generator: torch.Generator,
    ) -> None:
        self._pictures, self._viewer, self._stroke_px, self._generator = pictures, viewer, stroke_px, generator
        self._rng = np.random.default_rng(int(torch.randint(2**31, (), generator=generator)))
        self.views = [self._new() for _ in range(count)]
        self._oldest = 0

    def refresh(self) -> None:
        """Replaces the oldest view by a new one."""
        self.views[self._oldest] = self._new()
        self._oldest = (self._oldest + 1) % len(self.views)

    def pick(self) -> View:
        """One of the views, at random."""
        return self.views[int(torch.randint(len(self.views), (), generator=self._generator))]

    def _new(self) -> View:
        rng = self._rng
        low, high = self._stroke_px
        stroke_px = low * (high / low) ** rng.random()
        if rng.random() < TEXTURES:
            side = min(round(stroke_px), LARGEST_CUT_PX)
            texture = torch.from_numpy(draw_texture(rng, side, side).transpose(2, 0, 1))[None]
            return self._viewer.view(texture, stroke_px, self._viewer.seen(texture))
        picture = self._pictures[int(rng.integers(len(self._pictures)))]
        # The window of the picture that serves as the whole picture: close up, or nearly all of it.
        height, width = picture.shape[1:]
        share = 0.5 + 0.5 * rng.random()
        tall, wide = max(SMALLEST_PX, int(height * share)), max(SMALLEST_PX, int(width * share))
        top, left = rng.integers(max(1, height - tall + 1)), rng.integers(max(1, width - wide + 1))
        whole = picture[None, :, top : top + tall, left : left + wide].float() / 255
        whole = varied(whole, rng)
        known_by = self._viewer.seen(whole)
        size_px = stroke_px / min(whole.shape[2:])
        # Only a part of it is looked at when it gets large; the part has the same style, nearly.
        reach = LARGEST_CUT_PX / size_px
        tall, wide = (min(side, math.ceil(reach * 1.2)) for side in whole.shape[2:])
        top, left = (rng.integers(side - part + 1) for side, part in zip(whole.shape[2:], (tall, wide), strict=True))
        part = whole[:, :, top : top + tall, left : left + wide]
        seen = functional.interpolate(
            part, [max(32, round(tall * size_px)), max(32, round(wide * size_px))], mode="bicubic", antialias=True
        ).clamp(0, 1)
        return self._viewer.view(seen, stroke_px, known_by)


def varied(picture: Tensor, rng: np.random.Generator) -> Tensor:
    """A picture (1, 3, H, W) in other colours, turned, mirrored: one picture serves as many styles."""
    if rng.random() < 0.5:
        picture = picture.flip(3)
    if rng.random() < 0.3:
        picture = picture.transpose(2, 3)
    if rng.random() < 0.5:
        picture = turned_hue(picture, float(rng.uniform(-math.pi, math.pi)) * float(rng.random()))
    contrast, light = rng.uniform(0.7, 1.3), rng.uniform(-0.12, 0.12)
    grey = picture.mean(1, keepdim=True)
    picture = grey + (picture - grey) * float(rng.uniform(0.5, 1.5))
    mean = picture.mean()
    return ((picture - mean) * float(contrast) + mean + float(light)).clamp(0, 1)


def turned_hue(picture: Tensor, angle: float) -> Tensor:
    """A picture (1, 3, H, W) with its colours turned about the grey axis by an angle in radians."""
    cos, third = math.cos(angle), (1 - math.cos(angle)) / 3
    root = math.sin(angle) / math.sqrt(3)
    same, next_, last = cos + third, third - root, third + root
    turn = torch.tensor([[same, next_, last], [last, same, next_], [next_, last, same]]).to(picture)
    return torch.einsum("ij,njhw->nihw", turn, picture).clamp(0, 1)
