"""The contract of everything that runs a network on frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from livestyle.timing import StageTimes

if TYPE_CHECKING:
    from livestyle.stylizer.resident import Resident  # imports torch

Images = npt.NDArray[np.uint8]
"""A batch of pictures: RGB uint8 (N, H, W, 3)."""

Paint = Callable[[Images], Images]
"""Paints RGB uint8 (N, H, W, 3) into a new array of the same shape."""

Finish = Callable[[], Images]
"""Waits for paintings that were begun: RGB uint8 (N, H, W, 3), a new array. Called once, or never."""

Code = npt.NDArray[np.float32]
"""A style code: float32 (K,), the same for every picture of the batch."""


@dataclass(frozen=True, slots=True)
class PaintFilm:
    """Paints the frames of one film, in order, and knows when each of them is shown.

    Attributes:
        begin: Starts to paint pictures, given the second of the film of each, and gives what waits for it.
        is_ahead: Whether the next batch is to be begun before the last one is finished.
        ends_apart: Whether what waits may be called in another thread, one for all, in order.
        renew: From now on nothing counts of what was painted before the call before this one, so that a film that is
            painted from there on comes out the same.
    """

    begin: Callable[[Images, Sequence[float]], Finish]
    is_ahead: bool = False
    ends_apart: bool = False
    renew: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """What runs the network."""

    backend: str
    """"cuda", "openvino", "onnxruntime" or "torch"."""
    device: str
    """The hardware's own name, such as "NVIDIA H100" or "AMD EPYC 9B14"."""
    dtype: str
    """"float16", "bfloat16", "float32", or "int8" for convolutions in eight bits."""


class Stylizer(ABC):
    """Runs one network on one device, for any style code, size and batch.

    All calls come from one thread. The first call for a new shape (N, H, W) may take seconds (compiling, capturing);
    later ones don't, whatever the code. `warm_up` moves that cost to a moment of the caller's choice.

    Attributes:
        info: What runs the network.
        code_size: How many numbers a style code has.
        times: Where to note how long "upload", "network" and "download" take; None, as at first, notes nothing and
            costs nothing. A backend whose network takes and gives bytes itself notes only "network". On a GPU the
            noting waits for each stage to end, which makes a call a little slower.
    """

    info: BackendInfo
    code_size: int
    times: StageTimes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def resident(self) -> Resident | None:
        """The network where it lives, for who does more there than paint; None where only bytes go in and out.

        Asked for anew for every batch, from the same thread as `stylize`.

        Raises:
            BackendError: The stylizer is closed.
        """
        return None

    @abstractmethod
    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures.

        Args:
            images: RGB uint8 (N, H, W, 3), N >= 1, H and W >= 1. Sides that the network can't take are extended by
                reflection inside.
            code: float32 (K,).

        Returns:
            RGB uint8 (N, H, W, 3): a new array that the caller owns.

        Raises:
            DeviceMemoryError: Too large for the device's memory; a smaller picture or batch may do.
            BackendError: Wrong shapes or types, or the device gave up.
        """

    def warm_up(self, batch: int, height: int, width: int) -> None:
        """Does all one-time work for a shape."""
        self.stylize(np.zeros((batch, height, width, 3), np.uint8), np.zeros(self.code_size, np.float32))

    @abstractmethod
    def close(self) -> None:
        """Frees the device. Safe to call twice."""
