"""CUDA: half precision, and one CUDA graph for each shape.

The network is a hundred small kernels, which a GPU finishes faster than Python can ask for them one by one. A graph
asks for all of them at once. What changes from call to call, the pictures and the style code, is in buffers that it
reads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

import numpy as np
import torch

from livestyle.errors import BackendError
from livestyle.networks.code import StyledNetwork
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.failure import failure, reason
from livestyle.stylizer.padding import check, pad
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.stylizer.torch_backend import paint
from livestyle.timing import measured

log = logging.getLogger(__name__)

KEPT_SHAPES = 4
"""Shapes to keep buffers and a graph for; each takes the memory of the network's activations."""

EAGER_CALLS = 3
"""Before a capture: cuDNN tries its kernels and the allocator finds its sizes, neither of which a graph may hold."""


class CudaStylizer(Stylizer):
    """Runs a network on an NVIDIA GPU in float16; the statistics of the norms are float32.

    Pictures cross the bus as bytes, from and to page-locked memory, on a stream of their own.

    Args:
        file: The network.

    Raises:
        BackendError: There is no GPU that torch can use.
        StyleError: The file is damaged.
    """

    def __init__(self, file: StyleFile) -> None:
        if not torch.cuda.is_available():
            built = torch.version.cuda or torch.version.hip
            raise BackendError(
                "torch finds no GPU that it can use."
                if built
                else "This torch is built without CUDA: install one that has it, as pytorch.org says."
            )
        network = load_network(file)
        self.code_size = network.code_size
        self._multiple, self._min_side_px = network.multiple, network.min_side_px
        self._device = torch.device("cuda", torch.cuda.current_device())
        self.info = BackendInfo("cuda", torch.cuda.get_device_name(self._device), "float16")
        try:
            network = network.to(self._device, torch.float16).to(memory_format=torch.channels_last)
            self._stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            raise BackendError(reason(error)) from error
        # The weights were copied on another stream.
        torch.cuda.synchronize(self._device)
        self._network: StyledNetwork | None = network
        self._lane_for = lru_cache(maxsize=KEPT_SHAPES)(self._open_lane)

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        if self._network is None:
            raise BackendError("This stylizer is closed.")
        try:
            fitted = pad(images, self._multiple, self._min_side_px)
            with torch.inference_mode(), torch.cuda.stream(self._stream):
                lane = self._lane_for(*fitted.shape[:3])
                with measured(self.times, "upload"):
                    lane.upload(fitted, code)
                    self._wait_if_timed()
                with measured(self.times, "network"):
                    lane.run()
                    self._wait_if_timed()
                with measured(self.times, "download"):
                    lane.download()
                    self._stream.synchronize()
            # A copy: the next call overwrites the page-locked memory.
            return np.array(lane.painted[:, : images.shape[1], : images.shape[2]])
        except (MemoryError, RuntimeError) as error:
            self._free()
            raise failure("CUDA", error, images) from error

    def close(self) -> None:
        """Frees the GPU's memory."""
        if self._network is not None:
            self._network = None
            self._free()

    def _open_lane(self, batch: int, height: int, width: int) -> Lane:
        assert self._network is not None
        return Lane(self._network, (batch, height, width), self._device, capture)

    def _free(self) -> None:
        self._lane_for.cache_clear()
        with suppress(RuntimeError):  # what a GPU that has failed once answers to everything
            torch.cuda.empty_cache()

    def _wait_if_timed(self) -> None:
        if self.times is not None:
            self._stream.synchronize()


class Lane:
    """The buffers for one shape and what runs the network on them.

    Args:
        network: On `device`, in channels_last memory.
        shape: N, H and W.
        device: "cuda", or "cpu" in tests.
        capture: Turns work on fixed buffers into something that repeats it. Where it raises RuntimeError, the work is
            done kernel by kernel.
    """

    def __init__(
        self,
        network: StyledNetwork,
        shape: tuple[int, int, int],
        device: torch.device,
        capture: Callable[[Callable[[], None]], Callable[[], None]],
    ) -> None:
        pinned = device.type == "cuda"
        self._photos_host = torch.empty((*shape, 3), dtype=torch.uint8, pin_memory=pinned)
        self._painted_host = torch.empty((*shape, 3), dtype=torch.uint8, pin_memory=pinned)
        self._code_host = torch.empty(network.code_size, pin_memory=pinned)
        self._photos = torch.zeros((*shape, 3), dtype=torch.uint8, device=device)
        self._painted = torch.empty_like(self._photos)
        self._code = torch.zeros(network.code_size, device=device)
        self._network = network
        for _ in range(EAGER_CALLS):
            self._run_eagerly()
        self.run: Callable[[], None] = self._run_eagerly
        """Paints what was uploaded last."""
        try:
            self.run = capture(self._run_eagerly)
        except RuntimeError as error:
            log.warning("No CUDA graph for %s, so it is painted kernel by kernel: %s", shape, reason(error))

    @property
    def painted(self) -> Images:
        """What was downloaded last, (N, H, W, 3); overwritten by the next download."""
        return np.asarray(self._painted_host)

    def upload(self, images: Images, code: Code) -> None:
        """Starts the pictures (N, H, W, 3) and the code (K,) on their way to the device."""
        np.copyto(self._photos_host.numpy(), images)
        np.copyto(self._code_host.numpy(), code)
        self._photos.copy_(self._photos_host, non_blocking=True)
        self._code.copy_(self._code_host, non_blocking=True)

    def download(self) -> None:
        """Starts the paintings on their way back; they are there once the stream has come to rest."""
        self._painted_host.copy_(self._painted, non_blocking=True)

    def _run_eagerly(self) -> None:
        with torch.backends.cudnn.flags(enabled=True, benchmark=True):
            self._painted.copy_(paint(self._network, self._photos, self._code))


def capture(work: Callable[[], None]) -> Callable[[], None]:
    """A CUDA graph of the work, as something to call."""
    graph = torch.cuda.CUDAGraph()
    # Thread-local: the program's other threads may use CUDA meanwhile.
    with torch.cuda.graph(graph, stream=torch.cuda.current_stream(), capture_error_mode="thread_local"):
        work()
    return graph.replay
