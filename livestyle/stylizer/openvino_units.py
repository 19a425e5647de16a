"""The other units of a processor's chip, its GPU and its NPU, by OpenVINO. They compute in half precision.

What was compiled for them, which takes tens of seconds, is kept on disk. None was at hand when this was written: it is
tested with stand-ins, and no figure of speed exists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from livestyle.errors import BackendError
from livestyle.styles.file import StyleFile
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.quiet_openvino import ov
from livestyle.stylizer.stylizer import Stylizer
from livestyle.stylizer.trust import open_trusted

UNITS: Mapping[str, str] = {"igpu": "GPU", "npu": "NPU"}
"""What livestyle calls them -> what OpenVINO calls them. Its GPU is the integrated one, where there is one."""

LEAST_VERSION = (2026, 3)
"""Of OpenVINO: before it, norms in half precision could overflow on GPUs (pull request 35976)."""


def open_unit(file: StyleFile, device: str) -> Stylizer:
    """Opens a unit that paints what the processor does; the first time that takes tens of seconds.

    Args:
        file: The network.
        device: One of `UNITS`.

    Raises:
        BackendError: There is no such unit, OpenVINO is too old, or as of `open_trusted`.
        StyleError: The file is damaged.
    """
    unit = UNITS[device]
    if _version(ov.__version__) < LEAST_VERSION:
        least = ".".join(map(str, LEAST_VERSION))
        raise BackendError(f"OpenVINO {least} or newer is needed for it: pip install --upgrade openvino")
    if not any(name.partition(".")[0] == unit for name in ov.Core().available_devices):
        raise BackendError(f"OpenVINO finds no {unit} here; if there is one, install its driver.")
    return open_trusted(file, lambda file: OpenVinoStylizer(file, "f16", unit))


def _version(text: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
