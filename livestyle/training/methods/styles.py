"""One transform network and the codes of many paintings, learnt together (Dumoulin et al. 2016).

With one painting this is Johnson et al. 2016 with instance norm. Given other styles as well, a predictor of codes is
learnt along with it (Ghiasi et al. 2017). In the second half of the run every batch is also painted moved and noisy,
and the two paintings have to agree (see `motion`).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.losses import (
    chroma_directions,
    chroma_distance,
    chroma_quantiles,
    grid_loss,
    normalized_distance,
    plain_distance,
    plain_style_loss,
    style_loss,
    total_variation,
)
from livestyle.networks.build import build_network
from livestyle.networks.families import NetworkSpec
from livestyle.pretrained import load_encoder, load_vgg
from livestyle.styles.file import StyleFile
from livestyle.training.compute import Compute
from livestyle.training.config import StylesConfig
from livestyle.training.material import PhotoPool, load_picture, shown_photos
from livestyle.training.monitor import Preview
from livestyle.training.motion import REACH_PX, moved_pair, temporal_loss
from livestyle.training.paintings import Painting
from livestyle.training.run import Figures, Group, Losses, as_half
from livestyle.training.settings import read_config
from livestyle.training.style_model import StyleModel
from livestyle.training.views import Moments, OtherStyles, View, Viewer, resized


@dataclass(frozen=True)
class Sample:
    """One picture of a batch: the style it is to be painted in.

    Attributes:
        row: Of the painting; None for another style, or for the picture's own.
        view: What to match; None for the picture as it is.
    """

    row: int | None
    view: View | None


def temporal_factor(share: float, config: StylesConfig) -> float:
    """How much of the temporal weight applies after a `share` (0..1) of the run: it grows from 0 to 1."""
    if not config.temporal_weight:
        return 0.0
    grown = (share - config.temporal_from) / max(config.temporal_full - config.temporal_from, 1e-9)
    return min(1.0, max(0.0, grown))


def for_network(config: StylesConfig, file: StyleFile) -> StylesConfig:
    """Settings to learn something for the network of a file, which stays as it is.

    Raises:
        TrainingError: It is of a family that is not trained so.
    """
    of_it = {"family": file.spec.family, "width": file.spec.width, "stroke_px": file.stroke_px}
    # It has learnt to hold still and to leave photos as they are; its norms alone can't learn it.
    return read_config(config, None, {**of_it, "temporal_weight": 0.0, "identity_share": 0.0})


def as_learnt(file: StyleFile) -> StyleFile:
    """Ships all that was learnt, and nothing else."""
    return file


class Styles:
    """Learns a network and paintings (see `run.Method`).

    Args:
        config: All settings.
        compute: Where, and by what chance.
        paintings: What to learn.
        photos: To learn on; every sixteenth is held out (see `material.split_photos`).
        other_styles: Other pictures to learn prediction from; with none there will be no predictor.
        start: Where a new run starts from; None for scratch.
        trains_network: False: the network stays as it is.
        trains_codes: False: paintings have no codes of their own, only those that are predicted.
        ships: Makes what is shipped of a file of what was learnt.
        vgg: A safetensors file of VGG weights; None for torchvision's.
        encoder_weights: The same of the encoder's; None for those of `vgg` if it is VGG-16, else for torchvision's.

    Raises:
        TrainingError: No photos, an unreadable picture, no VGG weights, or a start of another network.
    """

    def __init__(
        self,
        config: StylesConfig,
        compute: Compute,
        paintings: Sequence[Painting],
        photos: Sequence[Path],
        other_styles: Sequence[Path] = (),
        *,
        start: StyleFile | None = None,
        trains_network: bool = True,
        trains_codes: bool = True,
        ships: Callable[[StyleFile], StyleFile] = as_learnt,
        vgg: Path | None = None,
        encoder_weights: Path | None = None,
    ) -> None:
        self.config, self.compute, self.paintings, self._ships = config, compute, list(paintings), ships
        self._trains_network, self._trains_codes = trains_network, trains_codes
        layers = {*config.style_layers, *config.half_layers, config.content_layer}
        self.vgg = compute.loss_network(load_vgg(layers, config.architecture, vgg, config.pooling))
        if encoder_weights is None and config.encoder == "vgg16":
            encoder_weights = vgg
        self.encoder = load_encoder(config.encoder, encoder_weights).to(compute.device) if other_styles else None
        viewer = Viewer(self.vgg, config.style_layers, config.half_layers, compute.half, compute.device, self.encoder)
        self.views = [self._views_of(painting, viewer) for painting in self.paintings]
        self.other_styles: OtherStyles | None = None
        if other_styles:
            pictures = [load_picture(path).to(compute.device) for path in other_styles]
            sizes = config.stroke_px[0], config.stroke_px[-1]
            self.other_styles = OtherStyles(pictures, viewer, sizes, config.other_styles_kept, compute.generator)
        self.model = compute.placed(self._model(start))
        self._directions = chroma_directions(compute.device)
        self._rows = self._endless_rows()
        smallest_px = (config.crop_px + 2 * REACH_PX) // 2
        self.pool = PhotoPool(photos, config.photo_px, smallest_px, compute)
        self.shown = shown_photos(photos, compute.device)

    @property
    def identity(self) -> Mapping[str, object]:
        """See `run.Method`."""
        config = self.config
        return {
            "method": "styles",
            **{name: getattr(config, name) for name in ("family", "width", "stroke_px", "encoder")},
            "paintings": [painting.name for painting in self.paintings],
            "predicts": self.encoder is not None,
            "trains": [self._trains_network, self._trains_codes],
        }

    def groups(self) -> list[Group]:
        """See `run.Method`."""
        model, config = self.model, self.config
        codes = [model.codes] if self._trains_codes else []
        if self._trains_network:
            codes.append(model.identity)
        groups = [
            Group([*model.network.parameters()] if self._trains_network else [], config.rate),
            Group(codes, config.code_rate),
            Group(
                [p for part in (model.predictor, model.encoder) if part for p in part.parameters()],
                config.predictor_rate,
            ),
        ]
        return [group for group in groups if group.parameters]

    def _views_of(self, painting: Painting, viewer: Viewer) -> list[View]:
        """A painting at each stroke size and half-way between two."""
        picture = load_picture(painting.path)[None].float() / 255
        seen = viewer.seen(picture)
        sizes = self.config.stroke_px
        between = [(a * b) ** 0.5 for a, b in itertools.pairwise(sizes)]
        return [viewer.view(resized(picture, px), px, seen) for px in sorted([*sizes, *between])]

    def _model(self, start: StyleFile | None) -> StyleModel:
        config = self.config
        network = build_network(NetworkSpec(config.family, config.width))
        model = StyleModel(network, len(self.paintings), config.stroke_px, self.encoder).to(self.compute.device)
        if model.predictor is not None and self.other_styles is not None:
            everything = [*(views[0] for views in self.views), *self.other_styles.views]
            with torch.no_grad():
                model.predictor.standardise(model.statistics([view.seen for view in everything]))
        if start is not None:
            if start.encoder != config.encoder:
                start = dataclasses.replace(start, predictor={})
            model.start_from(start, [painting.name for painting in self.paintings], self._paintings_seen())
        if not self._trains_codes:
            model.codes.data.zero_()
        if not self._trains_network:
            model.network.requires_grad_(False)
            model.identity.requires_grad_(False)
        return model

    def _paintings_seen(self) -> list[Tensor]:
        return [views[0].seen for views in self.views]

    def _endless_rows(self) -> Iterator[int]:
        """Rows of the paintings, each as often as the others."""
        while True:
            yield from torch.randperm(len(self.paintings), generator=self.compute.generator).tolist()

    def _sample(self, share: float) -> Sample:
        config, others = self.config, self.other_styles
        chance = float(torch.rand((), generator=self.compute.generator))
        if chance < config.identity_share:
            return Sample(None, None)
        others_share = config.other_styles_share if share >= config.other_styles_from else 0.0
        if others is not None and chance < config.identity_share + others_share:
            return Sample(None, others.pick())
        row = next(self._rows)
        views = self.views[row]
        return Sample(row, views[int(torch.randint(len(views), (), generator=self.compute.generator))])

    def losses(self, step: int, share: float) -> tuple[Losses, Figures]:
        """See `run.Method`."""
        config = self.config
        if self.other_styles is not None and step % config.other_styles_every == 0:
            self.other_styles.refresh()
        samples = [self._sample(share) for _ in range(config.batch)]
        seen_px = config.small_seen_px if share < config.small_until else config.seen_px
        return self._losses(samples, seen_px, temporal_factor(share, config))

    def _codes(self, samples: Sequence[Sample]) -> Tensor:
        """The code of each sample (N, K)."""
        model = self.model
        codes: list[Tensor] = []
        for sample in samples:
            if sample.view is None:
                codes.append(model.identity)
                continue
            seen = [sample.view.seen]
            if sample.row is None:
                strokes = model.predicted(seen)
            else:
                strokes = model.painting_codes(slice(sample.row, sample.row + 1), seen)
            codes.append(model.at_stroke(strokes[0], sample.view.stroke_px))
        return torch.stack(codes)

    def _losses(self, samples: Sequence[Sample], seen_px: int, temporal: float) -> tuple[Losses, Figures]:
        config, count, crop_px = self.config, len(samples), self.config.crop_px
        pair = moved_pair(self.pool.crops(count, crop_px + 2 * REACH_PX), self.compute.generator, crop_px // 8)
        codes = self._codes(samples)
        with self.compute.autocast(small=True):
            if temporal > 0:
                both = torch.cat([pair.first, pair.second]).contiguous(memory_format=torch.channels_last)
                painted, painted_second = self.model(both, codes.repeat(2, 1)).split(count)
                steady = temporal_loss(painted, painted_second, pair)
            else:
                painted = self.model(pair.first.contiguous(memory_format=torch.channels_last), codes)
                steady = torch.zeros(count, device=self.compute.device)
        # At any phase: VGG's pooling is not equivariant to small shifts, and a network with a grid of its own would
        # learn patterns in step with VGG's grid.
        top, left = torch.randint(crop_px - seen_px + 1, (2,), generator=self.compute.generator).tolist()
        seen = slice(top, top + seen_px), slice(left, left + seen_px)
        features = self.vgg(self.compute.for_vgg(painted[:, :, *seen]), {*config.style_layers, config.content_layer})
        with torch.no_grad():
            photo_content = self.vgg(self.compute.for_vgg(pair.first[:, :, *seen]), [config.content_layer])[
                config.content_layer
            ]
        distance = normalized_distance if config.loss == "normalized" else plain_distance
        content = distance(features[config.content_layer], photo_content)
        style = self._style(samples, features, painted[:, :, *seen])
        colors = self._colors(samples, painted)
        is_style = self.compute.sent(torch.tensor([float(s.view is not None) for s in samples]))
        grid = grid_loss(painted)
        same = (painted.float() - pair.first).abs().mean(dim=(1, 2, 3))
        losses = {
            "style": config.style_weight * (style * is_style).mean(),
            "content": config.content_weight * content.mean(),
            "colors": config.color_weight * colors.mean(),
            "temporal": config.temporal_weight * temporal * steady.mean(),
            "grid": config.grid_weight * grid.mean(),
            "identity": config.identity_weight * (same * (1 - is_style)).mean(),
        }
        if config.tv_weight:
            losses["tv"] = config.tv_weight * total_variation(painted[:, :, *seen]).mean()
        figures = {"colors": colors.mean(), "temporal": steady.mean(), "grid": grid.mean().sqrt() * 255}
        for i, sample in enumerate(samples):
            if sample.view is None:
                figures["identity/error"] = same[i]
            elif sample.row is None:
                figures["other_styles/style"], figures["other_styles/content"] = style[i], content[i]
            else:
                figures["style"], figures["content"] = style[i], content[i]
                figures[f"style/{self.paintings[sample.row].name}"] = style[i]
        return losses, figures

    def _style(self, samples: Sequence[Sample], features: dict[str, Tensor], painted: Tensor) -> Tensor:
        """The style loss of each picture (N,), at full and at half size; 0 where there is no style."""
        config = self.config
        rows = self.compute.sent(torch.tensor([i for i, sample in enumerate(samples) if sample.view is not None]))
        views = [sample.view for sample in samples if sample.view is not None]
        loss = torch.zeros(len(samples), device=self.compute.device)
        if not views:
            return loss
        weights = dict(zip(config.style_layers, config.style_layer_weights, strict=True))
        compared = style_loss if config.loss == "normalized" else plain_style_loss
        full = compared({n: features[n][rows] for n in weights}, _stacked([v.full for v in views]), weights)
        if not config.half_share:
            return loss.index_put((rows,), full)
        small = self.vgg(self.compute.for_vgg(functional.avg_pool2d(painted[rows], 2)), config.half_layers)
        half_weights = {layer: weights.get(layer, 1.0) for layer in config.half_layers}
        half = compared(small, _stacked([v.half for v in views]), half_weights)
        return loss.index_put((rows,), torch.lerp(full, half, config.half_share))

    def _colors(self, samples: Sequence[Sample], painted: Tensor) -> Tensor:
        """How far the colours of each picture are from its style's, (N,); 0 where there is no style."""
        own = chroma_quantiles(painted, self._directions)
        wanted = [own[i].detach() if sample.view is None else sample.view.colors for i, sample in enumerate(samples)]
        return chroma_distance(own, torch.stack(wanted))

    # ---- what is kept --------------------------------------------------------------------------------------------

    @torch.no_grad()
    def _painting_codes(self, averaged: StyleModel) -> Tensor:
        """The codes of all paintings (P, S, K)."""
        return averaged.painting_codes(slice(None), self._paintings_seen())

    def file(self, averaged: StyleModel, facts: Mapping[str, object]) -> StyleFile:
        """See `run.Method`: weights and codes as a style file, without previews."""
        codes = self._painting_codes(averaged).cpu().numpy().astype(np.float32)
        predictor: dict[str, Tensor] = {}
        encoder = averaged.encoder or self.encoder
        if averaged.predictor is not None and encoder is not None:
            predictor = {f"encoder.{name}": value for name, value in encoder.state_dict().items()}
            predictor |= {f"head.{name}": value for name, value in averaged.predictor.state_dict().items()}
        learnt = StyleFile(
            NetworkSpec(self.config.family, self.config.width),
            as_half(averaged.network.state_dict()),
            self.config.stroke_px,
            averaged.identity.cpu().numpy().astype(np.float32),
            {p.name: p.style(codes[row]) for row, p in enumerate(self.paintings)},
            as_half(predictor),
            facts,
            encoder=self.config.encoder,
        )
        return self._ships(learnt)

    @torch.no_grad()
    def preview(self, averaged: StyleModel) -> Preview:
        """See `run.Method`: photos in every style, and by the identity if that is learnt."""
        codes = [*self._painting_codes(averaged)[:, len(self.config.stroke_px) // 2]]
        if self._trains_network:
            codes.append(averaged.identity)
        painted = []
        for code in codes:
            with self.compute.autocast(small=True):
                painted.append(averaged(self.shown, code[None]).float())
        return Preview(self.shown, torch.stack(painted), [painting.name for painting in self.paintings])


def _stacked(moments: Sequence[Moments]) -> dict[str, tuple[Tensor, Tensor]]:
    return {
        layer: (torch.stack([m[layer][0] for m in moments]), torch.stack([m[layer][1] for m in moments]))
        for layer in moments[0]
    }
