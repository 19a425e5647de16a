"""The decoder of AdaIN (Huang & Belongie, 1703.06868): see `livestyle.networks.adain`.

The paper trains 160 000 steps of 8 pictures. What is done here to get somewhere in half an hour on two CPU cores: the
encoder is the loss network as well; encoded photos and styles are kept and meet in ever new pairs; crops and batches
are small; the rate is four times the paper's and falls to 0; what is written is a moving average of the weights. At
first the decoder learns nothing but to undo the encoder, pixel by pixel, which takes a third of the time for a step and
has a gradient that says where to go. Later one picture in eight still has to come out as it was: so strength 0 is the
photo.

Two losses are not the paper's. The distance from the photo at relu3_3 asks for its drawing. And enlarging without
smoothing leaves a grain that repeats every 2, 4 and 8 px, which moments hardly see (`losses.grid_loss`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.losses import grid_loss, normalized_distance
from livestyle.networks.adain import COARSE, LAYERS, LEVELS, AdainNetwork, code_from, spread_and_mean
from livestyle.networks.families import NetworkSpec
from livestyle.networks.vgg import VggFeatures
from livestyle.pretrained import load_vgg
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.training.compute import Compute, sent
from livestyle.training.config import AdainConfig
from livestyle.training.material import PhotoPool, load_picture, shown_photos, some, split_photos
from livestyle.training.monitor import Preview
from livestyle.training.paintings import Painting
from livestyle.training.run import Figures, Group, Losses, as_half
from livestyle.training.views import varied

SHOWN_STYLES = 8
PHOTO_LAYER = "relu3_3"
"""Where a painted picture is held to its photo."""
SEEN_LAYERS = (*LAYERS, PHOTO_LAYER)
"""What the losses look at."""
GRID_PX = 8
"""How many pixels of the picture one feature at relu4_1 stands for."""


def normalize(vgg: VggFeatures, photos: Tensor) -> None:
    """Scales a VGG so that every channel after every ReLU spreads by 1 over photos (Gatys et al. 2016, section 2).

    Rectified and pooled channels can be scaled at will, as long as the next convolution takes it back. The paper's
    encoder is such a VGG, and its weighting of losses assumes one. There it is the mean that is made 1; by the spread,
    channels that seldom fire, and then strongly, do not outweigh all others.

    Args:
        vgg: Changed in place.
        photos: RGB (N, 3, H, W) in [0, 1].
    """
    scale_before = torch.ones(3)
    for module, layer in vgg.steps:
        if module == "pool":
            continue
        conv = vgg.features[module]
        assert isinstance(conv, nn.Conv2d)
        assert conv.bias is not None
        conv.weight.data *= scale_before.to(conv.weight)[:, None, None]
        found = torch.cat([vgg(part, [layer])[layer].float() for part in torch.split(photos, 4)])
        scale_before = found.std(dim=(0, 2, 3))
        # A channel that hardly ever fires must not be blown up.
        scale_before = scale_before.clamp(min=0.1 * float(scale_before.mean()))
        conv.weight.data /= scale_before[:, None, None, None]
        conv.bias.data /= scale_before


class _Statistics(torch.autograd.Function):
    """`spread_and_mean`, with a gradient in one pass over the features: three times as fast on a CPU."""

    @staticmethod
    def forward(context: Any, features: Tensor) -> tuple[Tensor, Tensor]:
        spread, mean = spread_and_mean(features)
        context.save_for_backward(features, spread, mean)
        return spread, mean

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        features, spread, mean = context.saved_tensors
        by_spread, by_mean = gradients
        count = features.shape[2] * features.shape[3]
        slope = by_spread / (spread * count)
        shift = by_mean / count - slope * mean
        slope, shift = (each.to(features.dtype)[:, :, None, None] for each in (slope, shift))
        return torch.addcmul(shift, features, slope)


def statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """`spread_and_mean` of features (N, C, H, W), to take gradients of."""
    found: tuple[Tensor, Tensor] = _Statistics.apply(features)
    return found


class Ring:
    """What was encoded lately: a few tensors for each picture, the oldest replaced now and then.

    Args:
        make: Encodes pictures; gives tensors of N rows.
        count: How many to keep.
        batch: How many to encode at a time.
        generator: On the CPU.
    """

    def __init__(
        self, make: Callable[[int], tuple[Tensor, ...]], count: int, batch: int, generator: torch.Generator
    ) -> None:
        self._make, self._batch, self._generator = make, batch, generator
        parts = [make(batch) for _ in range(-(-count // batch))]
        self._kept = [torch.cat(rows) for rows in zip(*parts, strict=True)]
        self._oldest = 0

    def refresh(self) -> None:
        """Replaces the oldest."""
        rows = slice(self._oldest, self._oldest + self._batch)
        for kept, new in zip(self._kept, self._make(self._batch), strict=True):
            kept[rows] = new
        self._oldest = rows.stop % len(self._kept[0])

    def pick(self, count: int) -> list[Tensor]:
        """So many at random."""
        rows = torch.randint(len(self._kept[0]), (count,), generator=self._generator)
        return [kept[sent(rows, kept.device)] for kept in self._kept]


class Adain:
    """Learns a decoder (see `run.Method`).

    Args:
        config: All settings.
        compute: Where, and by what chance.
        paintings: To learn to paint in the style of, and to bundle with the network as its named styles.
        photos: To learn on; every sixteenth is held out (see `material.split_photos`).
        other_styles: Other pictures to learn to paint in the style of; the more varied, the better.
        start: Where a new run starts from; None for scratch.
        vgg: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError: No photos, an unreadable picture, no VGG weights, or a start of another network.
    """

    def __init__(
        self,
        config: AdainConfig,
        compute: Compute,
        paintings: Sequence[Painting],
        photos: Sequence[Path],
        other_styles: Sequence[Path] = (),
        *,
        start: StyleFile | None = None,
        vgg: Path | None = None,
    ) -> None:
        self.config, self.compute, self.paintings = config, compute, list(paintings)
        self.pool = PhotoPool(photos, config.photo_px, config.crop_px // 2, compute)
        held_out = set(split_photos(photos)[1])
        paths = [*(painting.path for painting in paintings), *other_styles]
        pictures = [load_picture(path, at_most_px=config.stroke_px[-1]) for path in paths if path not in held_out]
        self.styles = [picture.to(compute.device) for picture in pictures]
        self.shown = shown_photos(photos, compute.device)
        self.model = compute.placed(AdainNetwork(config.width))
        self.model.encoder.requires_grad_(False)
        if start is None:
            self.model.encoder.load_state_dict(load_vgg(LAYERS, "vgg16", vgg).state_dict())
            normalize(self.model.encoder, self.pool.crops(24, config.crop_px))
        elif start.spec == self._spec:
            self.model.load_state_dict(load_network(start).state_dict())
        else:
            raise TrainingError("The style file to start from is of another network.")

    @property
    def _spec(self) -> NetworkSpec:
        return NetworkSpec("adain-2", self.config.width)

    @property
    def identity(self) -> Mapping[str, object]:
        """See `run.Method`."""
        return {"method": "adain", "width": self.config.width}

    def groups(self) -> list[Group]:
        """See `run.Method`."""
        return [Group([*self.model.decoder.parameters(), *self.model.skip.parameters()], self.config.rate)]

    # ---- what is encoded -----------------------------------------------------------------------------------------

    @cached_property
    def _vgg(self) -> VggFeatures:
        """The encoder as the losses see it. Made at the first step: by then it is that of the checkpoint, if any."""
        return self.compute.loss_network(copy.deepcopy(self.model.encoder))

    @cached_property
    def _encoded(self) -> tuple[Ring, Ring]:
        """Photos and styles."""
        batch, kept, generator = self.config.batch, self.config.kept, self.compute.generator
        rng = np.random.default_rng(int(torch.randint(2**31, (), generator=generator)))
        photos = Ring(self._encoded_photos, kept, max(1, batch // 4), generator)
        return photos, Ring(lambda count: self._encoded_styles(count, rng), kept, max(1, batch // 8), generator)

    def _see(self, images: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        found: dict[str, Tensor] = self._vgg(self.compute.for_vgg(images), layers)
        return found

    @torch.no_grad()
    def _encoded_photos(self, count: int) -> tuple[Tensor, ...]:
        """Crops of photos, and their features at `PHOTO_LAYER` and `LEVELS`."""
        crops = self.pool.crops(count, self.config.crop_px)
        found = self._see(crops, [PHOTO_LAYER, *LEVELS])
        return crops, found[PHOTO_LAYER], *(found[level] for level in LEVELS)

    @torch.no_grad()
    def _encoded_styles(self, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """For each of `LAYERS` the spreads and means of windows of styles."""
        found = self._see(torch.stack([self._window(rng) for _ in range(count)]), LAYERS)
        return tuple(part for layer in LAYERS for part in spread_and_mean(found[layer]))

    def _window(self, rng: np.random.Generator) -> Tensor:
        """A window (3, view_px, view_px) of a style at one of the sizes that strokes may have."""
        picture = self.styles[int(rng.integers(len(self.styles)))]
        height, width = picture.shape[1:]
        view_px, low, high = self.config.view_px, self.config.stroke_px[0], self.config.stroke_px[-1]
        stroke_px = low * (high / low) ** rng.random()
        side = max(16, round(min(height, width) * view_px / stroke_px))
        top, left = rng.integers(max(1, height - side + 1)), rng.integers(max(1, width - side + 1))
        window = picture[None, :, top : top + side, left : left + side].float() / 255
        seen = functional.interpolate(window, (view_px, view_px), mode="bilinear", antialias=True)
        return (varied(seen, rng) if rng.random() < 0.5 else seen)[0]

    # ---- the losses ----------------------------------------------------------------------------------------------

    def losses(self, step: int, share: float) -> tuple[Losses, Figures]:
        """See `run.Method`."""
        config = self.config
        for ring in self._encoded:
            ring.refresh()
        figures = self._figures(1.0 if share < config.undo_until else config.own_share)
        weights = {
            "style": config.style_weight,
            "photo": config.photo_weight,
            "grid": config.grid_weight,
            "pixels": config.pixel_weight,
        }
        return {name: weights.get(name, 1.0) * figure for name, figure in figures.items()}, figures

    def _figures(self, own_share: float) -> Figures:
        """The losses of content and style (eq. 12 and 13), and the others, before they are weighted.

        Args:
            own_share: The chance of each picture to be of the last kind.
        """
        batch, network, (encoded_photos, encoded_styles) = self.config.batch, self.model, self._encoded
        crops, drawing, *levels = encoded_photos.pick(batch)
        own = torch.rand(batch, generator=self.compute.generator) < own_share
        all_own, own = bool(own.all()), self.compute.sent(own)
        styles = encoded_styles.pick(batch)
        identity = network.identity_code().to(self.compute.device)
        codes = torch.where(own[:, None], identity, code_from(styles[-2 * len(LEVELS) :]))
        with torch.no_grad():
            restyled = network.restyled(dict(zip(LEVELS, levels, strict=True)), codes)
            wanted = {level: x.contiguous(memory_format=torch.channels_last) for level, x in restyled.items()}
        with self.compute.autocast():
            painted = network.decode(wanted)
        pixels = ((painted.float() - crops).abs().mean(dim=(1, 2, 3)) * own).mean()
        if all_own:
            return {"pixels": pixels}
        found = self._see(painted, SEEN_LAYERS)
        content = (found[COARSE].float() - wanted[COARSE].float()).square().mean()
        given = [part for layer in LAYERS for part in statistics(found[layer])]
        distances = [(a - b).square().mean(1) for a, b in zip(given, styles, strict=True)]
        style = (torch.stack(distances).sum(0) * ~own).mean()
        photo = normalized_distance(found[PHOTO_LAYER], drawing).mean()
        grid = grid_loss(painted, GRID_PX).mean()
        return {"content": content, "style": style, "photo": photo, "grid": grid, "pixels": pixels}

    # ---- what is kept --------------------------------------------------------------------------------------------

    @cached_property
    def _codes(self) -> dict[str, npt.NDArray[np.float32]]:
        """The codes of the paintings (S, 1025): the encoder is as it will stay, so they are measured once."""
        network, codes = _as_shipped(self.model), {}
        for painting in self.paintings:
            picture = load_picture(painting.path)[None].to(self.compute.device).float() / 255
            with torch.no_grad(), self.compute.autocast():
                codes[painting.name] = network.codes_of(picture, self.config.stroke_px)[0].float().cpu().numpy()
        return codes

    @torch.no_grad()
    def file(self, averaged: AdainNetwork, facts: Mapping[str, object]) -> StyleFile:
        """See `run.Method`: weights and the paintings' codes as a style file, without previews."""
        styles = {painting.name: painting.style(self._codes[painting.name]) for painting in self.paintings}
        identity = averaged.identity_code().numpy()
        return StyleFile(
            self._spec, as_half(averaged.state_dict()), self.config.stroke_px, identity, styles, training=facts
        )

    @torch.no_grad()
    def preview(self, averaged: AdainNetwork) -> Preview:
        """See `run.Method`: photos in some of the styles, and as decoded."""
        network, names = _as_shipped(averaged), [p.name for p in some(self.paintings, SHOWN_STYLES)]
        middle = len(self.config.stroke_px) // 2
        codes = [*(torch.from_numpy(self._codes[name][middle]) for name in names), network.identity_code()]
        painted = []
        for code in codes:
            with self.compute.autocast():
                painted.append(network(self.shown, code[None].to(self.compute.device)).float())
        return Preview(self.shown, torch.stack(painted), names)


def _as_shipped(network: AdainNetwork) -> AdainNetwork:
    """A copy in the precision of a style file."""
    network = copy.deepcopy(network)
    for parameter in network.parameters():
        parameter.data = parameter.data.half().float()
    return network
