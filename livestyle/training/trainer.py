"""The training loop: one transform network and the codes of many paintings, learnt together (Dumoulin et al. 2016).

With one painting this is Johnson et al. 2016 with instance norm. Given other pictures as well, a predictor of codes is
learnt along with it (Ghiasi et al. 2017). In the second half of the run every batch is also painted moved and noisy,
and the two paintings have to agree (see `motion`).
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.hardware import half_type
from livestyle.losses import (
    grid_loss,
    normalized_distance,
    plain_distance,
    plain_style_loss,
    style_loss,
    total_variation,
)
from livestyle.networks.build import build_network
from livestyle.networks.families import NetworkSpec
from livestyle.networks.vgg import Architecture, Pooling, VggFeatures
from livestyle.pretrained import load_encoder, load_vgg
from livestyle.styles.file import Style, StyleFile, write_style_file
from livestyle.training.canvas import Canvas
from livestyle.training.config import TrainConfig
from livestyle.training.monitor import Monitor
from livestyle.training.motion import REACH_PX, moved_pair, temporal_loss
from livestyle.training.paintings import Painting
from livestyle.training.photos import PhotoPool, load_picture, split_photos, square
from livestyle.training.run import Part, Progress, Run, as_half
from livestyle.training.views import Moments, Passers, View, Viewer, resized

PREVIEW_PHOTOS = 4
PREVIEW_PX = 256
RUN_FIELDS = frozenset({"family", "width", "stroke_px", "encoder"})
"""Settings that a run can't change from one part to the next."""


@dataclass(frozen=True)
class Sitting:
    """One picture of a batch: the style it is to be painted in.

    Attributes:
        row: Of the painting; None for a passer, or for the picture's own style.
        view: What to match; None for the picture as it is.
    """

    row: int | None
    view: View | None


def rate_factor(step: int, share: float, config: TrainConfig) -> float:
    """What the learning rate is multiplied by, after `step` steps and a `share` (0..1) of the time."""
    warm = min(1.0, (step + 1) / config.warm_up_steps)
    cool = min(1.0, (1 - share) / max(1 - config.decay_from, 1e-9))
    return max(0.0, min(warm, cool))


def temporal_factor(share: float, config: TrainConfig) -> float:
    """How much of the temporal weight applies after a `share` (0..1) of the time: it grows from 0 to 1."""
    if not config.temporal_weight:
        return 0.0
    grown = (share - config.temporal_from) / max(config.temporal_full - config.temporal_from, 1e-9)
    return min(1.0, max(0.0, grown))


