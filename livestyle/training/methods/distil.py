"""A narrower network that paints as another one does: where training for style then starts (Hinton et al. 2015).

Minutes of it do what hours of style losses would: palette, light and content are right. Strokes are not, as regression
gives the mean of all that a network of that width can't tell apart. One linear map makes codes of the network's own out
of the teacher's, so that all its styles, their mixes and its predictor come along.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.networks.build import build_network
from livestyle.networks.code import PALETTE, StyledNetwork
from livestyle.networks.families import NetworkSpec, family_of
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.training.compute import Compute
from livestyle.training.config import DistilConfig
from livestyle.training.material import PhotoPool, shown_photos, some
from livestyle.training.monitor import Preview
from livestyle.training.run import Figures, Group, Losses, as_half

SCALES = 3
"""Pictures are compared at full, half and quarter size."""
EDGE_WEIGHT = 2.0
"""Of the difference of neighbouring pixels, beside that of the pixels themselves."""
MIXED_SHARE = 0.4
"""Of the pictures, those painted in a mix of two styles: between codes the map has to hold too."""
IDENTITY_EVERY = 8
"""Steps after which a picture is left as it is, and half of them later, left half as it is."""
SHOWN_STYLES = 6


class Student(nn.Module):
    """The narrower network, and the map from the teacher's codes to its own.

    Args:
        network: The network.
        codes: Of the teacher, all there are (N, K).
    """

    def __init__(self, network: StyledNetwork, codes: Tensor) -> None:
        super().__init__()
        self.network = network
        self.usual: Tensor
        self.spread: Tensor
        self.register_buffer("usual", codes.mean(0)[:-PALETTE])
        # So that all numbers of a code weigh alike at first.
        self.register_buffer("spread", 3 * codes.std(0).clamp(min=1e-3)[:-PALETTE])
        neutral = network.neutral_code()[:-PALETTE]
        self.map = nn.Linear(len(self.usual), len(neutral))
        self.map.weight.data *= 0.3
        self.map.bias.data.copy_(neutral)

    def codes(self, codes: Tensor) -> Tensor:
        """The network's own codes (..., k) of the teacher's (..., K); the palette means the same in both."""
        own: Tensor = self.map((codes[..., :-PALETTE] - self.usual) / self.spread)
        return torch.cat([own, codes[..., -PALETTE:]], dim=-1)

    def head(self, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """The last layer of the teacher's predictor, (K, F) and (K,), with the map behind it."""
        through = self.map.weight @ (weight[:-PALETTE] / self.spread[:, None])
        return torch.cat([through, weight[-PALETTE:]]), self.codes(bias)

    def forward(self, images: Tensor, codes: Tensor) -> Tensor:
        """Paints RGB (N, 3, H, W) in [0, 1] with codes of the teacher (N, K)."""
        painted: Tensor = self.network(images, self.codes(codes))
        return painted


def difference(given: Tensor, wanted: Tensor) -> Tensor:
    """How far pictures (N, 3, H, W) are apart in pixels and edges, at several sizes: a scalar."""
    total = torch.zeros((), device=given.device)
    for _ in range(SCALES):
        change = given - wanted
        edges = change.diff(dim=2).abs().mean() + change.diff(dim=3).abs().mean()
        total = total + change.abs().mean() + EDGE_WEIGHT * edges
        given, wanted = functional.avg_pool2d(given, 2), functional.avg_pool2d(wanted, 2)
    return total


