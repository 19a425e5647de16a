"""CUDA: half precision, and one CUDA graph for each shape.

The network is a hundred small kernels, which a GPU finishes faster than Python can ask for them one by one. A graph
asks for all of them at once. What changes from call to call, the pictures and the style code, is in buffers that it
reads.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial

import torch
from torch import Tensor

from livestyle.errors import BackendError
from livestyle.networks.code import StyledNetwork
from livestyle.networks.swift import swift
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.failure import failure, reason
from livestyle.stylizer.ferry import CudaFerry, upload
from livestyle.stylizer.padding import check, crop, pad
from livestyle.stylizer.resident import Do, Resident, repeated
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.stylizer.torch_backend import paint

KEPT_SHAPES = 4
"""Shapes to keep buffers and a graph for."""


class CudaStylizer(Stylizer):
    """Runs a network on an NVIDIA GPU in float16; the statistics of the norms are float32.

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
        device = torch.device("cuda", torch.cuda.current_device())
        self.info = BackendInfo("cuda", torch.cuda.get_device_name(device), "float16")
        try:
            network = swift(network).to(device, torch.float16).to(memory_format=torch.channels_last)
            ferry = CudaFerry(device)
            # The weights were copied on another stream.
            torch.cuda.synchronize(device)
            self._resident: Resident | None = Resident(
                "CUDA", network, ferry, partial(repeated, capture=Capture()), self._free
            )
        except RuntimeError as error:
            raise BackendError(reason(error)) from error
        self._lane_for = lru_cache(maxsize=KEPT_SHAPES)(self._open_lane)

    def resident(self) -> Resident:
        """The network on the GPU; see `Stylizer.resident`."""
        if self._resident is None:
            raise BackendError("This stylizer is closed.")
        return self._resident

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        resident = self.resident()
        try:
            network = resident.network
            fitted = pad(images, network.multiple, network.min_side_px)

            def work(photos: Tensor) -> Tensor:
                return self._lane_for(*fitted.shape[:3]).paint(photos, code)

            painted = resident.ferry.carry(fitted, work, self.times)()
        except (MemoryError, RuntimeError) as error:
            self._free()
            raise failure("CUDA", error, images) from error
        return crop(painted, *images.shape[1:3])

    def close(self) -> None:
        """Frees the GPU's memory."""
        if self._resident is not None:
            self._free()
            self._resident = None

    def _open_lane(self, batch: int, height: int, width: int) -> Lane:
        resident = self.resident()
        return Lane(resident.network, (batch, height, width), resident.ferry.device, resident.repeated)

    def _free(self) -> None:
        self.resident().ferry.free()
        self._lane_for.cache_clear()
        with suppress(RuntimeError):  # what a GPU that has failed once answers to everything
            torch.cuda.empty_cache()


class Lane:
    """The buffers for one shape and what runs the network on them.

    Args:
        network: On `device`, in channels_last memory.
        shape: N, H and W.
        device: "cuda", or "cpu" in tests.
        repeat: As `Resident.repeated`.
    """

    def __init__(
        self, network: StyledNetwork, shape: tuple[int, int, int], device: torch.device, repeat: Callable[[Do], Do]
    ) -> None:
        self._photos = torch.zeros((*shape, 3), dtype=torch.uint8, device=device)
        self._painted = torch.empty_like(self._photos)
        self._code = torch.zeros(network.code_size, device=device)
        self._network = network
        self._run = repeat(self._work)

    def paint(self, photos: Tensor, code: Code) -> Tensor:
        """Paints uint8 (N, H, W, 3) on the device with a code (K,); the next call writes over the result."""
        self._photos.copy_(photos)
        upload(code, self._code)
        self._run()
        return self._painted

    def _work(self) -> None:
        # One by one: a picture fills a GPU, and what is in between stays in its cache.
        for photo, painted in zip(torch.split(self._photos, 1), torch.split(self._painted, 1), strict=True):
            painted.copy_(paint(self._network, photo, self._code))


class Capture:
    """Takes CUDA graphs of work. They share memory, for no two of them run at the same time."""

    def __init__(self) -> None:
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, work: Do) -> Do:
        """A graph of the work, as something to call."""
        graph = torch.cuda.CUDAGraph()
        # Thread-local: the program's other threads may use CUDA meanwhile.
        with torch.cuda.graph(
            graph, pool=self._pool, stream=torch.cuda.current_stream(), capture_error_mode="thread_local"
        ):
            work()
        return graph.replay
