"""Recordings that a crash has cut off, made whole again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from livestyle.sinks.kinds import CONTAINERS
from livestyle.sinks.part import taken, write_error
from livestyle.sinks.writer import open_result

PART = ".part"
BEGUN_S = 60.0
"""An empty file that is younger is a recording that begins."""
_TIME_BASE = Fraction(1, 90000)


def cut_off(folder: Path, stems: tuple[str, ...]) -> list[Path]:
    """The half videos in a folder, be others still at them, whose names begin in one of some ways; oldest first."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    paths = [folder / name for name in names if name.startswith(stems) and name.endswith(PART)]
    return [path for path in paths if path.with_suffix("").suffix.lower() in CONTAINERS]


def mend(part: Path) -> Path | None:
    """Makes a half video whole by copying its packets, and gives it its name, or the next one that is free.

    Args:
        part: What `cut_off` gives. It is deleted afterwards; one without a picture too.

    Returns:
        The video; None if another run is at it, or there is no picture in it.

    Raises:
        SinkError: The video can't be written; the half one stays.
    """
    target = _free(part.with_suffix(""))
    # Not a `.part` itself: should this be cut off too, it begins anew the next time.
    new = part.with_suffix(".mending")
    with taken(part) as is_free:
        if not is_free or _is_begun(part):
            return None
        try:
            has_pictures = _copied(part, new, CONTAINERS[target.suffix.lower()])
            if has_pictures:
                os.replace(new, target)
            part.unlink()
        except (av.FFmpegError, OSError) as error:
            raise write_error(target, error) from error
        finally:
            with suppress(OSError):
                new.unlink(missing_ok=True)
    return target if has_pictures else None


def _is_begun(part: Path) -> bool:
    """Whether a file has but been made, by one who is about to mark it as being written."""
    try:
        about = part.stat()
    except OSError:
        return True
    return about.st_size == 0 and time.time() - about.st_mtime < BEGUN_S


def _copied(part: Path, new: Path, container: str) -> bool:
    """Copies what can be read into a new file; returns whether there was a picture in it."""
    try:
        source = av.open(str(part.absolute()), format=container)
    except av.FFmpegError:  # cut off before its first second
        return False
    with source, open_result(new, container, _TIME_BASE) as result:
        copies = {
            stream.index: result.add_stream_from_template(stream)
            for stream in source.streams
            if stream.type in ("video", "audio")
        }
        for stream in source.streams.video:
            copy = copies[stream.index]
            # Left out, it is guessed, and may be a thousand times what it is.
            if isinstance(copy, VideoStream) and stream.average_rate is not None:
                copy.codec_context.framerate = stream.average_rate
        has_pictures = False
        for packet in _readable(source):
            if packet.stream.index in copies:
                has_pictures |= packet.stream.type == "video"
                packet.stream = copies[packet.stream.index]
                result.mux(packet)
    return has_pictures


def _readable(source: InputContainer) -> Iterator[Packet[Stream]]:
    """The whole packets of a file that was cut off: the last is half, or the place where it should be says nothing."""
    with suppress(av.InvalidDataError, av.EOFError):
        for packet in source.demux():
            if packet.dts is not None and not packet.is_corrupt:
                yield packet


def _free(path: Path) -> Path:
    target, number = path, 1
    while os.path.lexists(target):
        number += 1
        target = path.with_stem(f"{path.stem}-{number}")
    return target
