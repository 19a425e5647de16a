"""Where a picture shows something else than before, told apart from its noise: `steady.change` in torch.

Small pictures are (1, 3, h, w), and what is known of each place (1, 1, h, w), in float32.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.device.pictures import block_means, blurred, enlarged, grey, interpolated, rounded, slopes
from livestyle.steady.change import (
    BANDS,
    BLOCK_PX,
    CLOSED,
    FIRST_NOISE,
    FOLLOW_DOWN,
    FOLLOW_UP,
    LEAST_NOISE,
    LEVELS,
    MOST_NOISE,
    OPEN,
    QUIET,
    UNEVEN,
    UNSURE,
    WINDOW_PX,
)
from livestyle.steady.steadier import OFF_PX, REACH_PX

DISK_PX = ((11, 1), (9, 7), (7, 9), (5, 11))
"""OpenCV's disk of radius `REACH_PX`, put together from rectangles: height and width in px."""


class Noise:
    """The noise of a camera at each brightness, in tensors that stay where they are.

    Attributes:
        curve: The energy that noise makes in the difference of two pictures, at each of `LEVELS`.
        is_known: 1 once something was measured, else 0.
    """

    def __init__(self, device: torch.device) -> None:
        self.curve = torch.zeros(LEVELS.size, device=device)
        self.is_known = torch.zeros((), device=device)

    @property
    def state(self) -> list[Tensor]:
        """All that it remembers."""
        return [self.curve, self.is_known]

    def learn(self, newest: Tensor, before: Tensor, begins: Tensor | None, forgets: Tensor | None) -> Tensor:
        """Learns from two small pictures in a row.

        Args:
            newest: RGB bytes.
            before: The same.
            begins: 1 if they are not in a row, so that nothing is learnt, else 0; None for 0.
            forgets: 1 if what was learnt before is to be forgotten, else 0; None for 0.

        Returns:
            The energy that noise makes in their difference at each place.
        """
        if forgets is not None:
            self.is_known.mul_(1 - forgets)
        sides_px = min(BLOCK_PX, newest.shape[2]), min(BLOCK_PX, newest.shape[3])
        levels = rounded(block_means(rounded(grey(newest)), sides_px))
        measured, is_measured = _curve(levels.flatten(), block_means(energy(newest - before), sides_px).flatten())
        if begins is not None:
            is_measured = is_measured & (begins == 0)
        past = torch.where(self.is_known > 0, self.curve, measured.clamp(max=2 * FIRST_NOISE**2))
        follow = FOLLOW_DOWN + (FOLLOW_UP - FOLLOW_DOWN) * (measured > past)
        learnt = past + follow * (measured - past)
        least = 2 * LEAST_NOISE**2
        unlearnt = torch.where(self.is_known > 0, self.curve, torch.full_like(learnt, least))
        self.curve.copy_(torch.where(is_measured, learnt, unlearnt))
        self.is_known.copy_(torch.maximum(self.is_known, is_measured.float()))
        return enlarged(_at_levels(self.curve, levels), (newest.shape[2], newest.shape[3]))


def _at_levels(curve: Tensor, brightness: Tensor) -> Tensor:
    at = brightness / float(LEVELS[1] - LEVELS[0])
    before = at.long().clamp_(0, curve.numel() - 2)
    return torch.lerp(curve[before], curve[before + 1], at - before)


def _curve(levels: Tensor, energies: Tensor) -> tuple[Tensor, Tensor]:
    """The noise at each of `LEVELS`, of the brightness and the energies of blocks (B,); and whether one changes."""
    # How many blocks change is known to the device alone, so all are kept, those that don't change behind the others.
    changes = energies > 0
    count = changes.sum()
    infinite = torch.full_like(energies, torch.inf)
    order = torch.where(changes, levels, infinite).argsort(stable=True)
    levels, energies = levels[order], torch.where(changes, energies, infinite)[order]
    place = torch.arange(energies.numel(), device=energies.device)
    # As np.array_split parts: the first bands get one more where it does not come out even.
    band = torch.arange(BANDS + 1, device=energies.device)
    edges = band * (count // BANDS) + torch.minimum(band, count % BANDS)
    inside = (place >= edges[:-1, None]) & (place < edges[1:, None])
    sizes = edges.diff()
    mean = torch.where(inside, levels, torch.zeros_like(levels)).sum(1) / sizes.clamp_min(1)
    quiet = _quiet(torch.where(inside, energies, infinite), sizes)
    overall = _quiet(energies[None], count[None])
    # Bands without a block are the last, and become the one before them.
    last = (count.clamp(1, BANDS) - 1).minimum(band[:-1])
    noises = quiet[last].clamp(overall / UNEVEN, overall * UNEVEN).clamp(2 * LEAST_NOISE**2, 2 * MOST_NOISE**2)
    at = torch.linspace(0, float(LEVELS[-1]), LEVELS.size, device=energies.device)
    return interpolated(at, mean[last], noises), count > 0


def _quiet(energies: Tensor, sizes: Tensor) -> Tensor:
    """The energy (R,) below which `QUIET` of the first `sizes` (R,) of each row (R, B) lie, all others being larger."""
    rank = (QUIET * sizes).long()
    return energies.sort(dim=1).values.gather(1, rank[:, None])[:, 0]


def energy(change: Tensor) -> Tensor:
    """The mean square over the channels."""
    return change.square().mean(1, keepdim=True)


def novelty(newest: Tensor, past: Tensor, noise: Tensor) -> Tensor:
    """How much a picture differs from the past, over how much noise alone would make it differ."""
    return blurred(energy(newest - past), WINDOW_PX) / noise


def openness(novelties: Tensor) -> Tensor:
    """How surely each place shows something else: 0 the same, 1 new."""
    return ((novelties - CLOSED) / (OPEN - CLOSED)).clamp_(0, 1)


def motion(still: Tensor, moved: Tensor) -> Tensor:
    """How surely each place has moved with the flow rather than stood still: 0 still, 1 moved."""
    return ((still - moved - UNSURE) / UNSURE).clamp_(0, 1)


def spread(changed: Tensor) -> Tensor:
    """What is known of places, said of those around them too."""
    parts = [
        functional.max_pool2d(changed, sides_px, stride=1, padding=(sides_px[0] // 2, sides_px[1] // 2))
        for sides_px in DISK_PX
    ]
    return blurred(torch.stack(parts).amax(0), REACH_PX)


def off(photo: Tensor) -> Tensor:
    """The energy of the difference that a slightly wrong motion makes."""
    x, y = slopes(grey(photo))
    return OFF_PX**2 * blurred(x * x + y * y, 5)
