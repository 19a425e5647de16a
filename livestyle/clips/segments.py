"""A result that is made in segments of a second, so that a conversion that was cut off goes on where it was."""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.packet import Packet
from av.stream import Stream

from livestyle.clips.unfinished import discard
from livestyle.errors import SinkError
from livestyle.frame import Image
from livestyle.sinks.part import write_error
from livestyle.sinks.writer import VideoWriter, open_result

SEGMENT_S = 1
_PLAN = "plan.json"
_NUMBER = "[0-9]" * 9


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished piece of the picture track.

    Attributes:
        path: Its file; the name tells the rest.
        first: The number of its first frame.
        frames: How many it has.
    """

    path: Path
    first: int
    frames: int


def place_of(pts: int, time_base: Fraction) -> int:
    """Which segment of the result's time a picture is in."""
    return int(pts * time_base // SEGMENT_S)


def prepare(folder: Path, plan: dict[str, str]) -> list[Segment]:
    """Makes the folder, and finds what an earlier run has finished in it.

    Args:
        folder: The folder.
        plan: What the result depends on. Segments made after another plan are deleted.

    Returns:
        The segments from the first frame on, in order, without a gap.

    Raises:
        SinkError: The folder can't be written.
    """
    text = json.dumps(plan, indent=1, sort_keys=True)
    file = folder / _PLAN
    try:
        if not os.path.isfile(file) or file.read_bytes() != text.encode():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            file.write_bytes(text.encode())
        found: list[Segment] = []
        for path in sorted(folder.glob(f"{_NUMBER}-{_NUMBER}.segment")):
            first, frames = (int(number) for number in path.stem.split("-"))
            if first == (found[-1].first + found[-1].frames if found else 0):
                found.append(Segment(path, first, frames))
        return found
    except OSError as error:
        raise write_error(folder, error) from error


class SegmentedWriter:
    """Encodes pictures in segments, each a file of its own, and joins them by copying their packets.

    Used as a `VideoWriter`. An encoder begins anew with every segment and segments begin at set times, so that a result
    is the same whether it was made in one go or not.

    Args:
        path: The file that is joined.
        folder: Where the segments are.
        done: Those that are finished already.
        writer: Makes the writer of a segment at a path.
        container: FFmpeg's name of the container.
        size_hw: Height and width in pixels of the pictures.
        time_base: The unit of the time stamps in seconds.
        any_tags: As `VideoWriter` takes it.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        done: list[Segment],
        writer: Callable[[Path], VideoWriter],
        container: str,
        size_hw: tuple[int, int],
        time_base: Fraction,
        *,
        any_tags: bool,
    ) -> None:
        self._name = path.with_suffix("") if path.suffix == ".part" else path
        self._folder = folder
        self._new_writer = writer
        self._time_base = time_base
        self._waiting = deque(done)
        """Finished segments that are not joined yet."""
        self._number = done[-1].first + done[-1].frames if done else 0
        self._to_leave_out = 0
        self._writer: VideoWriter | None = None
        self._place = (0, 0)
        """Which second is being written, and the number of its first frame."""
        self._closed = False
        # A first look tells what the packets of all segments will have in common.
        sample = folder / "sample"
        with writer(sample) as first:
            first.write(np.zeros((*size_hw, 3), np.uint8), 0)
            first.finish()
            self.encoder, self.note = first.encoder, first.note
        self.container = open_result(path, container, time_base, any_tags=any_tags)
        with av.open(str(sample)) as segment:
            pictures = segment.streams.video[0]
            self._stream = self.container.add_stream_from_template(pictures, opaque=True)
            # A template brings neither along: players tell by them the kind of codec, and what is transparent.
            self._stream.codec_context.codec_tag = pictures.codec_context.codec_tag
            if pictures.metadata.get("alpha_mode") == "1":
                self._stream.codec_context.pix_fmt = "yuva420p"
        self._stream.time_base = time_base

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close(completed=kind is None)

    @property
    def metadata(self) -> dict[str, str]:
        """The picture track's own metadata, such as its language."""
        return self._stream.metadata

    def leave_out(self, frames: int) -> None:
        """Says that the next so many frames are in finished segments already."""
        self._to_leave_out = frames

    def write(self, image: Image, pts: int, duration: int | None = None) -> None:
        """Encodes a picture. Takes and raises what `VideoWriter.write` does."""
        if self._to_leave_out:
            self._to_leave_out -= 1
            return
        place = place_of(pts, self._time_base)
        if self._writer is not None and place != self._place[0]:
            self._finish_segment()
        if self._writer is None:
            self._writer, self._place = self._new_writer(self._folder / "now"), (place, self._number)
        self._writer.write(image, pts, duration)
        self._number += 1

    def mux(self, packet: Packet[Stream]) -> None:
        """Writes a packet of another track. Raises `SinkError`."""
        time_s = None if packet.dts is None else packet.dts * packet.time_base
        # Pictures that are finished come in step with the sound, or all of them would wait for it in memory.
        while self._waiting and time_s is not None and self._starts_s(self._waiting[0]) <= time_s:
            self._join(self._waiting.popleft())
        self._mux(packet)

    def finish(self) -> None:
        """Encodes and joins what is left. No `write` may follow. Raises `SinkError`."""
        if self._writer is not None:
            self._finish_segment()
        while self._waiting:
            self._join(self._waiting.popleft())

    def close(self, *, completed: bool = True) -> None:
        """Closes the file. Finished segments stay; a folder without any goes.

        Takes and raises what `VideoWriter.close` does.
        """
        if self._closed:
            return
        self._closed = True
        if self._writer is not None:
            self._writer.close(completed=False)
        if not completed and not any(self._folder.glob("*.segment")):
            discard(self._folder)
        try:
            self.container.close()
        except (av.FFmpegError, OSError) as error:
            if completed:
                raise write_error(self._name, error) from error

    def _finish_segment(self) -> None:
        assert self._writer is not None
        with self._writer as writer:
            writer.finish()
        self._writer = None
        first = self._place[1]
        segment = Segment(self._folder / f"{first:09d}-{self._number - first:09d}.segment", first, self._number - first)
        try:
            with (self._folder / "now").open("rb+") as file:
                os.fsync(file.fileno())  # a power cut must not leave a name without its content
            os.replace(self._folder / "now", segment.path)
        except OSError as error:
            raise write_error(self._name, error) from error
        self._waiting.append(segment)
        while self._waiting:
            self._join(self._waiting.popleft())

    def _join(self, segment: Segment) -> None:
        for packet in packets_of(segment):
            packet.stream = self._stream
            self._mux(packet)

    def _starts_s(self, segment: Segment) -> Fraction:
        first = next(packets_of(segment), None)
        return Fraction(0) if first is None or first.pts is None else first.pts * first.time_base

    def _mux(self, packet: Packet[Stream]) -> None:
        try:
            self.container.mux(packet)
        except (av.FFmpegError, OSError) as error:
            raise write_error(self._name, error) from error


def packets_of(segment: Segment) -> Iterator[Packet[Stream]]:
    """The packets of a segment's pictures. Raises `SinkError`."""
    try:
        with av.open(str(segment.path)) as file:
            pictures: Stream = file.streams.video[0]
            for packet in file.demux(pictures):
                if packet.size:
                    yield packet
    except (av.FFmpegError, OSError) as error:
        raise SinkError(
            f"{segment.path} can't be read: delete the folder {segment.path.parent}, and convert again."
        ) from error
