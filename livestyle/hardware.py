"""What this machine is, and what computes on it. torch, which takes seconds, is imported only where it is asked."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from livestyle.errors import BackendError

if TYPE_CHECKING:
    import torch

DEVICES = ("cuda", "cpu", "mps", "igpu", "npu", "directml", "coreml")
"""What a user can ask to compute, besides "auto"."""
_OUTSIDE_TORCH = ("igpu", "npu", "directml", "coreml")
"""The other units of a processor's chip, by OpenVINO; and what ONNX Runtime reaches on Windows and on a Mac."""

_FEATURES = {
    "avx2": {"avx2"},
    "avx512": {"avx512f"},
    "vnni": {"avx512_vnni", "avx_vnni"},
    "bf16": {"avx512_bf16", "amx_bf16", "bf16"},
    "amx": {"amx_tile"},
    "neon": {"asimd"},
    "dotprod": {"asimddp"},
    "i8mm": {"i8mm"},
}
"""What makes networks fast on a processor, by what Linux calls it: Intel's and AMD's, then Arm's."""


def processor_name() -> str:
    """The processor's own name, or its architecture where the system does not tell."""
    for line in _cpu_facts().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def processor_features() -> list[str]:
    """What the processor has of `_FEATURES`; nothing where the system is not Linux and does not tell."""
    flags: set[str] = set()
    for line in _cpu_facts().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("flags", "Features"):
            flags.update(value.split())
    return [name for name, marks in _FEATURES.items() if marks & flags]


def memory_bytes() -> int | None:
    """How much memory this machine has; None where the system does not tell, as Windows does not in this way."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def nvidia_driver_present() -> bool:
    """Whether NVIDIA's driver is installed; there may still be no GPU that can be used."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def torch_is_built_for_cuda() -> bool:
    """Whether the torch that is installed has CUDA in it: on Windows the one that pip finds has not."""
    torch = importlib.util.find_spec("torch")
    libraries = Path(torch.origin or "").parent / "lib" if torch else Path()
    return any((libraries / name).exists() for name in ("libtorch_cuda.so", "torch_cuda.dll"))


def apple_silicon() -> bool:
    """Whether this is a Mac with a GPU that torch knows."""
    return platform.system() == "Darwin" and platform.machine() == "arm64"


def expects_cuda(device: str) -> bool:
    """Whether a device, "auto" or one by name, will most likely be an NVIDIA GPU. Does not import torch."""
    return device == "cuda" or (device == "auto" and nvidia_driver_present() and torch_is_built_for_cuda())


def pick_device(name: str = "auto") -> torch.device:
    """The device of that name for torch; "auto" is CUDA, else Apple's MPS, else the CPU.

    Raises:
        BackendError: It is not to be had.
    """
    import torch

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name in _OUTSIDE_TORCH:
        raise BackendError(f"PyTorch, which does this, has no device {name}. Use --device cpu.")
    if name == "cuda" and not torch.cuda.is_available():
        raise BackendError("PyTorch finds no CUDA device here. Use --device cpu, or install a CUDA build of PyTorch.")
    return torch.device(name)


def half_type(device: torch.device) -> torch.dtype | None:
    """The type for autocast: bfloat16 where it is fast, float16 on older GPUs, else None: float32."""
    import torch

    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    # Intel's cores are fast at it in their matrix units alone: without those a Xeon of 2023 knows the instructions and
    # trains at 0.7 times the speed of float32, where a Zen 4 of AMD's gains.
    facts = _cpu_facts() if device.type == "cpu" else ""
    if "amx_bf16" in facts or ("avx512_bf16" in facts and "AuthenticAMD" in facts):
        return torch.bfloat16
    return None


def _cpu_facts() -> str:
    """What Linux says about its processors; "" elsewhere."""
    try:
        return Path("/proc/cpuinfo").read_text("utf-8", errors="replace")
    except OSError:
        return ""
