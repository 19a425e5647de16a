"""Conditional instance norm: the one place where a style enters a network."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EPSILON = 1e-3
"""Added to every variance. Far above the usual 1e-5 on purpose: on a flat picture (lens cap, black screen) the variance
of a first-layer channel is sensor noise alone, about 1e-5, and a small epsilon would blow it up to full contrast."""


def instance_norm(x: Tensor) -> Tensor:
    """Normalises each channel of each picture to mean 0 and variance 1 (Ulyanov et al., 1607.08022).

    The statistics are taken in float32 inside the kernel, also for half-precision input. `F.group_norm` with one
    channel a group is the same mathematics; on channels_last memory it is several times faster forward and several
    times slower backward than `F.instance_norm`, so inference and training take different kernels.

    Args:
        x: (N, C, H, W), any float type.

    Returns:
        The same shape and type.
    """
    if torch.is_grad_enabled():
        return functional.instance_norm(x, eps=EPSILON)
    return functional.group_norm(x, x.shape[1], eps=EPSILON)


class ConditionalInstanceNorm(nn.Module):
    """Instance norm whose scale and shift are inputs (Dumoulin et al., 1610.07629, eq. 5).

    It has no parameters of its own: the network hands each norm its slice of the style code.

    Args:
        channels: C.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    @property
    def code_size(self) -> int:
        """Numbers this norm takes from a style code: a scale and a shift for every channel."""
        return 2 * self.channels

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """Applies the norm.

        Args:
            x: (N, C, H, W).
            code: (N or 1, 2 C), the scales first, then the shifts.

        Returns:
            (N, C, H, W) in the type of `x`.
        """
        scale, shift = torch.split(code.to(x.dtype)[:, :, None, None], self.channels, dim=1)
        painted: Tensor = instance_norm(x) * scale + shift
        return painted
