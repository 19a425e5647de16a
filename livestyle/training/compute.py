"""Where a training computes, in which precision, and by what chance."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from livestyle.hardware import half_type

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Compute:
    """What a run computes with.

    Attributes:
        device: Where.
        half: The type to compute in; None for float32.
        generator: The only source of randomness, on the CPU.
    """

    device: torch.device
    half: torch.dtype | None
    generator: torch.Generator

    @classmethod
    def seeded(cls, device: torch.device, seed: int) -> Compute:
        """On a device; the seed also decides the weights of networks made from now on."""
        torch.manual_seed(seed)
        return cls(device, half_type(device), torch.Generator().manual_seed(seed))

    def autocast(self, small: bool = False) -> AbstractContextManager[object]:
        """In this context networks compute in half precision, where there is any and it is of use.

        Args:
            small: Whether the network has so few channels that on a GPU the conversions take longer than they save.
        """
        if self.half is None or (small and self.device.type == "cuda"):
            return nullcontext()
        return torch.autocast(self.device.type, self.half)

    def placed(self, module: M) -> M:
        """A module on the device, in float32."""
        module.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return module

    def loss_network(self, vgg: M) -> M:
        """A loss network on the device, in that precision."""
        return self.placed(vgg).to(self.half or torch.float32)

    def for_vgg(self, images: Tensor) -> Tensor:
        """Images as such a loss network takes them."""
        return images.to(self.device, self.half or torch.float32).contiguous(memory_format=torch.channels_last)

    def sent(self, values: Tensor) -> Tensor:
        """Values from the CPU on the device; see `sent`."""
        return sent(values, self.device)


def sent(values: Tensor, device: torch.device) -> Tensor:
    """Values from the CPU on a device, which does not wait for what that device still has to do."""
    return values.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else values.to(device)


def at(device: torch.device, generator: torch.Generator) -> torch.Generator:
    """A generator at a device that follows from one on the CPU: for what would take long to draw there, and to send."""
    seed = int(torch.randint(2**62, (), generator=generator))
    return torch.Generator(device).manual_seed(seed)
