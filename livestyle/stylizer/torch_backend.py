"""Plain torch: runs on every device torch knows, and is the reference that the other backends are compared with."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from livestyle.errors import BackendError
from livestyle.hardware import processor_name
from livestyle.networks.code import StyledNetwork
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.failure import failure, reason
from livestyle.stylizer.padding import check, crop, pad
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.timing import measured


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
        network = load_network(file)
        self.code_size = network.code_size
        self._device = torch.device(device)
        try:
            self._network: StyledNetwork | None = network.to(self._device, dtype).to(memory_format=torch.channels_last)
        except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
            raise BackendError(reason(error)) from error
        self.info = BackendInfo("torch", _device_name(self._device), str(dtype).removeprefix("torch."))

    @torch.inference_mode()
    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        if self._network is None:
            raise BackendError("This stylizer is closed.")
        try:
            fitted = pad(images, self._network.multiple, self._network.min_side_px)
            with measured(self.times, "upload"):
                # Copied: torch must not see read-only memory, nor keep what belongs to the caller.
                photos = torch.tensor(fitted, device=self._device)
                styles = torch.tensor(code, device=self._device)
                self._wait()
            with measured(self.times, "network"):
                painted = paint(self._network, photos, styles)
                self._wait()
            with measured(self.times, "download"):
                return crop(np.asarray(painted.cpu()), *images.shape[1:3])
        except (MemoryError, RuntimeError) as error:
            raise failure("torch", error, images) from error

    def close(self) -> None:
        """Lets go of the network."""
        self._network = None

    def _wait(self) -> None:
        """Waits for the device, so that times are of work done and not of work asked for."""
        if self.times is not None and self._device.type != "cpu":
            torch.accelerator.synchronize(self._device)


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()
