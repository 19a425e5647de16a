"""Where recordings and snapshots go, and what they are called."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import platformdirs


def recording_path(style: str, now: datetime) -> Path:
    """A free name in the user's folder of videos."""
    return _free(platformdirs.user_videos_path(), style, now, ".mp4")


def snapshot_path(style: str, now: datetime) -> Path:
    """A free name in the user's folder of pictures."""
    return _free(platformdirs.user_pictures_path(), style, now, ".png")


def spoken(path: Path) -> str:
    """A path as one would say it: short where it is in the user's home."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _free(folder: Path, style: str, now: datetime, suffix: str) -> Path:
    stem = f"livestyle-{now:%Y%m%d-%H%M%S}-{style}"
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists() or path.with_name(f"{path.name}.part").exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
