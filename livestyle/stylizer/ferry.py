"""Takes pictures to a device and back as bytes, which is all that crosses the bus."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from livestyle.stylizer.stylizer import Finish, Images
from livestyle.timing import StageTimes, measured

Work = Callable[[Tensor], Tensor]
"""Makes pictures of others: uint8 (N, H, W, 3) on the device. It may write to its result again in the next call."""


def upload(values: npt.NDArray[np.float32], to: Tensor) -> None:
    """Writes values to where they belong on a device, on torch's current stream and without waiting for it."""
    host = torch.tensor(values)
    to.copy_(host.pin_memory() if to.device.type == "cuda" else host, non_blocking=True)


class Ferry:
    """Takes one batch after the other to a device that torch knows. Used from one thread.

    Args:
        device: Where to.

    Attributes:
        in_flight: How many batches may be on their way.
    """

    in_flight = 1

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def carry(self, photos: Images, work: Work, times: StageTimes | None = None) -> Finish:
        """Starts work on pictures.

        Args:
            photos: RGB uint8 (N, H, W, 3); free again on return.
            work: Called at once, under `torch.inference_mode`, to ask the device for the work.
            times: Where to note "upload", "network" and "download", for which each has to end before the next begins.

        Returns:
            What waits for the result: a new array.
        """
        with torch.inference_mode():
            with measured(times, "upload"):
                # Copied: torch must not see read-only memory, nor keep what belongs to the caller.
                uploaded = torch.tensor(photos, device=self.device)
                self._wait_if(times)
            with measured(times, "network"):
                worked = work(uploaded)
                self._wait_if(times)
            with measured(times, "download"):
                downloaded = np.array(worked.cpu().numpy())
        return lambda: downloaded

    def free(self) -> None:
        """Lets go of what it keeps, once nothing is under way."""

    def _wait_if(self, times: StageTimes | None) -> None:
        """Waits for the device, so that times are of work done and not of work asked for."""
        if times is not None and self.device.type != "cpu":
            torch.accelerator.synchronize(self.device)


class CudaFerry(Ferry):
    """Takes pictures to an NVIDIA GPU and back, while it works on others.

    Upload, work and download have a stream each, and wait for one another by events, never the processor for them.
    Results come down into page-locked memory that torch gives out anew, so that they need not be copied again.

    Args:
        device: Where to.
    """

    in_flight = 2

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self._up, self._at_work, self._down = (_stream(device) for _ in range(3))
        self._shape: tuple[int, ...] = ()
        self._berths: list[_Berth] = []

    def carry(self, photos: Images, work: Work, times: StageTimes | None = None) -> Finish:
        """Starts work on pictures, on torch's current stream at the time of the call; see `Ferry.carry`."""
        if photos.shape != self._shape:
            self.free()
            self._berths = [_Berth(photos.shape, self.device) for _ in range(self.in_flight)]
            self._shape = photos.shape
        berth = self._berths.pop(0)
        self._berths.append(berth)
        with torch.inference_mode():
            with measured(times, "upload"), torch.cuda.stream(self._up):
                berth.uploaded.synchronize()
                _copy(photos, berth.on_host)
                self._up.wait_event(berth.taken)
                berth.photos.copy_(berth.on_host, non_blocking=True)
                berth.uploaded.record(self._up)
                self._wait_if(times)
            with measured(times, "network"), torch.cuda.stream(self._at_work):
                self._at_work.wait_event(berth.uploaded)
                painted = work(berth.photos)
                berth.taken.record(self._at_work)
                self._at_work.wait_event(berth.downloaded)
                berth.painted.copy_(painted)
                berth.done.record(self._at_work)
                self._wait_if(times)
            with measured(times, "download"), torch.cuda.stream(self._down):
                self._down.wait_event(berth.done)
                landed = torch.empty(photos.shape, dtype=torch.uint8, pin_memory=True)
                landed.copy_(berth.painted, non_blocking=True)
                # A new one each time: whoever waits for it must not wait for a later batch.
                berth.downloaded = downloaded = _event()
                downloaded.record(self._down)
                self._wait_if(times)

        def finish() -> Images:
            downloaded.synchronize()
            return landed.numpy()

        return finish

    def free(self) -> None:
        """Frees the device's memory, once nothing is under way."""
        if self._berths:
            with suppress(RuntimeError):  # what a GPU that has failed once answers to everything
                torch.cuda.synchronize(self.device)
        self._shape, self._berths = (), []


class _Berth:
    """Memory for one batch on its way, and how far it is."""

    def __init__(self, shape: tuple[int, ...], device: torch.device) -> None:
        self.on_host = torch.empty(shape, dtype=torch.uint8, pin_memory=True)
        self.photos = torch.empty(shape, dtype=torch.uint8, device=device)
        self.painted = torch.empty_like(self.photos)
        self.uploaded, self.taken, self.done, self.downloaded = (_event() for _ in range(4))


def _copy(photos: Images, memory: Tensor) -> None:
    # torch copies with all cores, but complains of memory that is read-only.
    if photos.flags.writeable:
        memory.copy_(torch.from_numpy(photos))
    else:
        np.copyto(memory.numpy(), photos)


def _stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


def _event() -> torch.cuda.Event:
    return torch.cuda.Event()  # type: ignore[no-untyped-call]
