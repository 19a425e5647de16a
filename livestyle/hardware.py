"""What this machine is."""

from __future__ import annotations

import platform
import sys
from pathlib import Path


def processor_name() -> str:
    """The processor's own name, or its architecture where the system does not tell."""
    if sys.platform == "linux":
        try:
            for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
                key, _, value = line.partition(":")
                if key.strip() == "model name":
                    return value.strip()
        except OSError:
            pass
    return platform.processor() or platform.machine()
