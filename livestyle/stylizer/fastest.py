"""Chooses the backend: the fastest one that works here."""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from livestyle.errors import BackendError
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Stylizer

log = logging.getLogger(__name__)

Open = Callable[[StyleFile], Stylizer]


def _cuda(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.cuda_backend import CudaStylizer

    return CudaStylizer(file)


def _mps(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.torch_backend import TorchStylizer

    return TorchStylizer(file, "mps")


def _openvino(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.openvino_backend import OpenVinoStylizer

    return OpenVinoStylizer(file)


def _torch_cpu(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.torch_backend import TorchStylizer

    return TorchStylizer(file, "cpu")


BACKENDS: Mapping[str, Open] = {"CUDA": _cuda, "Metal": _mps, "OpenVINO": _openvino, "torch": _torch_cpu}

DEVICES: Mapping[str, Sequence[str]] = {"cuda": ("CUDA",), "mps": ("Metal",), "cpu": ("OpenVINO", "torch")}
"""Device -> its backends, the fastest first."""

TORCH_ONLY = frozenset({"patches"})
"""Families that OpenVINO is not asked to paint with: their work is in a search that it has no fast kernels for."""


def open_stylizer(
    file: StyleFile, device: str = "auto", *, backends: Mapping[str, Open] = BACKENDS
) -> tuple[Stylizer, list[str]]:
    """Opens the fastest backend that works, and has it paint a small picture to be sure of that.

    Args:
        file: The network.
        device: "auto", "cuda", "cpu" or "mps". Auto takes a GPU where there is one, else the CPU.
        backends: Name -> what opens it.

    Returns:
        The stylizer, and why the backends before it could not serve, a sentence each.

    Raises:
        BackendError: None of the device's backends works, and why not; or the device is unknown.
        StyleError: The file is damaged.
    """
    if device != "auto" and device not in DEVICES:
        raise BackendError(f"There is no device {device!r}: choose auto, {', '.join(DEVICES)}.")
    refusals: list[str] = []
    for name in candidates() if device == "auto" else DEVICES[device]:
        if name == "OpenVINO" and file.spec.family in TORCH_ONLY:
            continue
        try:
            stylizer = backends[name](file)
            try:
                stylizer.warm_up(1, 16, 16)
            except BaseException:
                stylizer.close()
                raise
        except (BackendError, ImportError, OSError) as error:
            refusals.append(f"{name} can't be used: {error}")
            log.info("%s", refusals[-1])  # the caller tells the user
            continue
        log.info("painting with %s", stylizer.info)
        return stylizer, refusals
    raise BackendError(f"Nothing here can paint with --device {device}. " + " ".join(refusals))


def candidates() -> list[str]:
    """The backends worth trying here, the fastest first. Does not import torch, which would take seconds."""
    gpus = [*(["CUDA"] if nvidia_driver_present() else []), *(["Metal"] if apple_silicon() else [])]
    return [*gpus, *DEVICES["cpu"]]


def expects_cuda(device: str) -> bool:
    """Whether a device, as `open_stylizer` takes it, will most likely be an NVIDIA GPU. Does not import torch."""
    return device == "cuda" or (device == "auto" and nvidia_driver_present() and torch_is_built_for_cuda())


def torch_is_built_for_cuda() -> bool:
    """Whether the torch that is installed has CUDA in it: on Windows the one that pip finds has not."""
    torch = importlib.util.find_spec("torch")
    libraries = Path(torch.origin or "").parent / "lib" if torch else Path()
    return any((libraries / name).exists() for name in ("libtorch_cuda.so", "torch_cuda.dll"))


def nvidia_driver_present() -> bool:
    """Whether NVIDIA's driver is installed; there may still be no GPU that can be used."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def apple_silicon() -> bool:
    """Whether this is a Mac with a GPU that torch knows."""
    return platform.system() == "Darwin" and platform.machine() == "arm64"
