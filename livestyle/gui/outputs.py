"""Where recordings and snapshots go, and what they are called. To be called in threads: a disk may take its time."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from livestyle.frame import Image

if TYPE_CHECKING:
    from livestyle.sinks.sink import FrameSink


def recording_sink(style: str, now: datetime, size_hw: tuple[int, int], rate_fps: float) -> tuple[Path, FrameSink]:
    """A sink that records to a video that survives a crash, in the user's folder of videos; and the video's path."""
    from livestyle.sinks.video import VideoSink

    path = _free_path(platformdirs.user_videos_path(), style, now, ".mp4")
    return path, VideoSink(path, size_hw, rate_fps=rate_fps)


def save_snapshot(style: str, now: datetime, image: Image) -> Path:
    """Writes a picture to the user's folder of pictures; returns its path.

    Raises:
        SinkError: It can't be written.
    """
    from livestyle.sinks.picture_file import write_picture

    path = _free_path(platformdirs.user_pictures_path(), style, now, ".png")
    write_picture(path, image)
    return path


def spoken(path: Path) -> str:
    """A path as one would say it: short where it is in the user's home."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _free_path(folder: Path, style: str, now: datetime, suffix: str) -> Path:
    """A name that is not taken, in a folder that is made; that it can't be is told by whoever writes into it."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    stem = f"livestyle-{now:%Y%m%d-%H%M%S}-{style}"
    path, number = folder / f"{stem}{suffix}", 1
    while os.path.exists(path) or os.path.exists(f"{path}.part"):  # unlike Path.exists it bears a forbidden folder
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
