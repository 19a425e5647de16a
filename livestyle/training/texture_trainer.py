"""Trains a texture network (Ulyanov et al., 1603.03417), for textures of noise or for painting photos."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.hardware import half_type
from livestyle.losses import grid_loss, normalized_distance, second_moments, style_loss
from livestyle.networks.texture import CELL_PX, TextureNetwork, draw_noise
from livestyle.networks.vgg import VggFeatures
from livestyle.pretrained import load_vgg
from livestyle.textures.file import TextureFile, write_texture_file
from livestyle.training.monitor import Monitor, tile
from livestyle.training.paintings import Painting
from livestyle.training.photos import PhotoPool, load_picture, split_photos
from livestyle.training.run import Part, Progress, Run, as_half

STYLE_LAYERS = {"relu1_1": 1.0, "relu2_1": 1.0, "relu3_1": 1.0, "relu4_1": 1.0}
"""The paper's, with their weights."""
CONTENT_LAYER = "relu4_2"
REDUCTIONS = {1: 0.4, 2: 0.35, 4: 0.25}
"""By how much pictures are reduced before the loss network looks at them, and the share in the style loss: reduced, the
same layers see structure that is larger."""
PREVIEWS = 4
PREVIEW_PX = 256


@dataclass(frozen=True)
class TextureConfig:
    """Settings of a run. Losses are normalised (see `losses`), so weights compare across textures."""

    width: int = 8
    style_px: int = 320
    """Short side at which the style pictures are looked at: it sets how large the texture's structure is, in pixels."""
    cut: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """The part of each style picture to learn: left, top, right, bottom, as shares of its sides."""
    size_px: int = 128
    """Side of the pictures painted in training."""
    batch: int = 2
    style_weight: float = 10.0
    content_weight: float = 4.0
    diversity_weight: float = 0.5
    """Of the entropy of a batch of textures, see `nearest_neighbour_entropy`. At 0.1 one sees no difference from 0.
    At 1 textures differ more and have bolder lights and darks, but the style loss is a sixth higher."""
    grid_weight: float = 4000.0
    """Against lines in step with the enlargement of the coarse scales, which short runs show."""
    minutes: float = 10.0
    rate: float = 1e-2
    warm_up_steps: int = 20
    decay_from: float = 0.5
    """Share of the time after which the rate falls linearly, to nothing."""
    average_decay: float = 0.99
    """Of the moving average of the weights, which is what is shipped."""
    seed: int = 0
    checkpoint_every_s: float = 60.0

    def __post_init__(self) -> None:
        if min(self.batch, self.width) < 1 or min(self.minutes, self.rate) <= 0:
            raise TrainingError("Training needs batch and width of 1 or more, and minutes and rate above 0.")
        if self.size_px % CELL_PX or self.size_px < 2 * CELL_PX:
            raise TrainingError(f"Training needs a size of {2 * CELL_PX} px or more, a multiple of {CELL_PX}.")
        if self.style_px < 64:
            raise TrainingError("A style picture is looked at with a short side of 64 px or more.")
        left, top, right, bottom = self.cut
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise TrainingError(
                "A cut is left, top, right and bottom as shares of a picture's sides, such as 0 0 0.5 1."
            )


def rate_factor(step: int, share: float, config: TextureConfig) -> float:
    """What the learning rate is multiplied by, after `step` steps and a `share` (0..1) of the time."""
    warm = min(1.0, (step + 1) / config.warm_up_steps)
    cool = min(1.0, (1 - share) / (1 - config.decay_from))
    return max(0.0, min(warm, cool))


def nearest_neighbour_entropy(pictures: Tensor) -> Tensor:
    """How varied a batch is: the mean logarithm of the distance of each picture to the one nearest to it.

    Up to constants this is the Kozachenko-Leonenko estimate of the entropy a pixel of what a network paints; a sampler
    of the Julesz ensemble maximises it along with the likeness (Ulyanov et al., 1701.02096, section 2.2).

    Args:
        pictures: (N, C, H, W); N is 2 or more.

    Returns:
        A scalar, float32.
    """
    flat = pictures.float().flatten(1)
    distances = (flat[:, None] - flat[None]).abs().mean(2) + 1e-3
    others = ~torch.eye(len(flat), dtype=torch.bool, device=flat.device)
    return torch.where(others, distances, torch.inf).min(1).values.log().mean()