class Distil:
    """Learns to paint as another network does (see `run.Method`).

    Args:
        config: All settings.
        compute: Where, and by what chance.
        teacher: The other network and its styles.
        photos: To learn on; every sixteenth is held out (see `material.split_photos`).

    Raises:
        TrainingError: No photos, an unreadable one, or the network has no codes that could be mapped.
    """

    def __init__(self, config: DistilConfig, compute: Compute, teacher: StyleFile, photos: Sequence[Path]) -> None:
        if family_of(teacher.spec.family).reads_pictures:
            raise TrainingError(f"A network of the family {teacher.spec.family!r} can't be distilled: choose another.")
        self.config, self.compute, self._file = config, compute, teacher
        self.teacher = compute.placed(load_network(teacher))
        styles = torch.from_numpy(np.stack([style.codes for style in teacher.styles.values()]))
        self.styles, self.identity_code = styles.to(compute.device), torch.from_numpy(teacher.identity)
        network = build_network(NetworkSpec(teacher.spec.family, config.width))
        self.model = compute.placed(Student(network, styles.flatten(0, 1)))
        self.pool = PhotoPool(photos, config.photo_px, config.crop_px // 2, compute)
        self.shown = shown_photos(photos, compute.device)

    @property
    def identity(self) -> Mapping[str, object]:
        """See `run.Method`."""
        return {"method": "distil", "width": self.config.width, "teacher": self._file.digest}

    def groups(self) -> list[Group]:
        """See `run.Method`."""
        return [
            Group([*self.model.network.parameters()], self.config.rate),
            Group([*self.model.map.parameters()], self.config.code_rate),
        ]

    def _codes(self, step: int) -> Tensor:
        """Codes of the teacher for a batch (N, K): styles, some of them mixed, and now and then the identity."""
        count, chance = self.config.batch, self.compute.generator
        rows = torch.randint(len(self.styles), (2, count), generator=chance)
        sizes = torch.randint(self.styles.shape[1], (count,), generator=chance)
        is_mixed = torch.rand(count, 1, generator=chance) < MIXED_SHARE
        share = (torch.rand(count, 1, generator=chance) / 2 * is_mixed).to(self.compute.device)
        codes = torch.lerp(self.styles[rows[0], sizes], self.styles[rows[1], sizes], share)
        if step % IDENTITY_EVERY in (0, IDENTITY_EVERY // 2):
            strength = 0.5 if step % IDENTITY_EVERY else 1.0
            codes[0] = torch.lerp(codes[0], self.identity_code.to(codes), strength)
        return codes

    def losses(self, step: int, share: float) -> tuple[Losses, Figures]:
        """See `run.Method`."""
        photos = self.pool.crops(self.config.batch, self.config.crop_px)
        photos, codes = photos.contiguous(memory_format=torch.channels_last), self._codes(step)
        with self.compute.autocast(small=True):
            with torch.no_grad():
                wanted = self.teacher(photos, codes)
            painted = self.model(photos, codes)
        loss = difference(painted.float(), wanted.float())
        error = functional.mse_loss(painted.detach().float(), wanted.float())
        return {"difference": loss}, {"psnr": -10 * error.clamp(min=1e-9).log10()}

    # ---- what is kept --------------------------------------------------------------------------------------------

    @torch.no_grad()
    def file(self, averaged: Student, facts: Mapping[str, object]) -> StyleFile:
        """See `run.Method`: all styles of the teacher and its predictor, without previews."""

        def own(codes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            return averaged.codes(torch.from_numpy(codes).to(self.compute.device)).cpu().numpy()

        predictor = dict(self._file.predictor)
        if predictor:
            names = "head.code.weight", "head.code.bias"
            weight, bias = (torch.from_numpy(np.asarray(predictor[n], np.float32)) for n in names)
            last = averaged.head(weight.to(self.compute.device), bias.to(self.compute.device))
            predictor |= as_half(dict(zip(names, last, strict=True)))
        return StyleFile(
            NetworkSpec(self._file.spec.family, self.config.width),
            as_half(averaged.network.state_dict()),
            self._file.stroke_px,
            own(self._file.identity),
            {n: dataclasses.replace(s, codes=own(s.codes), preview=b"") for n, s in self._file.styles.items()},
            predictor,
            {**facts, "teacher": self._file.name},
            encoder=self._file.encoder,
        )

    @torch.no_grad()
    def preview(self, averaged: Student) -> Preview:
        """See `run.Method`: photos in some of the styles, and as they are left."""
        names = some(list(self._file.styles), SHOWN_STYLES)
        middle = len(self._file.stroke_px) // 2
        codes = [torch.from_numpy(self._file.styles[name].codes[middle]) for name in names]
        painted = []
        for code in [*codes, self.identity_code]:
            with self.compute.autocast(small=True):
                painted.append(averaged(self.shown, code[None].to(self.compute.device)).float())
        return Preview(self.shown, torch.stack(painted), names)
