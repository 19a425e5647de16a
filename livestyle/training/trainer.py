"""The training loop: one transform network and the codes of many paintings, learnt together (Dumoulin et al. 2016).

With one painting this is Johnson et al. 2016 with instance norm. Steadiness is trained in from the start: every batch
is also painted moved and noisy, and the two paintings have to agree (see `motion`).
"""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from livestyle.errors import TrainingError
from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.networks.vgg import Architecture, VggFeatures, load_vgg
from livestyle.styles.file import NetworkSpec, Style, StyleFile, write_style_file
from livestyle.training.config import TrainConfig
from livestyle.training.losses import gram, grid_loss, normalized_distance, style_loss
from livestyle.training.monitor import Monitor, tile
from livestyle.training.motion import REACH_PX, moved_pair, temporal_loss
from livestyle.training.paintings import Painting
from livestyle.training.photos import PhotoPool, load_picture, split_photos

REPORT_EVERY = 20
PREVIEW_PHOTOS = 4
PREVIEW_PX = 256
VGG_STRIDE_PX = 8
"""Paintings are shown to VGG shifted at random by less than this, the stride of its fourth stage: its pooling is not
equivariant to smaller shifts, and a network with a grid of its own would learn patterns in step with VGG's grid."""


def pick_device(name: str = "auto") -> torch.device:
    """The device of that name; "auto" is CUDA, else Apple's MPS, else the CPU.

    Raises:
        TrainingError: It is not to be had.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError("PyTorch finds no CUDA device here. Use --device cpu, or install a CUDA build of PyTorch.")
    return torch.device(name)


def half_type(device: torch.device) -> torch.dtype | None:
    """The type for autocast: bfloat16 where the device computes with it, float16 on older GPUs, else None: float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "cpu" and "avx512_bf16" in _cpu_flags():
        return torch.bfloat16
    return None


def _cpu_flags() -> str:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return ""


class Canvas(nn.Module):
    """What is trained: the network and one code a painting, the identity's last.

    Args:
        network: The network.
        paintings: How many codes besides the identity's.
    """

    def __init__(self, network: StyledNetwork, paintings: int) -> None:
        super().__init__()
        self.network = network
        self.codes = nn.Parameter(network.neutral_code().repeat(paintings + 1, 1))

    def forward(self, images: Tensor, rows: Tensor) -> Tensor:
        """Paints RGB (N, 3, H, W) in [0, 1], each with the code in its row (N,)."""
        return cast(Tensor, self.network(images, self.codes[rows]))


@dataclass
class Progress:
    """Where a run is."""

    step: int = 0
    elapsed_s: float = 0.0


def rate_factor(step: int, share: float, config: TrainConfig) -> float:
    """What the learning rate is multiplied by, after `step` steps and a `share` (0..1) of the time."""
    warm = min(1.0, (step + 1) / config.warm_up_steps)
    cool = min(1.0, (1 - share) / (1 - config.decay_from))
    return max(0.0, min(warm, cool))


def temporal_factor(share: float, config: TrainConfig) -> float:
    """How much of the temporal weight applies after a `share` (0..1) of the time: it grows from 0 to 1."""
    grown = (share - config.temporal_from) / max(config.temporal_full - config.temporal_from, 1e-9)
    return min(1.0, max(0.0, grown))


