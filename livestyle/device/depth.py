"""Depth where the network runs: `depth` in torch. Nothing here waits for the device."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from livestyle.depth import CUT, CUT_SHARE, FOLLOW, LINES, QUANTILES, SIGMA_PX, STEEPEST, Map
from livestyle.device.pictures import Reduction, enlarged, interpolated, rounded

_SPAN_PX = 6
"""How far the Gaussian reaches: as far as OpenCV's does."""


class Seen:
    """What is kept of the photos before, in tensors that stay where they are.

    Attributes:
        masses: The coarse lightness of the newest photo, (1, 1, h, w).
        tones: The histogram of the photos, (`QUANTILES`,).
    """

    def __init__(self, masses_hw: tuple[int, int], device: torch.device) -> None:
        self.masses = torch.zeros(1, 1, *masses_hw, device=device)
        self.tones = torch.zeros(QUANTILES, device=device)

    @property
    def state(self) -> list[Tensor]:
        """All that it remembers."""
        return [self.masses, self.tones]


def masses_hw(size_hw: tuple[int, int]) -> tuple[int, int]:
    """The size at which the lightness of pictures is looked at."""
    height, width = (max(1, round(side * LINES / min(size_hw))) for side in size_hw)
    return height, width


class Deepening:
    """Moves the masses of paintings of one size.

    Args:
        size_hw: Of photos and paintings; the short side has at least `LINES` pixels.
        device: Where.
    """

    def __init__(self, size_hw: tuple[int, int], device: torch.device) -> None:
        small_hw = masses_hw(size_hw)
        self._reduce = Reduction(size_hw, small_hw, device)
        self._down, self._across = (torch.from_numpy(_blur(side)).to(device) for side in small_hw)
        self._across = self._across.T.contiguous()
        at = np.linspace(0, small_hw[0] * small_hw[1] - 1, QUANTILES)
        below = np.minimum(at.astype(np.int64), small_hw[0] * small_hw[1] - 2)
        self._below = torch.from_numpy(below).to(device)
        self._share = torch.from_numpy((at - below).astype(np.float32)).to(device)

    def deepen(
        self, photo: Tensor, painting: Tensor, seen: Seen, tones: Tensor, amount: Tensor, begins: Tensor | None
    ) -> Tensor:
        """Moves the masses of a painting; see `depth.Depth.deepen`.

        Args:
            photo: RGB bytes (1, 3, H, W), of any type.
            painting: RGB bytes (1, 3, H, W), float32.
            seen: Of the photos before; this one is added.
            tones: Of the style's picture, (`QUANTILES`,).
            amount: A single number.
            begins: 1 if the photos before have nothing to do with it, else 0; None for 0.

        Returns:
            RGB bytes (1, 3, H, W), float32.
        """
        masses = self._masses(photo)
        found = self._quantiles(masses)
        is_cut = ((masses - seen.masses).abs() > CUT).float().mean() > CUT_SHARE
        if begins is not None:
            is_cut = is_cut | (begins > 0)
        given = torch.where(is_cut, found, torch.lerp(seen.tones, found, FOLLOW))
        seen.masses.copy_(masses)
        seen.tones.copy_(given)
        wanted = interpolated(masses, given, _reached(given, tones))
        shift = (2.55 * amount) * (wanted - self._masses(painting))
        height, width = painting.shape[2:]
        return rounded(painting + enlarged(shift, (height, width)))

    def _masses(self, picture: Tensor) -> Tensor:
        return self._down @ _lightness(rounded(self._reduce(picture)) / 255) @ self._across

    def _quantiles(self, masses: Tensor) -> Tensor:
        ordered = masses.flatten().sort().values
        return torch.lerp(ordered[self._below], ordered[self._below + 1], self._share)


def _lightness(pictures: Tensor) -> Tensor:
    """L* (N, 1, h, w), 0 to 100, of RGB (N, 3, h, w) in [0, 1]."""
    linear = torch.where(pictures > 0.04045, ((pictures + 0.055) / 1.055) ** 2.4, pictures / 12.92)
    red, green, blue = torch.split(linear, 1, dim=1)
    light = 0.212671 * red + 0.715160 * green + 0.072169 * blue
    return torch.where(light > 0.008856, 116 * light ** (1 / 3) - 16, 903.3 * light)


def _reached(given: Tensor, wanted: Tensor) -> Tensor:
    steps = torch.minimum(wanted.diff(), STEEPEST * given.diff())
    reached = torch.cat([torch.zeros_like(steps[:1]), steps.cumsum(0)])
    return reached + (wanted.mean() - reached.mean())


def _blur(side: int) -> Map:
    """The Gaussian along the columns of (side, ...), as a matrix to multiply them by."""
    identity = np.eye(side, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(identity, (1, 2 * _SPAN_PX + 1), SIGMA_PX), np.float32)