class Trainer:
    """A run: made from scratch, from a style file, or taken up from its last checkpoint in the same folder.

    Args:
        config: All settings.
        paintings: What to learn.
        photo_paths: Photos to learn on; every sixteenth is held out (see `split_photos`).
        folder: For checkpoints, log and preview.
        device: Where to train.
        vgg_path: A safetensors file of VGG weights; None for torchvision's.
        passer_paths: Other pictures to learn prediction from; with none there will be no predictor.
        start: Where a new run starts from; None for scratch.
        encoder_path: A safetensors file of the encoder's weights; None for those of `vgg_path` if it is VGG-16, else
            for torchvision's.

    Raises:
        TrainingError: No photos, an unreadable picture, no VGG weights, a start or a checkpoint of another run.
    """

    def __init__(
        self,
        config: TrainConfig,
        paintings: Sequence[Painting],
        photo_paths: Sequence[Path],
        folder: Path,
        device: torch.device,
        vgg_path: Path | None = None,
        passer_paths: Sequence[Path] = (),
        start: StyleFile | None = None,
        encoder_path: Path | None = None,
    ) -> None:
        self.config, self.paintings, self.folder, self.device = config, list(paintings), folder, device
        torch.manual_seed(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.half = half_type(device)
        layers = {*config.style_layers, *config.half_layers, config.content_layer}
        vgg = load_vgg(layers, cast(Architecture, config.architecture), vgg_path, cast(Pooling, config.pooling))
        if encoder_path is None and config.encoder == "vgg16":
            encoder_path = vgg_path
        self.encoder = load_encoder(config.encoder, encoder_path).to(device) if passer_paths else None
        self.vgg: VggFeatures = vgg.to(device, self.half, memory_format=torch.channels_last)  # type: ignore[call-overload]
        viewer = Viewer(self.vgg, config.style_layers, config.half_layers, self.half, device, self.encoder)
        self.views = [self._views_of(painting, viewer) for painting in self.paintings]
        self.passers = self._passers(passer_paths, viewer) if passer_paths else None
        self.canvas = self._canvas(start)
        self.canvas.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.canvas).requires_grad_(False)
        network, codes = list(self.canvas.network.parameters()), [self.canvas.codes] if config.trains_codes else []
        if config.trains_network:
            codes.append(self.canvas.identity)
        else:
            self.canvas.network.requires_grad_(False)
            self.canvas.identity.requires_grad_(False)
        predictor = [p for part in (self.canvas.predictor, self.canvas.encoder) if part for p in part.parameters()]
        self.optimizer = torch.optim.Adam(
            [
                *([{"params": network, "rate": config.rate}] if config.trains_network else []),
                *([{"params": codes, "rate": config.code_rate}] if codes else []),
                *([{"params": predictor, "rate": config.predictor_rate}] if predictor else []),
            ]
        )
        parts: dict[str, Part] = {
            "canvas": self.canvas,
            "average": self.average,
            "optimizer": self.optimizer,
            "scaler": torch.amp.GradScaler(device.type, enabled=self.half == torch.float16),
        }
        self._run = Run(
            folder,
            self._identity_of_run(),
            parts,
            self.generator,
            device,
            minutes=config.minutes,
            steps=config.steps,
            batch=config.batch,
            checkpoint_every_s=config.checkpoint_every_s,
        )
        self._rows = self._endless_rows()
        training, held_out = split_photos(photo_paths)
        load = [load_picture(p, at_most_px=config.photo_px) for p in training]
        smallest = config.crop_px + 2 * REACH_PX
        self.pool = PhotoPool([p for p in load if min(p.shape[1:]) >= smallest // 2], device, self.generator)
        if not self.pool.photos:
            raise TrainingError(f"No photo has a short side of {smallest // 2} px or more. Give larger photos.")
        shown = (held_out or training)[:: max(1, len(held_out or training) // PREVIEW_PHOTOS)][:PREVIEW_PHOTOS]
        self.preview_photos = torch.stack([square(load_picture(p, PREVIEW_PX)) for p in shown]).float().to(device) / 255
        # Runs of before there was a choice don't say their encoder.
        self._run.resume(usual={"encoder": TrainConfig.encoder})

    def _views_of(self, painting: Painting, viewer: Viewer) -> list[View]:
        """A painting at each stroke size and half-way between two."""
        picture = load_picture(painting.path)[None].float() / 255
        seen = viewer.seen(picture)
        sizes = self.config.stroke_px
        between = [(a * b) ** 0.5 for a, b in itertools.pairwise(sizes)]
        return [viewer.view(resized(picture, px), px, seen) for px in sorted([*sizes, *between])]

    def _passers(self, paths: Sequence[Path], viewer: Viewer) -> Passers:
        pictures = [load_picture(path) for path in paths]
        sizes = self.config.stroke_px
        return Passers(pictures, viewer, (sizes[0], sizes[-1]), self.config.passers, self.generator)

    def _canvas(self, start: StyleFile | None) -> Canvas:
        network = build_network(NetworkSpec(self.config.family, self.config.width))
        canvas = Canvas(network, len(self.paintings), self.config.stroke_px, self.encoder)
        canvas.to(self.device)
        if canvas.predictor is not None and self.passers is not None:
            everything = [*(views[0] for views in self.views), *self.passers.views]
            with torch.no_grad():
                canvas.predictor.standardise(canvas.statistics([view.seen for view in everything]))
        if start is not None:
            if start.encoder != self.config.encoder:
                start = dataclasses.replace(start, predictor={})
            canvas.start_from(start, [painting.name for painting in self.paintings], self._paintings_seen())
        if not self.config.trains_codes:
            canvas.codes.data.zero_()
        return canvas

    def _paintings_seen(self) -> list[Tensor]:
        return [views[0].seen for views in self.views]

    def _for_vgg(self, images: Tensor) -> Tensor:
        return images.to(self.half or torch.float32).contiguous(memory_format=torch.channels_last)

    def _endless_rows(self) -> Iterator[int]:
        """Rows of the paintings, each as often as the others."""
        while True:
            yield from torch.randperm(len(self.paintings), generator=self.generator).tolist()

    def _sitting(self, share: float) -> Sitting:
        config = self.config
        passer_share = config.passer_share if self.passers is not None and share >= config.passers_from else 0.0
        chance = float(torch.rand((), generator=self.generator))
        if chance < config.identity_share:
            return Sitting(None, None)
        if self.passers is not None and chance < config.identity_share + passer_share:
            return Sitting(None, self.passers.pick())
        row = next(self._rows)
        views = self.views[row]
        return Sitting(row, views[int(torch.randint(len(views), (), generator=self.generator))])

    # ---- the loop ------------------------------------------------------------------------------------------------

    def run(self, output: Path) -> StyleFile:
        """Trains until the time is used up or the steps are done, then writes the style file.

        Stopping with Ctrl-C writes a checkpoint first; run again to go on from there.

        Raises:
            TrainingError: The loss or its gradient is not a number any more. What was learnt before is in the last
                checkpoint, and nothing of that step.
        """
        self._run.go(self._step, lambda monitor: self._show(monitor, output))
        return self.style_file()

    @property
    def progress(self) -> Progress:
        """Where the run is."""
        return self._run.progress

    @property
    def checkpoint_path(self) -> Path:
        """Where the run is taken up again."""
        return self._run.path

    def _step(self, share: float) -> dict[str, Tensor]:
        config = self.config
        factor = rate_factor(self.progress.step, share, config)
        for group in self.optimizer.param_groups:
            group["lr"] = group["rate"] * factor
        if self.passers is not None and self.progress.step % config.passer_every == 0:
            self.passers.refresh()
        sittings = [self._sitting(share) for _ in range(config.batch)]
        seen_px = config.small_seen_px if share < config.small_until else config.seen_px
        losses, figures = self._losses(sittings, seen_px, temporal_factor(share, config))
        total = sum(losses.values(), torch.zeros((), device=self.device))
        self._run.descend(total)
        self._run.average(self.average, self.canvas, config.average_decay)
        return {"loss": total.detach(), **figures}

    def _codes(self, sittings: Sequence[Sitting]) -> Tensor:
        """The code of each sitting (N, K)."""
        canvas = self.canvas
        codes: list[Tensor] = []
        for sitting in sittings:
            if sitting.view is None:
                codes.append(canvas.identity)
                continue
            seen = [sitting.view.seen]
            if sitting.row is None:
                strokes = canvas.predicted(seen)
            else:
                strokes = canvas.painting_codes(torch.tensor([sitting.row], device=self.device), seen)
            codes.append(canvas.at_stroke(strokes[0], sitting.view.stroke_px))
        return torch.stack(codes)

    def _losses(
        self, sittings: Sequence[Sitting], seen_px: int, temporal: float
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The weighted losses to add up, and the plain figures to report (those with a "/" go to the log only)."""
        config, count, crop_px = self.config, len(sittings), self.config.crop_px
        pair = moved_pair(self.pool.crops(count, crop_px + 2 * REACH_PX), self.generator, crop_px // 8)
        codes = self._codes(sittings)
        with self._autocast():
            if temporal > 0:
                both = torch.cat([pair.first, pair.second]).contiguous(memory_format=torch.channels_last)
                painted, painted_second = self.canvas(both, codes.repeat(2, 1)).split(count)
                steady = temporal_loss(painted, painted_second, pair)
            else:
                painted = self.canvas(pair.first.contiguous(memory_format=torch.channels_last), codes)
                steady = torch.zeros(count, device=self.device)
        # At any phase: VGG's pooling is not equivariant to small shifts, and a network with a grid of its own would
        # learn patterns in step with VGG's grid.
        top, left = torch.randint(crop_px - seen_px + 1, (2,), generator=self.generator).tolist()
        seen = slice(top, top + seen_px), slice(left, left + seen_px)
        features = self.vgg(self._for_vgg(painted[:, :, *seen]), {*config.style_layers, config.content_layer})
        with torch.no_grad():
            photo_content = self.vgg(self._for_vgg(pair.first[:, :, *seen]), [config.content_layer])[
                config.content_layer
            ]
        distance = normalized_distance if config.loss == "normalized" else plain_distance
        content = distance(features[config.content_layer], photo_content)
        style = self._style(sittings, features, painted[:, :, *seen])
        is_style = torch.tensor([float(s.view is not None) for s in sittings], device=self.device)
        grid = grid_loss(painted)
        same = (painted.float() - pair.first).abs().mean(dim=(1, 2, 3))
        losses = {
            "style": config.style_weight * (style * is_style).mean(),
            "content": config.content_weight * content.mean(),
            "temporal": config.temporal_weight * temporal * steady.mean(),
            "grid": config.grid_weight * grid.mean(),
            "identity": config.identity_weight * (same * (1 - is_style)).mean(),
        }
        if config.tv_weight:
            losses["tv"] = config.tv_weight * total_variation(painted[:, :, *seen]).mean()
        figures = {"temporal": steady.mean(), "grid": grid.mean().sqrt() * 255}
        for i, sitting in enumerate(sittings):
            if sitting.view is None:
                figures["identity/error"] = same[i]
            elif sitting.row is None:
                figures["passers/style"], figures["passers/content"] = style[i], content[i]
            else:
                figures["style"], figures["content"] = style[i], content[i]
                figures[f"style/{self.paintings[sitting.row].name}"] = style[i]
        return losses, {name: value.detach() for name, value in figures.items()}

    def _style(self, sittings: Sequence[Sitting], features: dict[str, Tensor], painted: Tensor) -> Tensor:
        """The style loss of each picture (N,), at full and at half size; 0 where there is no style."""
        config = self.config
        rows = [i for i, sitting in enumerate(sittings) if sitting.view is not None]
        views = [sitting.view for sitting in sittings if sitting.view is not None]
        loss = torch.zeros(len(sittings), device=self.device)
        if not rows:
            return loss
        weights = dict(zip(config.style_layers, config.style_layer_weights, strict=True))
        compared = style_loss if config.loss == "normalized" else plain_style_loss
        full = compared({n: features[n][rows] for n in weights}, _stacked([v.full for v in views]), weights)
        at = (torch.tensor(rows, device=self.device),)
        if not config.half_share:
            return loss.index_put(at, full)
        small = self.vgg(self._for_vgg(functional.avg_pool2d(painted[rows], 2)), config.half_layers)
        half_weights = {layer: weights.get(layer, 1.0) for layer in config.half_layers}
        half = compared(small, _stacked([v.half for v in views]), half_weights)
        return loss.index_put(at, torch.lerp(full, half, config.half_share))

    def _autocast(self) -> Any:
        return torch.autocast(self.device.type, self.half) if self.half else nullcontext()

    # ---- what is kept --------------------------------------------------------------------------------------------

    def _identity_of_run(self) -> dict[str, Any]:
        kept = {k: v for k, v in dataclasses.asdict(self.config).items() if k in RUN_FIELDS}
        return kept | {"paintings": [p.name for p in self.paintings], "predicts": self.passers is not None}

    def _show(self, monitor: Monitor, output: Path) -> None:
        write_style_file(output, self.style_file())
        monitor.test_pictures(self.progress.step, self.test_pictures(), [p.name for p in self.paintings])

    @torch.no_grad()
    def style_file(self) -> StyleFile:
        """The averaged weights and codes as a style file, without previews."""
        average = self.average
        rows = torch.arange(len(self.paintings), device=self.device)
        codes = average.painting_codes(rows, self._paintings_seen()).cpu().numpy().astype(np.float32)
        styles = {
            p.name: Style(p.name, p.title, p.artist, p.year, p.licence, codes[i]) for i, p in enumerate(self.paintings)
        }
        predictor: dict[str, Tensor] = {}
        encoder = average.encoder or self.encoder
        if average.predictor is not None and encoder is not None:
            predictor = {f"encoder.{name}": value for name, value in encoder.state_dict().items()}
            predictor |= {f"head.{name}": value for name, value in average.predictor.state_dict().items()}
        training = {
            **dataclasses.asdict(self.config),
            "steps": self.progress.step,
            "seconds": round(self.progress.elapsed_s),
            "device": self.device.type,
        }
        return StyleFile(
            NetworkSpec(self.config.family, self.config.width),
            as_half(average.network.state_dict()),
            self.config.stroke_px,
            average.identity.cpu().numpy().astype(np.float32),
            styles,
            as_half(predictor),
            training,
            encoder=self.config.encoder,
        )

    @torch.no_grad()
    def test_pictures(self) -> Tensor:
        """Held-out photos, in every style, and by the identity if that is learnt: (rows, photos, 3, H, W) in [0, 1]."""
        photos = self.preview_photos.contiguous(memory_format=torch.channels_last)
        file = self.style_file()
        middle = len(self.config.stroke_px) // 2
        codes = [style.codes[middle] for style in file.styles.values()]
        if self.config.trains_network:
            codes.append(file.identity)
        rows = [photos]
        for code in codes:
            with self._autocast():
                rows.append(self.average(photos, torch.from_numpy(code)[None].to(self.device)).float())
        return torch.stack(rows)


def _stacked(moments: Sequence[Moments]) -> dict[str, tuple[Tensor, Tensor]]:
    return {
        layer: (torch.stack([m[layer][0] for m in moments]), torch.stack([m[layer][1] for m in moments]))
        for layer in moments[0]
    }
