"""Trains the decoder of AdaIN (Huang & Belongie, 1703.06868): see `livestyle.networks.adain`.

The paper trains 160 000 steps of 8 pictures. What is done here to get somewhere in half an hour on two CPU cores: the
encoder is the loss network as well; encoded photos and styles are kept and meet in ever new pairs; crops and batches
are small; the rate is four times the paper's and falls to 0; what is written is a moving average of the weights. At
first the decoder learns nothing but to undo the encoder, pixel by pixel, which takes a third of the time for a step and
has a gradient that says where to go. Later one picture in eight still has to come out as it was: so strength 0 is the
photo.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.hardware import half_type
from livestyle.networks.adain import LAYER, LAYERS, AdainNetwork, code_of, spread_and_mean
from livestyle.networks.families import NetworkSpec
from livestyle.networks.vgg import VggFeatures
from livestyle.pretrained import load_vgg
from livestyle.styles.file import Style, StyleFile, write_style_file
from livestyle.training.monitor import Monitor
from livestyle.training.paintings import Painting
from livestyle.training.photos import PhotoPool, load_picture, split_photos, square
from livestyle.training.run import Part, Progress, Run, as_half
from livestyle.training.views import varied

STROKE_PX = (220, 340, 540)
"""The stroke sizes that styles get codes for, as those of the other networks."""
VIEW_PX = 192
"""Side of the window of a style that is looked at."""
PHOTO_PX = 224
"""Photos are kept at this short side."""
KEPT = 128
"""Encoded photos, and encoded styles, that are kept."""
UNDO_UNTIL = 0.15
"""Share of the time in which the decoder only learns to undo the encoder."""
OWN_SHARE = 1 / 8
"""Of the pictures painted after that, those that are to come out as they were."""
PIXEL_WEIGHT = 50.0
"""Of the mean absolute error of those."""
BETAS = (0.9, 0.99)
"""Of Adam: with the usual 0.999 the huge gradients of the first steps would hold it back for a thousand more."""
AVERAGE_DECAY = 0.999
WARM_UP_STEPS = 50
CHECKPOINT_EVERY_S = 120.0
PREVIEW_PHOTOS = 4
PREVIEW_STYLES = 8
PREVIEW_PX = 256


@dataclass(frozen=True)
class AdainConfig:
    """Settings of a run."""

    width: int = 256
    """Of the decoder; the paper's has 512."""
    crop_px: int = 128
    """Side of what is painted; a multiple of 8. The paper has 256."""
    batch: int = 4
    """The paper has 8; in a short run more steps are worth more than smoother ones."""
    style_weight: float = 10.0
    """The paper's lambda (eq. 11)."""
    rate: float = 4e-4
    """Of Adam; constant, then in the second half of the time down to 0 in a line. At 1e-3 the style loss of unseen
    pairs no longer falls."""
    minutes: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.width < 16 or self.width % 16:
            raise TrainingError(f"The decoder's width is a multiple of 16, not {self.width}.")
        if self.crop_px < 32 or self.crop_px % 8:
            raise TrainingError(f"Crops have a side of 32 px or more, a multiple of 8, not {self.crop_px}.")
        if self.batch < 1 or min(self.minutes, self.rate, self.style_weight) <= 0:
            raise TrainingError("Training needs a batch of 1 or more; and minutes, rate and style weight above 0.")


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
        return [kept[rows.to(kept.device)] for kept in self._kept]


