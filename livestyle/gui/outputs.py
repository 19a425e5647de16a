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

STEM = "livestyle-"
"""What all names begin with."""


def recording_sink(
    style: str,
    now: datetime,
    size_hw: tuple[int, int],
    rate_fps: float,
    folder: str | None = None,
    sound: bool = False,
) -> tuple[Path, FrameSink]:
    """A sink that records to a video that survives a crash, in a folder or the user's one of videos; and its path."""
    from livestyle.sinks.video import VideoSink

    path = _free_path(videos_folder(folder), style, now, ".mp4")
    return path, VideoSink(path, size_hw, rate_fps=rate_fps, sound=sound)


def recorded_hw(source_hw: tuple[int, int], lines: int | None) -> tuple[int, int]:
    """The size of a recording whose short side is to have so many lines, or as many as the source: even sides."""
    scale = 1.0 if lines is None else lines / min(source_hw)
    height, width = (max(2, 2 * round(scale * side / 2)) for side in source_hw)
    return height, width


def save_snapshot(style: str, now: datetime, image: Image, folder: str | None = None) -> Path:
    """Writes a picture to a folder, or the user's one of pictures; returns its path.

    Raises:
        SinkError: It can't be written.
    """
    from livestyle.sinks.picture_file import write_picture

    path = _free_path(pictures_folder(folder), style, now, ".png")
    write_picture(path, image)
    return path


def videos_folder(folder: str | None) -> Path:
    """Where recordings go."""
    return platformdirs.user_videos_path() if folder is None else Path(folder)


def pictures_folder(folder: str | None) -> Path:
    """Where snapshots go."""
    return platformdirs.user_pictures_path() if folder is None else Path(folder)


def mend_recordings(folder: str | None) -> list[Path]:
    """Makes recordings whole that a crash has cut off, in the folder of today and the system's; returns them.

    Raises:
        SinkError: One can't be written.
    """
    mended: list[Path] = []
    for each in dict.fromkeys((videos_folder(folder), videos_folder(None))):
        try:
            is_any = any(name.endswith(".part") for name in os.listdir(each))
        except OSError:
            continue
        if is_any:
            from livestyle.sinks.mend import cut_off, mend  # imports PyAV
            from livestyle.sinks.take import STEM as TAKES

            mended += [path for part in cut_off(each, (STEM, TAKES)) if (path := mend(part)) is not None]
    return mended


def spoken(path: Path) -> str:
    """A path as one would say it: short where it is in the user's home."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def in_short(sentence: str, folder: str | None) -> str:
    """A sentence with short paths: what lies where recordings and snapshots go is called by its name alone."""
    for place in (videos_folder(folder), pictures_folder(folder), videos_folder(None), pictures_folder(None)):
        sentence = sentence.replace(_inside(place), "")
    return sentence.replace(_inside(Path.home()), "~/")


def _inside(folder: Path) -> str:
    """How paths of what is in a folder begin. A root has nothing to leave out."""
    return os.path.join(folder, "") if folder != folder.parent else "\0"


def _free_path(folder: Path, style: str, now: datetime, suffix: str) -> Path:
    """A name that is not taken, in a folder that is made; that it can't be is told by whoever writes into it."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    stem = f"{STEM}{now:%Y%m%d-%H%M%S}-{style}"
    path, number = folder / f"{stem}{suffix}", 1
    while os.path.exists(path) or os.path.exists(f"{path}.part"):  # unlike Path.exists it bears a forbidden folder
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
