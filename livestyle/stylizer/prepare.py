"""Converts networks ahead of their first use, in a process of its own that takes what the others leave."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence

from livestyle import idle
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
    if not unprepared(catalog, device) or not idle.can_start():
        return None
    return idle.start(__name__, device)


def main(argv: Sequence[str]) -> int:
    """What the process does: converts all that is left to convert for a device."""
    idle.stand_back()
    from livestyle.stylizer.openvino_backend import convert_and_keep

    (device,) = argv
    for file in unprepared(Catalog.installed(None, device), device):
        convert_and_keep(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
