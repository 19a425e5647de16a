"""Holds paintings still where the network runs: `steady.steadier` and `steady.crisp` in torch.

Nothing here waits for the device. What depends on the pictures, such as whether there is a cut, is decided by it. Flow
is found on the processor, by others.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from livestyle.device.change import Noise, motion, novelty, off, openness, spread
from livestyle.device.pictures import block_means, blurred, enlarged, grey, laplacian, rounded, warped
from livestyle.steady.crisp import AREA_PX, FINE_SHARE, MOST
from livestyle.steady.steadier import CUT


class Past:
    """What is kept of the pictures before, in tensors that stay where they are.

    Attributes:
        newest: The last small photo, RGB bytes (1, 3, h, w), float32.
        photo: The average of the small photos, (1, 3, h, w).
        painting: The average of the paintings in step with it, (1, 3, H, W).
        gain: The share that the last photo and painting have in them, (1, 1, h, w).
    """

    def __init__(self, painted_hw: tuple[int, int], small_hw: tuple[int, int], device: torch.device) -> None:
        self.newest = torch.zeros(1, 3, *small_hw, device=device)
        self.photo = torch.zeros(1, 3, *small_hw, device=device)
        self.painting = torch.zeros(1, 3, *painted_hw, device=device)
        self.gain = torch.ones(1, 1, *small_hw, device=device)

    @property
    def state(self) -> list[Tensor]:
        """All that it remembers."""
        return [self.newest, self.photo, self.painting, self.gain]


@dataclass(frozen=True, slots=True)
class Hold:
    """How to hold a painting still; all are single numbers on the device.

    Attributes:
        least: The share that a new painting has at least where all stands still.
        least_moving: The same along a motion.
        begins: 1 if the past has nothing to do with it, else 0; None for 0.
        forgets: 1 if what is known of the noise hasn't either, else 0; None for 0.
    """

    least: Tensor
    least_moving: Tensor
    begins: Tensor | None
    forgets: Tensor | None


def steadied(photo: Tensor, painting: Tensor, past: Past, noise: Noise, hold: Hold, flow: Tensor | None) -> Tensor:
    """Holds a painting still.

    Args:
        photo: RGB bytes (1, 3, h, w), small, float32.
        painting: RGB bytes (1, 3, H, W), float32.
        past: Of the pictures before; this one is added.
        noise: The same.
        hold: How.
        flow: (1, 2, h, w), where each pixel of the photo was in the one before, to hold still what moves as well.

    Returns:
        RGB bytes (1, 3, H, W), float32.
    """
    noises = noise.learn(photo, past.newest, hold.begins, hold.forgets)
    before, average, gain, least = past.photo, past.painting, past.gain, hold.least
    new = novelty(photo, before, noises)
    if flow is not None:
        moving = spread(motion(new, novelty(photo, warped(before, flow), noises)))
        along = flow * moving
        before, average, gain = (warped(kept, along) for kept in (before, average, gain))
        new = novelty(photo, before, noises + moving * off(before))
        least = torch.lerp(least, hold.least_moving, moving)
    changed = spread(openness(new))
    begins = (changed > 0.5).float().mean() > CUT
    if hold.begins is not None:
        begins = begins | (hold.begins > 0)
    gain = torch.maximum(torch.maximum(changed, gain / (1 + gain)), least)
    gain = torch.maximum(gain, begins.to(gain.dtype))
    height, width = painting.shape[2:]
    torch.lerp(average, painting, enlarged(gain, (height, width)), out=past.painting)
    torch.lerp(before, photo, gain, out=past.photo)
    past.newest.copy_(photo)
    past.gain.copy_(gain)
    return crisp(past.painting, painting, keeps=begins)


def crisp(average: Tensor, painting: Tensor, keeps: Tensor) -> Tensor:
    """Raises the fine detail of an average to the strength it has in the painting it is of.

    Args:
        average: RGB (1, 3, H, W).
        painting: RGB bytes (1, 3, H, W), float32.
        keeps: Whether to leave it as it is, a single bool on the device.

    Returns:
        RGB bytes (1, 3, H, W), float32.
    """
    height, width = painting.shape[2:]
    ratio = (_detail(rounded(grey(painting))) + 1) / (_detail(grey(average)) + 1)
    more = ((ratio.sqrt() - 1) / FINE_SHARE).clamp_(0, MOST - 1) * ~keeps
    return rounded(torch.addcmul(average, enlarged(more, (height, width)), average - blurred(average, 3)))


def _detail(luma: Tensor) -> Tensor:
    sides_px = min(AREA_PX, luma.shape[2]), min(AREA_PX, luma.shape[3])
    return block_means(laplacian(luma).square_(), sides_px)
