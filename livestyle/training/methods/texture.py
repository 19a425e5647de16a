"""A texture network (Ulyanov et al., 1603.03417), for textures of noise or for painting photos."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.losses import grid_loss, normalized_distance, second_moments, style_loss
from livestyle.networks.texture import CELL_PX, TextureNetwork, draw_noise
from livestyle.pretrained import load_vgg
from livestyle.textures.file import TextureFile
from livestyle.training.compute import Compute
from livestyle.training.config import TextureConfig
from livestyle.training.material import SHOWN, PhotoPool, load_picture, shown_photos
from livestyle.training.monitor import Preview
from livestyle.training.paintings import Painting
from livestyle.training.run import Figures, Group, Losses, as_half

REDUCTIONS = {1: 0.4, 2: 0.35, 4: 0.25}
"""By how much pictures are reduced before the loss network looks at them, and the share in the style loss: reduced, the
same layers see structure that is larger."""


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


class Texture:
    """Learns a texture network (see `run.Method`).

    Args:
        config: All settings.
        compute: Where, and by what chance.
        styles: Pictures of the texture; several count as one large picture. The first names the file.
        photos: To learn to paint, every sixteenth held out (see `material.split_photos`); none: a texture of noise.
        vgg: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError: No photo is large enough, or no VGG weights.
        SourceError: A picture can't be read.
    """

    def __init__(
        self,
        config: TextureConfig,
        compute: Compute,
        styles: Sequence[Painting],
        photos: Sequence[Path] = (),
        *,
        vgg: Path | None = None,
    ) -> None:
        self.config, self.compute, self.styles = config, compute, list(styles)
        self.style_layers = dict.fromkeys(config.style_layers, 1.0)
        layers = [*config.style_layers, config.content_layer] if photos else config.style_layers
        self.vgg = compute.loss_network(load_vgg(layers, "vgg16", vgg))
        self.wanted = self._style_moments()
        # Not channels_last, which is for networks with more than a few channels.
        self.model = TextureNetwork(config.width, paints_photos=bool(photos)).to(compute.device)
        self.pool = PhotoPool(photos, 2 * config.size_px, config.size_px // 2, compute) if photos else None
        self.shown = shown_photos(photos, compute.device) if photos else None

    @property
    def identity(self) -> Mapping[str, object]:
        """See `run.Method`."""
        return {
            "method": "texture",
            **{name: getattr(self.config, name) for name in ("width", "cut", "style_px")},
            "styles": [style.name for style in self.styles],
            "paints_photos": self.model.paints_photos,
        }

    def groups(self) -> list[Group]:
        """See `run.Method`."""
        return [Group([*self.model.parameters()], self.config.rate)]

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
            seen = functional.interpolate(cut, size, mode="bicubic", antialias=True).clamp(0, 1).to(self.compute.device)
            found.append({r: {n: second_moments(f) for n, f in self._looked_at(seen, r).items()} for r in REDUCTIONS})
        return {
            r: {
                n: (torch.stack([f[r][n][0] for f in found]).mean(0), torch.stack([f[r][n][1] for f in found]).mean(0))
                for n in self.style_layers
            }
            for r in REDUCTIONS
        }

    def _looked_at(self, pictures: Tensor, reduction: int, *more: str) -> dict[str, Tensor]:
        seen = functional.avg_pool2d(pictures, reduction) if reduction > 1 else pictures
        features: dict[str, Tensor] = self.vgg(self.compute.for_vgg(seen), [*self.style_layers, *more])
        return features

    # ---- the losses ----------------------------------------------------------------------------------------------

    def losses(self, step: int, share: float) -> tuple[Losses, Figures]:
        """See `run.Method`."""
        config = self.config
        photos: Tensor | None = None
        if self.pool is not None:
            photos = self.pool.crops(config.batch, config.size_px + CELL_PX)
        painted = self._paint(self.model, self._noise(config.batch, config.size_px, photos), photos)
        # At any phase: a network whose pattern goes with the grid of the coarse scales would otherwise paint for the
        # grid of VGG's pooling. A torus can be rolled; of a photo a window is looked at.
        top, left = torch.randint(CELL_PX, (2,), generator=self.compute.generator).tolist()
        if photos is None:
            seen, seen_photos = torch.roll(painted, (top, left), (2, 3)), None
        else:
            window = slice(top, top + config.size_px), slice(left, left + config.size_px)
            seen, seen_photos = painted[:, :, *window], photos[:, :, *window]
        losses: dict[str, Tensor] = {}
        figures: dict[str, Tensor] = {}
        style = torch.zeros((), device=self.compute.device)
        for reduction, part in REDUCTIONS.items():
            needs_content = seen_photos is not None and reduction == 1
            features = self._looked_at(seen, reduction, *([config.content_layer] if needs_content else []))
            style = style + part * style_loss(features, self.wanted[reduction], self.style_layers).mean()
            if needs_content and seen_photos is not None:
                with torch.no_grad():
                    wanted = self._looked_at(seen_photos, 1, config.content_layer)[config.content_layer]
                figures["content"] = normalized_distance(features[config.content_layer], wanted).mean()
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
        return draw_noise(count, size_hw, self.compute.generator)

    def _paint(self, network: TextureNetwork, noise: Sequence[Tensor], photos: Tensor | None) -> Tensor:
        with self.compute.autocast():
            painted: Tensor = network([field.to(self.compute.device) for field in noise], photos)
        return painted

    # ---- what is kept --------------------------------------------------------------------------------------------

    def file(self, averaged: TextureNetwork, facts: Mapping[str, object]) -> TextureFile:
        """See `run.Method`: the weights as a texture file, called as the first style."""
        first, weights = self.styles[0], as_half(averaged.state_dict())
        training = {**facts, "styles": [style.name for style in self.styles]}
        about = first.title, first.artist, first.year, first.licence
        return TextureFile(self.config.width, averaged.paints_photos, weights, *about, training)

    @torch.no_grad()
    def preview(self, averaged: TextureNetwork) -> Preview:
        """See `run.Method`: textures of a few seeds, or photos and their paintings."""
        count, size_px = SHOWN, 2 * self.config.size_px
        if self.shown is not None:
            count, size_px = len(self.shown), self.shown.shape[-1]
        noise = draw_noise(count, (size_px, size_px), torch.Generator().manual_seed(0))
        return Preview(self.shown, self._paint(averaged, noise, self.shown)[None], [self.styles[0].name])
