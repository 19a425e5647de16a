"""Which half precision a device computes with."""

from __future__ import annotations

from pathlib import Path

import torch


def half_type(device: torch.device) -> torch.dtype | None:
    """The type for autocast: bfloat16 where the device computes with it, float16 on older GPUs, else None: float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "cpu" and "avx512_bf16" in _cpu_flags():
        return torch.bfloat16
    return None


def _cpu_flags() -> str:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return ""
