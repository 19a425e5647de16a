"""Where the segments of a result lie until it is whole."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path


def folder_of(target: Path) -> Path:
    """Where the segments of a result are until it is whole."""
    return target.with_name(f"{target.name}.segments")


def discard(folder: Path) -> None:
    """Deletes the segments of a result that is whole, or has none."""
    with suppress(OSError):
        shutil.rmtree(folder)