class AdainTrainer:
    """A run: made from scratch, or taken up from its last checkpoint in the same folder.

    Args:
        config: All settings.
        style_paths: Pictures to learn to paint in the style of; the more varied, the better.
        photo_paths: Photos to learn on; every sixteenth is held out (see `split_photos`).
        paintings: What to bundle with the network as its named styles.
        folder: For checkpoints, log and preview.
        device: Where to train.
        vgg_path: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError: No pictures, an unreadable picture, no VGG weights, or a checkpoint of another run.
    """

    def __init__(
        self,
        config: AdainConfig,
        style_paths: Sequence[Path],
        photo_paths: Sequence[Path],
        paintings: Sequence[Painting],
        folder: Path,
        device: torch.device,
        vgg_path: Path | None = None,
    ) -> None:
        self.config, self.paintings, self.folder, self.device = config, list(paintings), folder, device
        if not style_paths or not paintings:
            raise TrainingError("Training needs pictures to take styles from, and paintings to bundle.")
        torch.manual_seed(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.half = half_type(device)
        training, held_out = split_photos(photo_paths)
        photos = [load_picture(path, at_most_px=PHOTO_PX) for path in training]
        self.pool = PhotoPool([p for p in photos if min(p.shape[1:]) >= config.crop_px // 2], device, self.generator)
        if not self.pool.photos:
            raise TrainingError(f"No photo has a short side of {config.crop_px // 2} px or more. Give larger photos.")
        self.styles = [load_picture(p, at_most_px=STROKE_PX[-1]) for p in style_paths if p not in set(held_out)]
        shown = (held_out or training)[:: max(1, len(held_out or training) // PREVIEW_PHOTOS)][:PREVIEW_PHOTOS]
        self.preview_photos = torch.stack([square(load_picture(p, PREVIEW_PX)) for p in shown]).to(device) / 255

        self.network = AdainNetwork(config.width).to(device)
        self.network.encoder.requires_grad_(False)
        self.network.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network.decoder).requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.network.decoder.parameters(), lr=config.rate, betas=BETAS)
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
            checkpoint_every_s=CHECKPOINT_EVERY_S,
        )
        if not self._run.resume():
            self.network.encoder.load_state_dict(load_vgg(LAYERS, "vgg16", vgg_path).state_dict())
            normalize(self.network.encoder, self.pool.crops(24, config.crop_px))
        # The encoder as the losses see it.
        self.eye = copy.deepcopy(self.network.encoder).to(self.half or torch.float32)
        self._rng = np.random.default_rng(int(torch.randint(2**31, (), generator=self.generator)))
        self.encoded_photos = Ring(self._encoded_photos, KEPT, max(1, config.batch // 4), self.generator)
        self.encoded_styles = Ring(self._encoded_styles, KEPT, max(1, config.batch // 8), self.generator)

    # ---- what is encoded -----------------------------------------------------------------------------------------

    def _see(self, images: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        return self.eye(images.to(self.half or torch.float32).contiguous(memory_format=torch.channels_last), layers)  # type: ignore[no-any-return]

    @torch.no_grad()
    def _encoded_photos(self, count: int) -> tuple[Tensor, ...]:
        """Crops of photos, and their features."""
        crops = self.pool.crops(count, self.config.crop_px)
        return crops, self._see(crops, [LAYER])[LAYER]

    @torch.no_grad()
    def _encoded_styles(self, count: int) -> tuple[Tensor, ...]:
        """For each of `LAYERS` the spreads and means of windows of styles."""
        found = self._see(torch.stack([self._window() for _ in range(count)]), LAYERS)
        return tuple(part for layer in LAYERS for part in spread_and_mean(found[layer]))

    def _window(self) -> Tensor:
        """A window (3, VIEW_PX, VIEW_PX) of a style at one of the sizes that strokes may have."""
        rng = self._rng
        picture = self.styles[int(rng.integers(len(self.styles)))]
        height, width = picture.shape[1:]
        low, high = STROKE_PX[0], STROKE_PX[-1]
        stroke_px = low * (high / low) ** rng.random()
        side = max(16, round(min(height, width) * VIEW_PX / stroke_px))
        top, left = rng.integers(max(1, height - side + 1)), rng.integers(max(1, width - side + 1))
        window = picture[None, :, top : top + side, left : left + side].to(self.device).float() / 255
        seen = functional.interpolate(window, (VIEW_PX, VIEW_PX), mode="bilinear", antialias=True)
        return (varied(seen, rng) if rng.random() < 0.5 else seen)[0]

    # ---- the loop ------------------------------------------------------------------------------------------------

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
        rate = self.config.rate * min(1.0, (self.progress.step + 1) / WARM_UP_STEPS, 2 * (1 - share))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.encoded_photos.refresh()
        self.encoded_styles.refresh()
        content, style, pixels = self._losses(1.0 if share < UNDO_UNTIL else OWN_SHARE)
        loss = content + self.config.style_weight * style + PIXEL_WEIGHT * pixels
        self._run.descend(loss)
        self._run.average(self.average, self.network.decoder, AVERAGE_DECAY)
        figures = {"loss": loss, "content": content, "style": style, "pixels": pixels}
        return {name: value.detach() for name, value in figures.items()}

    def _losses(self, own_share: float) -> tuple[Tensor, Tensor, Tensor]:
        """The losses of content and style (eq. 12 and 13), and the error of what is to come out as it was.

        Args:
            own_share: The chance of each picture to be of the last kind.
        """
        batch = self.config.batch
        crops, photos = self.encoded_photos.pick(batch)
        own = (torch.rand(batch, generator=self.generator) < own_share).to(self.device)
        styles = self.encoded_styles.pick(batch)
        codes = torch.where(own[:, None], self.network.identity_code().to(self.device), code_of(*styles[-2:]))
        with torch.no_grad():
            wanted = self.network.restyled(photos, codes).contiguous(memory_format=torch.channels_last)
        with self._autocast():
            painted = self.network.decode(wanted)
        pixels = ((painted.float() - crops).abs().mean(dim=(1, 2, 3)) * own).mean()
        if own.all():
            return torch.zeros_like(pixels), torch.zeros_like(pixels), pixels
        found = self._see(painted, LAYERS)
        content = (found[LAYER].float() - wanted.float()).square().mean()
        given = [part for layer in LAYERS for part in statistics(found[layer])]
        distances = [(a - b).square().mean(1) for a, b in zip(given, styles, strict=True)]
        style = (torch.stack(distances).sum(0) * ~own).mean()
        return content, style, pixels

    def _autocast(self) -> Any:
        return torch.autocast(self.device.type, self.half) if self.half else nullcontext()

    # ---- what is kept --------------------------------------------------------------------------------------------

    def _show(self, monitor: Monitor, output: Path) -> None:
        file = self.style_file()
        write_style_file(output, file)
        shown = list(file.styles.values())[:: max(1, len(file.styles) // PREVIEW_STYLES)][:PREVIEW_STYLES]
        monitor.test_pictures(self.progress.step, self.test_pictures(shown), [style.name for style in shown])

    def _averaged(self) -> AdainNetwork:
        """The network with the averaged decoder, in the precision of a style file."""
        network = copy.deepcopy(self.network)
        network.decoder.load_state_dict(self.average.state_dict())
        for parameter in network.parameters():
            parameter.data = parameter.data.half().float()
        return network

    @cached_property
    def _codes(self) -> dict[str, npt.NDArray[np.float32]]:
        """The codes of the paintings (S, 1025): the encoder is as it will stay, so they are measured once."""
        network, codes = self._averaged(), {}
        for painting in self.paintings:
            picture = load_picture(painting.path)[None].to(self.device).float() / 255
            with torch.no_grad(), self._autocast():
                codes[painting.name] = network.codes_of(picture, STROKE_PX)[0].float().cpu().numpy()
        return codes

    @torch.no_grad()
    def style_file(self) -> StyleFile:
        """The averaged weights and the paintings' codes as a style file, without previews."""
        network = self._averaged()
        styles = {
            p.name: Style(p.name, p.title, p.artist, p.year, p.licence, self._codes[p.name]) for p in self.paintings
        }
        training = {
            **dataclasses.asdict(self.config),
            "steps": self.progress.step,
            "seconds": round(self.progress.elapsed_s),
            "device": self.device.type,
        }
        weights = as_half(network.state_dict())
        spec = NetworkSpec("adain", self.config.width)
        return StyleFile(spec, weights, STROKE_PX, network.identity_code().numpy(), styles, training=training)

    @torch.no_grad()
    def test_pictures(self, styles: Sequence[Style]) -> Tensor:
        """Held-out photos, in each of the styles, and as decoded: rows (R, N, 3, H, W) of pictures in [0, 1]."""
        network = self._averaged()
        photos = self.preview_photos.contiguous(memory_format=torch.channels_last)
        codes = [*(torch.from_numpy(style.codes[1]) for style in styles), network.identity_code()]
        rows = [photos]
        for code in codes:
            with self._autocast():
                rows.append(network(photos, code[None].to(self.device)).float())
        return torch.stack(rows)
