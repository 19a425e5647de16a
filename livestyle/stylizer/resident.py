"""A network where it lives: what it takes to do more there than run it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch

from livestyle.networks.code import StyledNetwork
from livestyle.stylizer.failure import reason
from livestyle.stylizer.ferry import Ferry

log = logging.getLogger(__name__)

Do = Callable[[], None]
"""Work on fixed buffers."""

EAGER_CALLS = 3
"""Before a capture: cuDNN tries its kernels and the allocator finds its sizes, neither of which a graph may hold."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A network on a device that torch knows.

    Attributes:
        backend: What to call it in errors: "CUDA", "torch".
        network: In channels_last memory, on the ferry's device.
        ferry: Takes pictures there and back.
        repeated: Makes work on fixed buffers fast to repeat, under `torch.inference_mode`; it may do the work
            meanwhile.
        free: Gives back what memory it can, after a failure.
    """

    backend: str
    network: StyledNetwork
    ferry: Ferry
    repeated: Callable[[Do], Do]
    free: Callable[[], None]


def repeated(work: Do, capture: Callable[[Do], Do]) -> Do:
    """Work as one graph, after it was done a few times.

    Args:
        work: On fixed buffers.
        capture: Turns it into something that repeats it. Where it raises RuntimeError, the work is done kernel by
            kernel.
    """

    def eagerly() -> None:
        with torch.backends.cudnn.flags(enabled=True, benchmark=True):
            work()

    for _ in range(EAGER_CALLS):
        eagerly()
    try:
        return capture(eagerly)
    except RuntimeError as error:
        log.warning("No CUDA graph can be taken, so it is painted kernel by kernel: %s", reason(error))
        return eagerly
