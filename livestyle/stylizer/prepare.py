"""Converts networks ahead of their first use, in a process of its own that takes what the others leave.

A process and not a thread: importing torch holds Python's lock, and the live picture would stand still meanwhile.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from livestyle.networks.families import family_of
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer.first_time import openvino_paints

log = logging.getLogger(__name__)


def unprepared(catalog: Catalog, device: str) -> list[StyleFile]:
    """The networks that paint a style alone on a device, and would have to be converted first.

    Args:
        catalog: The styles.
        device: As for `open_stylizer`.
    """
    if not openvino_paints(device):
        return []
    from livestyle.stylizer.openvino_backend import is_converted

    first = (catalog.files_with([name])[0] for name in catalog.names)
    files = {file.digest: file for file in first if not family_of(file.spec.family).torch_only}
    return [file for file in files.values() if not is_converted(file)]


def start(catalog: Catalog, device: str) -> subprocess.Popen[bytes] | None:
    """Starts the process if there is something to convert; whoever has it may end it at any time."""
    if not unprepared(catalog, device) or getattr(sys, "frozen", False):
        return None
    windows = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", __name__, device],
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        creationflags=windows,
    )


def main(argv: Sequence[str]) -> int:
    """What the process does: converts all that is left to convert for a device."""
    _stand_back()
    from livestyle.stylizer.openvino_backend import convert_and_keep

    (device,) = argv
    for file in unprepared(Catalog.installed(None, device), device):
        convert_and_keep(file)
    return 0


def _stand_back() -> None:
    """Has this process run when no other wants to, where the system knows such a thing; else after the others."""
    with suppress(AttributeError, OSError):
        os.nice(19)
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
