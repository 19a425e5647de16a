"""Trains the autoencoder of a patch network: the only part of it that is learnt, and on any pictures.

Every stage of the decoder is to give back the features of the level before, so that a painting can be matched and
decoded in turns. But what a patch network decodes is not what an encoder has seen: it is patches put together, whose
means are flatter than any picture. So the decoder also learns on features put together from patches of another picture,
and is to give them the texture of that picture back.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from livestyle.errors import TrainingError
from livestyle.hardware import half_type
from livestyle.losses import normalized_distance, second_moments, style_loss
from livestyle.networks.families import NetworkSpec
from livestyle.networks.patches import LEVELS, PatchNetwork, matched, standardised
from livestyle.networks.vgg import VggFeatures
from livestyle.pretrained import load_vgg
from livestyle.styles.file import Style, StyleFile, write_style_file
from livestyle.training.monitor import Monitor
from livestyle.training.paintings import Painting
from livestyle.training.photos import PhotoPool, load_picture, split_photos, square
from livestyle.training.run import Part, Progress, Run, as_half

TEXTURE_LAYERS = {"relu1_2": 1.0, "relu2_2": 1.0}
PAINTED_LEVEL = LEVELS[-1]
"""What is matched last, and decoded into the picture."""
WARM_UP_STEPS = 50
AVERAGE_DECAY = 0.998
PREVIEW_PHOTOS = 3
PREVIEW_STYLES = 3
PREVIEW_PX = 256


@dataclass(frozen=True)
class AutoencoderConfig:
    """Settings of a run. Distances of features are normalised (see `losses`), so weights compare."""

    width: int = 32
    minutes: float = 15.0
    batch: int = 4
    crop_px: int = 96
    photo_px: int = 256
    """Pictures are kept at this short side."""
    stroke_px: int = 360
    """How high the paintings hang; see `StyleFile.stroke_px`."""
    rate: float = 1e-3
    image_weight: float = 10.0
    """Of the mean absolute error of what is decoded."""
    pitstop_weight: float = 1.0
    """Of the features on the way."""
    cycle_weight: float = 0.5
    """Of what the encoder sees in decoded patches, against what they were decoded from."""
    texture_weight: float = 1.0
    seed: int = 0
    checkpoint_every_s: float = 200.0

    def __post_init__(self) -> None:
        if self.batch < 2 or self.width < 1 or min(self.minutes, self.rate) <= 0:
            raise TrainingError("Training needs a batch of 2 or more, a width >= 1, and minutes and rate > 0.")
        if self.crop_px < 48 or self.crop_px % 8:
            raise TrainingError("Training crops have a side of 48 px or more, a multiple of 8.")


class AutoencoderTrainer:
    """A run: made from scratch, or taken up from its last checkpoint in the same folder.

    Args:
        config: All settings.
        picture_paths: Photos and paintings to learn on; every sixteenth is held out (see `split_photos`).
        paintings: To put into the style file.
        folder: For checkpoints, log and preview.
        device: Where to train.
        vgg_path: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError: No pictures, an unreadable one, no VGG weights, or a checkpoint of another run.
    """

    def __init__(
        self,
        config: AutoencoderConfig,
        picture_paths: Sequence[Path],
        paintings: Sequence[Painting],
        folder: Path,
        device: torch.device,
        vgg_path: Path | None = None,
    ) -> None:
        self.config, self.folder, self.device = config, folder, device
        torch.manual_seed(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        half = half_type(device)
        self.half = half if half == torch.bfloat16 else None  # float16 would need its gradients scaled
        self.vgg: VggFeatures = load_vgg(TEXTURE_LAYERS, "vgg16", vgg_path).to(  # type: ignore[call-overload]
            device, self.half, memory_format=torch.channels_last
        )
        self.network = PatchNetwork(config.width)
        self.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).requires_grad_(False).eval()
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=config.rate)
        parts: dict[str, Part] = {
            "network": self.network,
            "average": self.average,
            "optimizer": self.optimizer,
            "scaler": torch.amp.GradScaler(device.type, enabled=self.half == torch.float16),
        }
        self._run = Run(
            folder,
            {"width": config.width},
            parts,
            self.generator,
            device,
            minutes=config.minutes,
            batch=config.batch,
            checkpoint_every_s=config.checkpoint_every_s,
        )
        self.styles = [self._style(painting) for painting in paintings]
        training, held_out = split_photos(picture_paths)
        loaded = [load_picture(path, at_most_px=config.photo_px) for path in training]
        self.pool = PhotoPool([p for p in loaded if min(p.shape[1:]) >= config.crop_px // 2], device, self.generator)
        if not self.pool.photos:
            raise TrainingError(f"No picture has a short side of {config.crop_px // 2} px or more. Give larger ones.")
        shown = (held_out or training)[:: max(1, len(held_out or training) // PREVIEW_PHOTOS)][:PREVIEW_PHOTOS]
        self.preview_photos = torch.stack([square(load_picture(p, PREVIEW_PX)) for p in shown]).float() / 255
        self._run.resume()

    def _style(self, painting: Painting) -> Style:
        picture = load_picture(painting.path)[None].float() / 255
        codes = self.network.codes_of(picture, [self.config.stroke_px])[0].numpy()
        return Style(painting.name, painting.title, painting.artist, painting.year, painting.licence, codes)

    def run(self, output: Path) -> StyleFile:
        """Trains until the time is used up, then writes the style file.

        Stopping with Ctrl-C writes a checkpoint first; run again to go on from there.

        Raises:
            TrainingError: The loss is not a number any more; the last checkpoint is from before that.
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
        warm = min(1.0, (self.progress.step + 1) / WARM_UP_STEPS)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate * warm * (1 + math.cos(math.pi * min(share, 1.0))) / 2
        loss, figures = self._losses(self.pool.crops(self.config.batch, self.config.crop_px))
        self._run.descend(loss)
        self._run.average(self.average, self.network, AVERAGE_DECAY)
        return {"loss": loss.detach(), **{name: value.detach() for name, value in figures.items()}}

    def _losses(self, pictures: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted loss, and what it is made of."""
        config, autoencoder = self.config, self.network.autoencoder
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, self.half) if self.half else nullcontext():
            seen = autoencoder.encode(pictures, PAINTED_LEVEL + 1)
            painted = self._decoded(seen[PAINTED_LEVEL])
            # The deeper stages are autoencoders of the features before them. One by one: all at once, a chain that deep
            # takes far longer to learn, and in use what is decoded is matched again before the next stage.
            pitstop = torch.zeros((), device=self.device)
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
            wanted = {n: second_moments(f) for n, f in self.vgg(self._for_vgg(pictures[half : 2 * half])).items()}
        texture = style_loss(self.vgg(self._for_vgg(swapped)), wanted, TEXTURE_LAYERS).mean()
        total = (
            config.image_weight * image
            + config.pitstop_weight * pitstop
            + config.cycle_weight * cycle
            + config.texture_weight * texture
        )
        return total, {"image": image, "pitstop": pitstop, "cycle": cycle, "texture": texture}

    def _decoded(self, features: Tensor) -> Tensor:
        """Pictures of features of the level that is painted last."""
        for level in range(PAINTED_LEVEL, -1, -1):
            features = self.network.autoencoder.decode(features, level)
        return features

    def _for_vgg(self, images: Tensor) -> Tensor:
        return images.to(self.half or torch.float32).contiguous(memory_format=torch.channels_last)

    # ---- what is kept --------------------------------------------------------------------------------------------

    def _show(self, monitor: Monitor, output: Path) -> None:
        write_style_file(output, self.style_file())
        shown = self.styles[:PREVIEW_STYLES]
        monitor.test_pictures(self.progress.step, self.test_pictures(shown), [style.name for style in shown])

    def style_file(self) -> StyleFile:
        """The averaged weights and the paintings as a style file, without previews."""
        return StyleFile(
            NetworkSpec("patches", self.config.width),
            as_half(self.average.state_dict()),
            (self.config.stroke_px,),
            self.average.identity_code().numpy(),
            {style.name: style for style in self.styles},
            training={
                **dataclasses.asdict(self.config),
                "steps": self.progress.step,
                "seconds": round(self.progress.elapsed_s),
                "device": self.device.type,
            },
        )

    @torch.no_grad()
    def test_pictures(self, styles: Sequence[Style]) -> Tensor:
        """Held-out pictures, in each of the styles, and as decoded: rows (R, N, 3, H, W) of pictures in [0, 1]."""
        photos = self.preview_photos.to(self.device).contiguous(memory_format=torch.channels_last)
        codes = [*(torch.from_numpy(style.codes[0]) for style in styles), self.average.identity_code()]
        return torch.stack([photos, *(self.average(photos, code[None].to(self.device)) for code in codes)])
