"""Chooses the backend: the fastest one that works here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from livestyle import hardware
from livestyle.errors import BackendError
from livestyle.networks.families import family_of
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Stylizer

log = logging.getLogger(__name__)

TRIED_HW = (240, 320)
"""A small picture; a live show paints one of this size first, and so nothing is compiled for the trial alone."""

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


def _igpu(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.openvino_units import open_unit

    return open_unit(file, "igpu")


def _npu(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.openvino_units import open_unit

    return open_unit(file, "npu")


def _directml(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.onnx_backend import open_provider

    return open_provider(file, "directml")


def _coreml(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.onnx_backend import open_provider

    return open_provider(file, "coreml")


def _torch_cpu(file: StyleFile) -> Stylizer:
    from livestyle.stylizer.torch_backend import TorchStylizer

    return TorchStylizer(file, "cpu")


BACKENDS: Mapping[str, Open] = {
    "CUDA": _cuda,
    "Metal": _mps,
    "integrated GPU": _igpu,
    "NPU": _npu,
    "DirectML": _directml,
    "CoreML": _coreml,
    "OpenVINO": _openvino,
    "torch": _torch_cpu,
}

CPU = ("OpenVINO", "torch")
BACKENDS_OF: Mapping[str, Sequence[str]] = {
    "cuda": ("CUDA",),
    "mps": ("Metal",),
    "cpu": CPU,
    "igpu": ("integrated GPU", *CPU),
    "npu": ("NPU", *CPU),
    "directml": ("DirectML", *CPU),
    "coreml": ("CoreML", *CPU),
}
"""Device -> its backends, the fastest first. Where one that has to be compiled for can't serve, the processor does."""


def open_stylizer(
    file: StyleFile, device: str = "auto", *, backends: Mapping[str, Open] = BACKENDS
) -> tuple[Stylizer, list[str]]:
    """Opens the fastest backend that works, and has it paint a small picture to be sure of that.

    Args:
        file: The network.
        device: "auto", or one of `hardware.DEVICES`. Auto takes a GPU of NVIDIA's or Apple's where there is one, else
            the CPU.
        backends: Name -> what opens it.

    Returns:
        The stylizer, and why the backends before it could not serve, a sentence each.

    Raises:
        BackendError: None of the device's backends works, and why not; or the device is unknown.
        StyleError: The file is damaged.
    """
    if device != "auto" and device not in BACKENDS_OF:
        raise BackendError(f"There is no device {device!r}: choose auto, {', '.join(BACKENDS_OF)}.")
    refusals: list[str] = []
    for name in backends_to_try() if device == "auto" else BACKENDS_OF[device]:
        if name == "OpenVINO" and family_of(file.spec.family).torch_only:
            continue
        try:
            stylizer = backends[name](file)
            try:
                stylizer.warm_up(1, *TRIED_HW)
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


def backends_to_try() -> list[str]:
    """The backends worth trying here, the fastest first. Does not import torch, which would take seconds."""
    gpus = [*(["CUDA"] if hardware.nvidia_driver_present() else []), *(["Metal"] if hardware.apple_silicon() else [])]
    return [*gpus, *CPU]