class Trainer:
    """A run: made from scratch, or taken up from its last checkpoint in the same folder.

    Args:
        config: All settings.
        paintings: What to learn.
        photo_paths: Photos to learn on; every sixteenth is held out (see `split_photos`).
        folder: For checkpoints, log and preview.
        device: Where to train.
        vgg_path: A safetensors file of VGG weights; None for torchvision's.

    Raises:
        TrainingError: No photos, an unreadable picture, no VGG weights, or a checkpoint of another run.
    """

    def __init__(
        self,
        config: TrainConfig,
        paintings: Sequence[Painting],
        photo_paths: Sequence[Path],
        folder: Path,
        device: torch.device,
        vgg_path: Path | None = None,
    ) -> None:
        self.config, self.paintings, self.folder, self.device = config, list(paintings), folder, device
        torch.manual_seed(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.half = half_type(device)
        layers = {*config.style_layers, config.content_layer}
        vgg = load_vgg(layers, cast(Architecture, config.architecture), vgg_path)
        self.vgg: VggFeatures = vgg.to(device, self.half, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.grams = self._painting_grams()
        self.canvas = Canvas(build_network(NetworkSpec(config.family, config.width)), len(paintings))
        self.canvas.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.canvas).requires_grad_(False)
        self.optimizer = torch.optim.Adam(
            [
                {"params": list(self.canvas.network.parameters()), "rate": config.rate},
                {"params": [self.canvas.codes], "rate": config.code_rate},
            ]
        )
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.half == torch.float16)
        self.progress = Progress()
        self._rows = self._endless_rows()
        training, held_out = split_photos(photo_paths)
        load = [load_picture(p, at_most_px=config.photo_px) for p in training]
        smallest = config.crop_px + 2 * REACH_PX
        self.pool = PhotoPool([p for p in load if min(p.shape[1:]) >= smallest // 2], device, self.generator)
        if not self.pool.photos:
            raise TrainingError(f"No photo has a short side of {smallest // 2} px or more. Give larger photos.")
        shown = (held_out or training)[:: max(1, len(held_out or training) // PREVIEW_PHOTOS)][:PREVIEW_PHOTOS]
        self.preview_photos = (
            torch.stack([_square(load_picture(p, PREVIEW_PX)) for p in shown]).float().to(device) / 255
        )
        self._resume()

    def _painting_grams(self) -> dict[str, Tensor]:
        """Layer -> Gram matrices of all paintings (P, C, C)."""
        grams: dict[str, list[Tensor]] = {layer: [] for layer in self.config.style_layers}
        with torch.no_grad():
            for painting in self.paintings:
                picture = load_picture(painting.path, self.config.style_px)[None].to(self.device).float() / 255
                for layer, features in self.vgg(self._for_vgg(picture), self.config.style_layers).items():
                    grams[layer].append(gram(features))
        return {layer: torch.cat(parts) for layer, parts in grams.items()}

    def _for_vgg(self, images: Tensor) -> Tensor:
        return images.to(self.half or torch.float32).contiguous(memory_format=torch.channels_last)

    def _endless_rows(self) -> Iterator[int]:
        """Code rows, each as often as the others, the identity's included."""
        while True:
            yield from torch.randperm(len(self.paintings) + 1, generator=self.generator).tolist()

    # ---- the loop ------------------------------------------------------------------------------------------------

    def run(self, output: Path) -> StyleFile:
        """Trains until the time is used up, then writes the style file.

        Stopping with Ctrl-C writes a checkpoint first; run again to go on from there.

        Raises:
            TrainingError: The loss is not a number any more; the last checkpoint is from before that.
        """
        budget_s = self.config.minutes * 60
        start = time.monotonic() - self.progress.elapsed_s
        saved_s = self.progress.elapsed_s
        figures: list[dict[str, Tensor]] = []
        with Monitor(self.folder, budget_s, self.progress.elapsed_s) as monitor:
            try:
                while self.progress.elapsed_s < budget_s:
                    figures.append(self._step(self.progress.elapsed_s / budget_s))
                    self.progress.step += 1
                    self.progress.elapsed_s = time.monotonic() - start
                    if self.progress.step % REPORT_EVERY == 0:
                        monitor.step(self.progress.step, self.progress.elapsed_s, _means(figures))
                        figures.clear()
                    else:
                        monitor.step(self.progress.step, self.progress.elapsed_s)
                    if self.progress.elapsed_s - saved_s > self.config.checkpoint_every_s:
                        saved_s = self.progress.elapsed_s
                        self._save(monitor, output)
            except KeyboardInterrupt:
                self._save(monitor, output)
                raise
            self._save(monitor, output)
        return self.style_file()

    def _step(self, share: float) -> dict[str, Tensor]:
        config = self.config
        factor = rate_factor(self.progress.step, share, config)
        for group in self.optimizer.param_groups:
            group["lr"] = group["rate"] * factor
        rows = torch.tensor([next(self._rows) for _ in range(config.batch)])
        crop_px = config.small_crop_px if share < config.small_until else config.crop_px
        losses, figures = self._losses(rows, crop_px, temporal_factor(share, config))
        total = sum(losses.values(), torch.zeros((), device=self.device))
        if not math.isfinite(total.item()):
            raise TrainingError(
                f"The loss is no longer a number at step {self.progress.step}. The last checkpoint is good: "
                "run again with a lower rate to go on from it."
            )
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(total).backward()  # type: ignore[no-untyped-call]
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self._update_average()
        return {"loss": total.detach(), **figures}

    def _losses(self, rows: Tensor, crop_px: int, temporal: float) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The weighted losses to add up, and the plain figures to report (those with a "/" go to the log only)."""
        config, count = self.config, len(rows)
        pair = moved_pair(self.pool.crops(count, crop_px + 2 * REACH_PX), self.generator, crop_px // 8)
        rows_here = rows.to(self.device)
        both = torch.cat([pair.first, pair.second]).contiguous(memory_format=torch.channels_last)
        with self._autocast():
            painted, painted_second = self.canvas(both, rows_here.repeat(2)).split(count)
        top, left = torch.randint(VGG_STRIDE_PX, (2,), generator=self.generator).tolist()
        seen = slice(top, top + crop_px - VGG_STRIDE_PX), slice(left, left + crop_px - VGG_STRIDE_PX)
        features = self.vgg(self._for_vgg(painted[:, :, *seen]))
        with torch.no_grad():
            photo_content = self.vgg(self._for_vgg(pair.first[:, :, *seen]), [config.content_layer])[
                config.content_layer
            ]
        is_style = (rows_here < len(self.paintings)).float()
        style_rows = rows_here.clamp(max=len(self.paintings) - 1)
        style = style_loss(
            {layer: features[layer] for layer in config.style_layers},
            {layer: grams[style_rows] for layer, grams in self.grams.items()},
            dict(zip(config.style_layers, config.style_layer_weights, strict=True)),
        )
        content = normalized_distance(features[config.content_layer], photo_content)
        steady = temporal_loss(painted, painted_second, pair)
        grid = grid_loss(painted)
        same = (painted.float() - pair.first).abs().mean(dim=(1, 2, 3))
        losses = {
            "style": config.style_weight * (style * is_style).mean(),
            "content": config.content_weight * content.mean(),
            "temporal": config.temporal_weight * temporal * steady.mean(),
            "grid": config.grid_weight * grid.mean(),
            "identity": config.identity_weight * (same * (1 - is_style)).mean(),
        }
        painters = is_style.sum().clamp(min=1)
        figures = {
            "style": (style * is_style).sum() / painters,
            "content": (content * is_style).sum() / painters,
            "temporal": steady.mean(),
            "grid": grid.mean().sqrt() * 255,
        }
        for i, row in enumerate(rows.tolist()):
            if row < len(self.paintings):
                figures[f"style/{self.paintings[row].name}"] = style[i]
            else:
                figures["identity/error"] = same[i]
        return losses, {name: value.detach() for name, value in figures.items()}

    def _autocast(self) -> Any:
        return torch.autocast(self.device.type, self.half) if self.half else nullcontext()

    def _update_average(self) -> None:
        # Early on the average would be of the random start; so its reach grows with the steps done.
        decay = min(self.config.average_decay, (1 + self.progress.step) / (10 + self.progress.step))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.canvas.parameters()), 1 - decay)

    # ---- what is kept --------------------------------------------------------------------------------------------

    @property
    def checkpoint_path(self) -> Path:
        """Where the run is taken up again."""
        return self.folder / "checkpoint.pt"

    def _identity_of_run(self) -> dict[str, Any]:
        kept = {k: v for k, v in dataclasses.asdict(self.config).items() if k in {"family", "width", "style_layers"}}
        return kept | {"paintings": [p.name for p in self.paintings]}

    def _save(self, monitor: Monitor, output: Path) -> None:
        state = {
            "run": self._identity_of_run(),
            "progress": dataclasses.asdict(self.progress),
            "canvas": self.canvas.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "generator": self.generator.get_state(),
        }
        part = self.checkpoint_path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint_path)
        write_style_file(output, self.style_file())
        monitor.preview(self.progress.step, self.preview())

    def _resume(self) -> None:
        if not self.checkpoint_path.exists():
            return
        try:
            state = torch.load(self.checkpoint_path, map_location=self.device, weights_only=True)
        except (EOFError, OSError, RuntimeError, pickle.UnpicklingError) as error:
            raise TrainingError(
                f"The checkpoint {self.checkpoint_path} is damaged: remove it to begin anew."
            ) from error
        if state["run"] != self._identity_of_run():
            raise TrainingError(
                f"{self.checkpoint_path} is of another network or other paintings. "
                "Give another --run folder, or remove it."
            )
        self.progress = Progress(**state["progress"])
        self.canvas.load_state_dict(state["canvas"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.generator.set_state(state["generator"].cpu())

    def style_file(self) -> StyleFile:
        """The averaged weights and codes as a style file, without previews."""
        codes = self.average.codes.detach().cpu().numpy().astype(np.float32)
        styles = {
            p.name: Style(p.name, p.title, p.artist, p.year, p.licence, codes[None, i])
            for i, p in enumerate(self.paintings)
        }
        weights = {k: v.cpu().numpy().astype(np.float16) for k, v in self.average.network.state_dict().items()}
        training = {
            **dataclasses.asdict(self.config),
            "steps": self.progress.step,
            "seconds": round(self.progress.elapsed_s),
            "device": self.device.type,
        }
        spec, stroke_px = NetworkSpec(self.config.family, self.config.width), (self.config.style_px,)
        return StyleFile(spec, weights, stroke_px, codes[-1], styles, training=training)

    @torch.no_grad()
    def preview(self) -> Tensor:
        """Held-out photos in every style, one row a style, photos first, identity last: (3, H, W) in [0, 1]."""
        photos = self.preview_photos.contiguous(memory_format=torch.channels_last)
        rows = [photos]
        for row in range(len(self.paintings) + 1):
            which = torch.full((len(self.preview_photos),), row, device=self.device)
            with self._autocast():
                rows.append(self.average(photos, which).float())
        return tile(torch.stack(rows))


def _means(figures: Sequence[dict[str, Tensor]]) -> dict[str, float]:
    names = sorted({name for f in figures for name in f})
    return {name: float(torch.stack([f[name] for f in figures if name in f]).mean()) for name in names}


def _square(picture: Tensor) -> Tensor:
    height, width = picture.shape[1:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[:, top : top + side, left : left + side]
