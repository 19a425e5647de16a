"""Plain torch: runs on every device torch knows, and is the reference that the other backends are compared with."""

from __future__ import annotations

import torch
from torch import Tensor

from livestyle.errors import BackendError
from livestyle.hardware import processor_name
from livestyle.networks.code import StyledNetwork
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.failure import failure, reason
from livestyle.stylizer.ferry import Ferry
from livestyle.stylizer.padding import check, crop, pad
from livestyle.stylizer.resident import Resident
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer


def paint(network: StyledNetwork, images: Tensor, code: Tensor) -> Tensor:
    """Paints pictures as bytes, in the network's own float type.

    Only bytes cross the bus to a device; the conversions run where the network does.

    Args:
        network: In channels_last memory, so that a byte picture needs no shuffling to enter it.
        images: RGB uint8 (N, H, W, 3), sides the network takes, on the network's device.
        code: float32 (K,), on the same device.

    Returns:
        RGB uint8 (N, H, W, 3), contiguous, rounded to nearest.
    """
    dtype = next(network.parameters()).dtype
    painted: Tensor = network(images.permute(0, 3, 1, 2).to(dtype) / 255, code[None].float())
    return (painted * 255).round_().clamp_(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def reside(file: StyleFile, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Resident:
    """The network of a style file on a device.

    Args:
        file: The network.
        device: "cpu", "cuda", "mps".
        dtype: In what precision; the statistics of the norms are float32 all the same.

    Raises:
        BackendError: torch can't use the device.
        StyleError: The file is damaged.
    """
    network = load_network(file)
    where = torch.device(device)
    try:
        network = network.to(where, dtype).to(memory_format=torch.channels_last)
    except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
        raise BackendError(reason(error)) from error
    return Resident("torch", network, Ferry(where), repeated=lambda work: work, free=lambda: None)


class TorchStylizer(Stylizer):
    """Runs a network with torch's own kernels, eagerly.

    Args:
        file: The network.
        device: Where: "cpu", "cuda", "mps".
        dtype: In what precision; the statistics of the norms are float32 all the same.

    Raises:
        BackendError: torch can't use the device.
        StyleError: The file is damaged.
    """

    def __init__(self, file: StyleFile, device: str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        self._resident: Resident | None = reside(file, device, dtype)
        self.code_size = self._resident.network.code_size
        self.info = BackendInfo("torch", _device_name(torch.device(device)), str(dtype).removeprefix("torch."))

    def resident(self) -> Resident | None:
        """The network on its device; None on a processor, where OpenCV does the rest faster than torch."""
        resident = self._open()
        return None if resident.ferry.device.type == "cpu" else resident

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        resident = self._open()
        network, ferry = resident.network, resident.ferry

        def work(photos: Tensor) -> Tensor:
            return paint(network, photos, torch.tensor(code, device=ferry.device))

        try:
            painted = ferry.carry(pad(images, network.multiple, network.min_side_px), work, self.times)()
        except (MemoryError, RuntimeError) as error:
            raise failure("torch", error, images) from error
        return crop(painted, *images.shape[1:3])

    def close(self) -> None:
        """Lets go of the network."""
        self._resident = None

    def _open(self) -> Resident:
        if self._resident is None:
            raise BackendError("This stylizer is closed.")
        return self._resident


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()