class TextureTrainer:
    """A run: made from scratch, or taken up from its last checkpoint in the same folder.

    Args:
        config: All settings.
        styles: Pictures of the texture; several count as one large picture. The first names the file.
        photo_paths: Photos to learn to paint, every sixteenth held out (see `split_photos`); none: a texture of noise.
        folder: For checkpoints, log and preview; it exists.
        device: Where to train.
        vgg_path: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError: No photo is large enough, no VGG weights, a checkpoint of another run.
        SourceError: A picture can't be read.
    """

    def __init__(
        self,
        config: TextureConfig,
        styles: Sequence[Painting],
        photo_paths: Sequence[Path],
        folder: Path,
        device: torch.device,
        vgg_path: Path | None = None,
    ) -> None:
        self.config, self.styles, self.folder, self.device = config, list(styles), folder, device
        torch.manual_seed(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.half = half_type(device)
        layers = [*STYLE_LAYERS, CONTENT_LAYER] if photo_paths else [*STYLE_LAYERS]
        vgg = load_vgg(layers, "vgg16", vgg_path)
        self.vgg: VggFeatures = vgg.to(device, self.half, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.wanted = self._style_moments()
        # Not channels_last, which is for networks with more than a few channels.
        self.network = TextureNetwork(config.width, paints_photos=bool(photo_paths)).to(device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.network.parameters(), config.rate)
        parts: dict[str, Part] = {
            "network": self.network,
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
            batch=config.batch,
            checkpoint_every_s=config.checkpoint_every_s,
        )
        training, held_out = split_photos(photo_paths)
        self.pool = self._photo_pool(training) if training else None
        shown = (held_out or training)[:: max(1, len(held_out or training) // PREVIEWS)][:PREVIEWS]
        self.preview_photos = [_preview_cut(load_picture(path, PREVIEW_PX)) for path in shown]
        self._run.resume()

    def _photo_pool(self, paths: Sequence[Path]) -> PhotoPool:
        smallest = self.config.size_px // 2
        photos = [load_picture(path, at_most_px=2 * self.config.size_px) for path in paths]
        pool = PhotoPool([photo for photo in photos if min(photo.shape[1:]) >= smallest], self.device, self.generator)
        if not pool.photos:
            raise TrainingError(f"No photo has a short side of {smallest} px or more. Give larger photos.")
        return pool

    @torch.no_grad()
    def _style_moments(self) -> dict[int, dict[str, tuple[Tensor, Tensor]]]:
        """For each reduction and layer the Gram matrix (1, C, C) and the mean (1, C) to match."""
        left, top, right, bottom = self.config.cut
        found: list[dict[int, dict[str, tuple[Tensor, Tensor]]]] = []
        for style in self.styles:
            picture = load_picture(style.path)
            height, width = picture.shape[1:]
            cut = picture[None, :, int(top * height) : math.ceil(bottom * height)].float() / 255
            cut = cut[..., int(left * width) : math.ceil(right * width)]
            scale = self.config.style_px / min(cut.shape[2:])
            size = [round(side * scale) for side in cut.shape[2:]]
            seen = functional.interpolate(cut, size, mode="bicubic", antialias=True).clamp(0, 1).to(self.device)
            found.append({r: {n: second_moments(f) for n, f in self._looked_at(seen, r).items()} for r in REDUCTIONS})
        return {
            r: {
                n: (torch.stack([f[r][n][0] for f in found]).mean(0), torch.stack([f[r][n][1] for f in found]).mean(0))
                for n in STYLE_LAYERS
            }
            for r in REDUCTIONS
        }

    def _looked_at(self, pictures: Tensor, reduction: int, *more: str) -> dict[str, Tensor]:
        seen = functional.avg_pool2d(pictures, reduction) if reduction > 1 else pictures
        seen = seen.to(self.half or torch.float32).contiguous(memory_format=torch.channels_last)
        features: dict[str, Tensor] = self.vgg(seen, [*STYLE_LAYERS, *more])
        return features

    # ---- the loop ------------------------------------------------------------------------------------------------

    def run(self, output: Path) -> TextureFile:
        """Trains until the time is used up, then writes the texture file.

        Stopping with Ctrl-C writes a checkpoint first; run again to go on from there.

        Raises:
            TrainingError: The loss is not a number any more; the last checkpoint is from before that.
            SinkError: The texture file can't be written.
        """
        self._run.go(self._step, lambda monitor: self._show(monitor, output))
        return self.texture_file()

    @property
    def progress(self) -> Progress:
        """Where the run is."""
        return self._run.progress

    def _step(self, share: float) -> dict[str, Tensor]:
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate * rate_factor(self.progress.step, share, self.config)
        losses, figures = self._losses()
        total = sum(losses.values(), torch.zeros((), device=self.device))
        self._run.descend(total)
        self._run.average(self.average, self.network, self.config.average_decay)
        return {"loss": total.detach(), **{name: value.detach() for name, value in figures.items()}}

    def _losses(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The weighted losses to add up, and the plain figures to report."""
        config = self.config
        photos: Tensor | None = None
        if self.pool is not None:
            photos = self.pool.crops(config.batch, config.size_px + CELL_PX)
        painted = self._paint(self.network, self._noise(config.batch, config.size_px, photos), photos)
        # At any phase: a network whose pattern goes with the grid of the coarse scales would otherwise paint for the
        # grid of VGG's pooling. A torus can be rolled; of a photo a window is looked at.
        top, left = torch.randint(CELL_PX, (2,), generator=self.generator).tolist()
        if photos is None:
            seen, seen_photos = torch.roll(painted, (top, left), (2, 3)), None
        else:
            window = slice(top, top + config.size_px), slice(left, left + config.size_px)
            seen, seen_photos = painted[:, :, *window], photos[:, :, *window]
        losses: dict[str, Tensor] = {}
        figures: dict[str, Tensor] = {}
        style = torch.zeros((), device=self.device)
        for reduction, part in REDUCTIONS.items():
            needs_content = seen_photos is not None and reduction == 1
            features = self._looked_at(seen, reduction, *([CONTENT_LAYER] if needs_content else []))
            style = style + part * style_loss(features, self.wanted[reduction], STYLE_LAYERS).mean()
            if needs_content and seen_photos is not None:
                with torch.no_grad():
                    wanted = self._looked_at(seen_photos, 1, CONTENT_LAYER)[CONTENT_LAYER]
                figures["content"] = normalized_distance(features[CONTENT_LAYER], wanted).mean()
                losses["content"] = config.content_weight * figures["content"]
        grid = grid_loss(painted).mean()
        figures |= {"style": style, "grid": grid.sqrt() * 255}
        losses |= {"style": config.style_weight * style, "grid": config.grid_weight * grid}
        if photos is None and config.batch > 1:
            figures["entropy"] = nearest_neighbour_entropy(painted)
            losses["diversity"] = -config.diversity_weight * figures["entropy"]
        return losses, figures

    def _noise(self, count: int, size_px: int, photos: Tensor | None) -> list[Tensor]:
        size_hw = (size_px, size_px) if photos is None else (photos.shape[2], photos.shape[3])
        return draw_noise(count, size_hw, self.generator)

    def _paint(self, network: TextureNetwork, noise: Sequence[Tensor], photos: Tensor | None) -> Tensor:
        with torch.autocast(self.device.type, self.half) if self.half else nullcontext():
            painted: Tensor = network([field.to(self.device) for field in noise], photos)
        return painted

    # ---- what is kept --------------------------------------------------------------------------------------------

    def _identity_of_run(self) -> dict[str, Any]:
        return {
            "width": self.config.width,
            "cut": self.config.cut,
            "style_px": self.config.style_px,
            "styles": [style.name for style in self.styles],
            "paints_photos": self.network.paints_photos,
        }

    def _show(self, monitor: Monitor, output: Path) -> None:
        write_texture_file(output, self.texture_file())
        monitor.preview(self.progress.step, self.preview())

    def texture_file(self) -> TextureFile:
        """The averaged weights as a texture file, called as the first style."""
        first = self.styles[0]
        training = {
            **dataclasses.asdict(self.config),
            "styles": [style.name for style in self.styles],
            "steps": self.progress.step,
            "seconds": round(self.progress.elapsed_s),
            "device": self.device.type,
        }
        return TextureFile(
            self.config.width,
            self.network.paints_photos,
            as_half(self.average.state_dict()),
            first.title,
            first.artist,
            first.year,
            first.licence,
            training,
        )

    @torch.no_grad()
    def preview(self) -> Tensor:
        """Textures of a few seeds in a row, or held-out photos over their paintings: (3, H, W) in [0, 1]."""
        generator = torch.Generator().manual_seed(0)
        if not self.preview_photos:
            noise = draw_noise(PREVIEWS, (PREVIEW_PX, PREVIEW_PX), generator)
            return tile(self._paint(self.average, noise, None)[None])
        photos = torch.stack(self.preview_photos).float().to(self.device) / 255
        painted = self._paint(self.average, draw_noise(len(photos), (PREVIEW_PX, PREVIEW_PX), generator), photos)
        return tile(torch.stack([photos, painted]))


def _preview_cut(picture: Tensor) -> Tensor:
    top, left = ((side - PREVIEW_PX) // 2 for side in picture.shape[1:])
    return picture[:, top : top + PREVIEW_PX, left : left + PREVIEW_PX]
