"""The other units of a processor's chip, its GPU and its NPU, by OpenVINO. They compute in half precision.

A unit is trusted once it has painted what the processor paints. What was compiled for it, which takes tens of seconds,
is kept on disk. None was at hand when this was written: it is tested with stand-ins, and no figure of speed exists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from livestyle.errors import BackendError
from livestyle.networks.families import family_of
from livestyle.styles.file import StyleFile
from livestyle.stylizer.likeness import LEAST_DB, likeness_db
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.quiet_openvino import ov
from livestyle.stylizer.stylizer import Stylizer

UNITS: Mapping[str, str] = {"igpu": "GPU", "npu": "NPU"}
"""What livestyle calls them -> what OpenVINO calls them. Its GPU is the integrated one, where there is one."""

LEAST_VERSION = (2026, 3)
"""Of OpenVINO: before it, norms in half precision could overflow on GPUs (pull request 35976)."""


def check_unit(file: StyleFile, device: str) -> None:
    """Refuses at once where a unit can't serve.

    Args:
        file: The network.
        device: One of `UNITS`.

    Raises:
        BackendError: There is no such unit, OpenVINO is too old, or the network is not for it.
    """
    unit = UNITS[device]
    if _version(ov.__version__) < LEAST_VERSION:
        least = ".".join(map(str, LEAST_VERSION))
        raise BackendError(f"OpenVINO {least} or newer is needed for it: pip install --upgrade openvino")
    if not any(name.partition(".")[0] == unit for name in ov.Core().available_devices):
        raise BackendError(f"OpenVINO finds no {unit} here; if there is one, install its driver.")
    if family_of(file.spec.family).torch_only:
        raise BackendError(f"OpenVINO has no fast way to compute the network {file.name}.")
    if file.spec.frozen:
        raise BackendError("The tiles of large pictures are painted by the processor.")


def open_unit(file: StyleFile, device: str) -> Stylizer:
    """Opens a unit that paints what the processor does; the first time that takes tens of seconds.

    Args:
        file: The network.
        device: One of `UNITS`.

    Raises:
        BackendError: It can't serve, or paints otherwise.
        StyleError: The file is damaged.
    """
    check_unit(file, device)
    stylizer = OpenVinoStylizer(file, "f16", UNITS[device])
    try:
        with OpenVinoStylizer(file, "f32") as trusted:
            alike_db = likeness_db(stylizer.stylize, trusted.stylize, file)
        if not alike_db >= LEAST_DB:
            raise BackendError(
                f"{stylizer.info.device} paints otherwise than the processor ({alike_db:.0f} dB alike, {LEAST_DB:.0f} "
                "are asked for): update its driver."
            )
    except BaseException:
        stylizer.close()
        raise
    return stylizer


def _version(text: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
