"""The autoencoder of a patch network: the only part of it that is learnt, and on any pictures.

Every stage of the decoder is to give back the features of the level before, so that a painting can be matched and
decoded in turns. But what a patch network decodes is not what an encoder has seen: it is patches put together, whose
means are flatter than any picture. So the decoder also learns on features put together from patches of another picture,
and is to give them the texture of that picture back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from livestyle.losses import normalized_distance, second_moments, style_loss
from livestyle.networks.families import NetworkSpec
from livestyle.networks.patches import LEVELS, PatchNetwork, matched, standardised
from livestyle.pretrained import load_vgg
from livestyle.styles.file import Style, StyleFile
from livestyle.training.compute import Compute
from livestyle.training.config import PatchesConfig
from livestyle.training.material import PhotoPool, load_picture, shown_photos
from livestyle.training.monitor import Preview
from livestyle.training.paintings import Painting
from livestyle.training.run import Figures, Group, Losses, as_half

TEXTURE_LAYERS = {"relu1_2": 1.0, "relu2_2": 1.0}
PAINTED_LEVEL = LEVELS[-1]
"""What is matched last, and decoded into the picture."""
SHOWN_STYLES = 3


class Patches:
    """Learns an autoencoder (see `run.Method`).

    Args:
        config: All settings.
        compute: Where, and by what chance.
        paintings: To put into the style file.
        photos: To learn on, paintings as well; every sixteenth is held out (see `material.split_photos`).
        vgg: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError: No pictures, an unreadable one, or no VGG weights.
    """

    def __init__(
        self,
        config: PatchesConfig,
        compute: Compute,
        paintings: Sequence[Painting],
        photos: Sequence[Path],
        *,
        vgg: Path | None = None,
    ) -> None:
        self.config, self.compute = config, compute
        self.vgg = compute.loss_network(load_vgg(TEXTURE_LAYERS, "vgg16", vgg))
        self.model = compute.placed(PatchNetwork(config.width))
        self.styles = [self._style(painting) for painting in paintings]
        self.pool = PhotoPool(photos, config.photo_px, config.crop_px // 2, compute)
        self.shown = shown_photos(photos, compute.device)

    def _style(self, painting: Painting) -> Style:
        picture = load_picture(painting.path)[None].float() / 255
        return painting.style(self.model.codes_of(picture, [self.config.stroke_px])[0].numpy())

    @property
    def identity(self) -> Mapping[str, object]:
        """See `run.Method`."""
        return {"method": "patches", "width": self.config.width}

    def groups(self) -> list[Group]:
        """See `run.Method`."""
        return [Group([*self.model.parameters()], self.config.rate)]

    def losses(self, step: int, share: float) -> tuple[Losses, Figures]:
        """See `run.Method`."""
        config, autoencoder = self.config, self.model.autoencoder
        pictures = self.pool.crops(config.batch, config.crop_px).contiguous(memory_format=torch.channels_last)
        with self.compute.autocast():
            seen = autoencoder.encode(pictures, PAINTED_LEVEL + 1)
            painted = self._decoded(seen[PAINTED_LEVEL])
            # The deeper stages are autoencoders of the features before them. One by one: all at once, a chain that deep
            # takes far longer to learn, and in use what is decoded is matched again before the next stage.
            pitstop = torch.zeros((), device=self.compute.device)
            for level in range(PAINTED_LEVEL + 1, LEVELS[0] + 1):
                shallow = seen[-1].detach()
                seen.append(autoencoder.encoder[level](shallow))
                pitstop = pitstop + normalized_distance(autoencoder.decode(seen[-1], level), shallow).mean()
            # Half of the pictures put together from patches of the other half.
            half = len(pictures) // 2
            known = seen[PAINTED_LEVEL].detach()
            patched = matched(standardised(known[:half]), known[half : 2 * half])
            swapped = self._decoded(patched)
            again = autoencoder.encode(swapped, PAINTED_LEVEL + 1)[PAINTED_LEVEL]
            cycle = normalized_distance(again, patched).mean()
        image = (painted.float() - pictures).abs().mean()
        with torch.no_grad():
            wanted = {
                n: second_moments(f) for n, f in self.vgg(self.compute.for_vgg(pictures[half : 2 * half])).items()
            }
        texture = style_loss(self.vgg(self.compute.for_vgg(swapped)), wanted, TEXTURE_LAYERS).mean()
        losses = {
            "image": config.image_weight * image,
            "pitstop": config.pitstop_weight * pitstop,
            "cycle": config.cycle_weight * cycle,
            "texture": config.texture_weight * texture,
        }
        return losses, {"image": image, "pitstop": pitstop, "cycle": cycle, "texture": texture}

    def _decoded(self, features: Tensor) -> Tensor:
        """Pictures of features of the level that is painted last."""
        for level in range(PAINTED_LEVEL, -1, -1):
            features = self.model.autoencoder.decode(features, level)
        return features

    # ---- what is kept --------------------------------------------------------------------------------------------

    def file(self, averaged: PatchNetwork, facts: Mapping[str, object]) -> StyleFile:
        """See `run.Method`: the weights and the paintings as a style file, without previews."""
        return StyleFile(
            NetworkSpec("patches", self.config.width),
            as_half(averaged.state_dict()),
            (self.config.stroke_px,),
            averaged.identity_code().numpy(),
            {style.name: style for style in self.styles},
            training=facts,
        )

    @torch.no_grad()
    def preview(self, averaged: PatchNetwork) -> Preview:
        """See `run.Method`: pictures in some of the styles, and as decoded."""
        styles = self.styles[:SHOWN_STYLES]
        codes = [*(torch.from_numpy(style.codes[0]) for style in styles), averaged.identity_code()]
        painted = [averaged(self.shown, code[None].to(self.compute.device)) for code in codes]
        return Preview(self.shown, torch.stack(painted), [style.name for style in styles])
