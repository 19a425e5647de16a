"""Reads a clip once through: its frames in batches, and the packets of its other tracks beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from livestyle.clips.clock import Clock, Shown
from livestyle.clips.tracks import Cover
from livestyle.errors import SourceError
from livestyle.frame import Alpha
from livestyle.sources.address import public
from livestyle.sources.color import WHITE, Color
from livestyle.sources.decode import FrameConverter, TimeStamps, decoded, has_alpha, open_video, video_stream_of
from livestyle.stylizer.stylizer import Images

# A clip with all its sound before its first frame must not gather in memory.
_MAX_PACKETS = 256

# A clip that ends this much before the end it announces was cut short; less is rounding.
_SHORT_S = 1

# Pictures without a key frame among them that wait for the start; more are decoded.
_MAX_GROUP = 600

# How far before the start a key frame is looked for.
_STEPS_BACK_S = (0, 2, 10, 60)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a clip.

    Attributes:
        images: RGB uint8 (N, H, W, 3). N is always the batch size, so that a stylizer meets one shape only: the last
            chunk is filled up with its last frame. 0 in a chunk of packets only.
        pts: The time stamp of each frame; as many as there are real frames.
        durations: How long each frame is shown, None where the clip doesn't say.
        packets: What came of the other tracks.
        alphas: How opaque each frame is, if that is asked for.
    """

    images: Images
    pts: Sequence[int]
    durations: Sequence[int | None]
    packets: Sequence[Packet[Stream]]
    alphas: Sequence[Alpha] = ()


@dataclass(slots=True)
class _Window:
    """The part of one stream that is wanted, in units of its time base."""

    origin: int
    """Becomes 0 in the result."""
    first: int | None
    end: Fraction | None
    passed: bool = False


class ClipReader:
    """Opens a clip, and decodes its first frame so that the size is known. As a context manager it closes the clip.

    Iterate once, in any one thread. Damaged packets are left out and counted.

    Args:
        path: The clip, or its address.
        batch: How many frames a chunk holds.
        scale: Size of the pictures as a multiple of the clip's own.
        start_s: Where to begin, in seconds from the clip's start.
        end_s: Where to end; None for the clip's end.
        background: The colour behind what is transparent.
        keep_alpha: Give how opaque frames are beside them, if the clip can be transparent at all.
        sound: Whether tracks of sound are among the others.

    Attributes:
        container: The open file, for its metadata and chapters.
        side_streams: Its tracks of sound, subtitles and further moving pictures.
        covers: Its covers.
        size_hw: Height and width in pixels of the pictures: upright, with square pixels, scaled.
        time_base: The unit of the time stamps in seconds.
        rate_fps: Frames a second on average.
        origin_s: Which time of the clip's own clock becomes 0.
        keeps_alpha: Whether frames come with how opaque they are.
        skip: How many of the first frames to leave out; may be set before the iteration.
        damaged: How many packets could not be decoded so far.

    Raises:
        SourceError: It is missing, no video, or has no picture that can be decoded.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        batch: int = 1,
        scale: float = 1.0,
        start_s: float = 0.0,
        end_s: float | None = None,
        background: Color = WHITE,
        keep_alpha: bool = False,
        sound: bool = True,
    ) -> None:
        self.path = path if isinstance(path, Path) else public(path)
        self._background = background
        self.keeps_alpha = keep_alpha
        self.damaged = 0
        self.skip = 0
        self._batch = batch
        self._scale = scale
        self._sound = sound
        self._start_s = _fraction(start_s)
        self._end_s = None if end_s is None else _fraction(end_s)
        self._latest_s = Fraction(0)
        self.container = open_video(path)
        try:
            self._open()
        except BaseException:
            self.container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    def _open(self) -> None:
        kind = self.container.format.name
        if kind == "image2" or kind.endswith("_pipe"):
            raise SourceError(f"{self.path} is a still picture: use `livestyle stylize` for it.")
        self.stream = video_stream_of(self.container, self.path.name if isinstance(self.path, Path) else self.path)
        pictures = [stream for stream in self.container.streams.video if stream.index != self.stream.index]
        self.covers = self._read_covers([stream for stream in pictures if _is_cover(stream)])
        self.side_streams: list[Stream] = [
            *(self.container.streams.audio if self._sound else ()),
            *self.container.streams.subtitles,
            *(stream for stream in pictures if not _is_cover(stream)),
        ]
        self.time_base = self.stream.time_base or Fraction(1, 90000)
        self.rate_fps = self.stream.average_rate or self.stream.guessed_rate or Fraction(25)
        # Clocks of broadcast streams start anywhere, so the clip's start is their 0; elsewhere the clock's 0 counts.
        self._is_broadcast = av.format.Flags.ts_discont in av.format.Flags(self.container.format.flags)
        self._clip_start_s = Fraction(self.container.start_time or 0, av.time_base)
        self.origin_s = (self._clip_start_s if self._is_broadcast or self._start_s else 0) + self._start_s
        self._windows = {stream.index: self._window(stream) for stream in [self.stream, *self.side_streams]}
        self._clock = Clock(self.stream, 1 / self.rate_fps, pauses=self._is_broadcast)
        self._items = self._wanted()
        lead: list[VideoFrame | Packet[Stream]] = []
        for item in self._items:
            lead.append(item)
            if isinstance(item, VideoFrame):
                self._converter = FrameConverter(self.stream, item, self._scale, self._background)
                self.size_hw = self._converter.size_hw
                self.keeps_alpha = self.keeps_alpha and has_alpha(item)
                self._items = chain(lead, self._items)
                return
        if self._start_s or self._end_s is not None:
            raise SourceError(f"{self.path} has no picture in that part: {self._length()} Choose another start or end.")
        raise SourceError(f"{self.path} has no picture that can be decoded: it is damaged or cut short.")

    @property
    def _step(self) -> int:
        """How long a frame is shown on average, in units of the time base."""
        return max(1, round(1 / (self.rate_fps * self.time_base)))

    @property
    def duration_s(self) -> Fraction | None:
        """The length of the whole clip as it announces it."""
        if self.stream.duration is not None:
            return self.stream.duration * self.time_base
        return None if self.container.duration is None else Fraction(self.container.duration, av.time_base)

    @property
    def ends_s(self) -> Fraction | None:
        """Where the wanted part ends, by the clip's own clock; None if there is no telling."""
        ends_s = [end_s for end_s in (self._end_s, self.duration_s) if end_s is not None]
        return self._clip_start_s + min(ends_s) if ends_s else None

    @property
    def frames_expected(self) -> int | None:
        """About how many frames will come; None if there is no telling."""
        if self.stream.frames and not self._start_s and self._end_s is None:
            return self.stream.frames
        duration_s = self.duration_s if self._end_s is None else min(self._end_s, self.duration_s or self._end_s)
        return None if duration_s is None else max(1, round((duration_s - self._start_s) * self.rate_fps))

    def times_s(self, chunk: Chunk) -> list[float]:
        """When each picture of a chunk is shown, in seconds of the clip itself; those that fill it up are as its last.

        The same picture has the same time wherever the wanted part begins.
        """
        begins_s = self.origin_s - (self._clip_start_s if self._is_broadcast else 0)
        times_s = [float(begins_s + pts * self.time_base) for pts in chunk.pts]
        return times_s + times_s[-1:] * (len(chunk.images) - len(times_s))

    @property
    def warnings(self) -> list[str]:
        """What a user should know about the clip, complete once it is read."""
        found = []
        if self._converter.made_sdr:
            found.append(f"{self.path} is HDR: its light and colours are brought to those of SDR.")
        if self.damaged:
            found.append(f"{self.path} is damaged: {self.damaged} of its packets could not be decoded and are missing.")
        announced = self.container.duration
        is_whole = self._end_s is None and not self._clock.has_jumped
        if announced is not None and is_whole and self.stream.duration != 0:
            announced_s, found_s = announced / av.time_base, float(self._latest_s)
            if found_s < announced_s - _SHORT_S:
                found.append(f"{self.path} is cut short: it ends after {found_s:.1f} of {announced_s:.1f} s.")
        return found

    def __iter__(self) -> Iterator[Chunk]:
        """Yields the clip. Raises `SourceError` when its disk fails."""
        images = np.empty((self._batch, *self.size_hw, 3), np.uint8)
        pts: list[int] = []
        durations: list[int | None] = []
        packets: list[Packet[Stream]] = []
        alphas: list[Alpha] = []
        left_out = 0
        for item in self._items:
            if isinstance(item, VideoFrame):
                if left_out < self.skip:
                    left_out += 1
                    continue
                assert item.pts is not None, "was mended"
                images[len(pts)] = self._converter.convert(item)
                if self.keeps_alpha:
                    alphas.append(self._converter.alpha(item))
                pts.append(item.pts)
                durations.append(item.duration or None)
            else:
                packets.append(item)
            if len(pts) == self._batch:
                yield Chunk(images, pts, durations, packets, alphas)
                images, pts, durations, packets, alphas = np.empty_like(images), [], [], [], []
            elif len(packets) >= _MAX_PACKETS:
                yield Chunk(images[:0], [], [], packets)
                packets = []
        if pts:
            images[len(pts) :] = images[len(pts) - 1]
        yield Chunk(images if pts else images[:0], pts, durations, packets, alphas)

    def _wanted(self) -> Iterator[VideoFrame | Packet[Stream]]:
        """The frames and packets inside the window, their time stamps counted from its origin."""
        # The last picture before the start, until it is known whether it is still shown then, and where it ends.
        before: tuple[VideoFrame, int] | None = None
        for item, window in self._decoded():
            if isinstance(item, Packet) and item.stream.type == "subtitle":
                _cut_text(item, window)
            pts = item.pts
            if pts is not None:
                ended = window.end is not None and pts >= window.end
                if window.first is not None and pts < window.first:
                    if isinstance(item, VideoFrame):
                        before = item, pts + item.duration
                    continue
                if before is not None and isinstance(item, VideoFrame):
                    if ended or pts - window.origin > self._step:
                        yield _as_first(before[0], pts - window.origin)
                    before = None
                if ended:
                    window.passed = True
                    if all(self._windows[stream.index].passed for stream in self._continuous()):
                        return
                    continue
                item.pts = pts - window.origin
            if isinstance(item, Packet) and item.dts is not None:
                item.dts -= window.origin
            yield item
        if before is not None:
            frame, end = before
            left = end - self._windows[self.stream.index].origin
            if left > 0:
                yield _as_first(frame, left)

    def _decoded(self) -> Iterator[tuple[VideoFrame | Packet[Stream], _Window]]:
        """All frames and all packets of the other tracks, each with its stream's window."""
        video, shown = self._windows[self.stream.index], Shown()
        # Matroska counts in milliseconds, and two frames of one would be one.
        stamps = TimeStamps(self._step, least=max(1, ceil(Fraction(1, 1000) / self.time_base)))
        try:
            for item in decoded(self._packets(), self.stream, self._note_damage):
                if isinstance(item, VideoFrame):
                    item.pts = stamps.mend(shown.time(item.pts, item.dts))
                    yield item, video
                else:
                    yield item, self._windows[item.stream.index]
        except OSError as error:
            if isinstance(self.path, Path):
                raise SourceError(
                    f"{self.path} can't be read to its end ({error.strerror}): check its disk."
                ) from error
            # Many servers send a file only as a whole, and some files have their index at the end.
            raise SourceError(
                f"{self.path} can't be read any further ({error.strerror}): download it, and convert the file."
            ) from error

    def _packets(self) -> Iterator[Packet[Stream]]:
        """All packets from the start on and some before, and takes down how far they go."""
        # A raw stream has no times at all, and after a vain search it reads as if it had ended.
        can_seek = not self._is_broadcast and self.container.start_time is not None
        packets = self._sought() if self._start_s and can_seek else None
        for packet in self._near_start(self._clock.mended(packets or self._demux())):
            if packet.pts is not None:
                end_s = (packet.pts + (packet.duration or 0)) * packet.time_base - self._clip_start_s
                self._latest_s = max(self._latest_s, end_s)
            yield packet

    def _demux(self) -> Iterator[Packet[Stream]]:
        return self.container.demux(self.stream, *self.side_streams)

    def _near_start(self, packets: Iterator[Packet[Stream]]) -> Iterator[Packet[Stream]]:
        """Leaves out pictures that need not be decoded: those before the last key frame before the start."""
        first = self._windows[self.stream.index].first
        waiting: list[Packet[Stream]] = []
        for packet in packets:
            if first is None or packet.stream.index != self.stream.index:
                yield packet
                continue
            if packet.is_keyframe and packet.pts is not None and packet.pts <= first:
                waiting = []
            waiting.append(packet)
            if (packet.pts is not None and packet.pts >= first) or len(waiting) > _MAX_GROUP:
                first = None
                yield from waiting
                waiting = []
        yield from waiting

    def _note_damage(self) -> None:
        self.damaged += 1

    def _continuous(self) -> list[Stream]:
        # A subtitle may be the last for an hour, so nobody waits for the next one.
        return [self.stream, *(stream for stream in self.side_streams if stream.type == "audio")]

    def _window(self, stream: Stream) -> _Window:
        tick_s = stream.time_base or self.time_base
        end = None if self._end_s is None else (self._clip_start_s + self._end_s) / tick_s
        origin = round(self.origin_s / tick_s)
        return _Window(origin, origin if self._start_s else None, end)

    def _read_covers(self, streams: Sequence[VideoStream]) -> list[Cover]:
        # Read beside the clip, as a result may have to know them before its first frame.
        if not streams:
            return []
        with open_video(self.path) as beside:
            found = beside.demux(*(beside.streams.video[self.container.streams.video.index(each)] for each in streams))
            pictures: dict[int, bytes] = {}
            for packet in found:
                if packet.size:
                    pictures.setdefault(packet.stream.index, bytes(packet))
                if len(pictures) == len(streams):
                    break
        return [Cover(stream, pictures[stream.index]) for stream in streams if stream.index in pictures]

    def _sought(self) -> Iterator[Packet[Stream]] | None:
        """Packets from a key frame at or before the start on; None if they have to be read from the beginning.

        Without an index FFmpeg guesses where a time is, and where a clock jumps no guess is right: broadcast streams
        are read through. That takes a moment, as only what is near the start is decoded.
        """
        for back_s in _STEPS_BACK_S:
            try:
                self.container.seek(int((self.origin_s - back_s) * av.time_base))
            except (av.FFmpegError, OSError):
                return None
            packets = self._demux()
            lead: list[Packet[Stream]] = []
            for packet in packets:
                lead.append(packet)
                if packet.stream.index == self.stream.index and packet.pts is not None:
                    if packet.is_keyframe and packet.pts * packet.time_base <= self.origin_s:
                        return chain(lead, packets)
                    break
        self.container.seek(self.container.start_time or 0)
        return None

    def _length(self) -> str:
        length_s = max(self._latest_s, self.duration_s or 0)
        return f"it is {float(length_s):.1f} s long." if length_s else "its length is unknown."


def _cut_text(packet: Packet[Stream], window: _Window) -> None:
    """Lets a text that is shown beyond the edges of the window begin and end there."""
    if packet.pts is None or not packet.duration:
        return
    start, end = packet.pts, packet.pts + packet.duration
    if window.first is not None and start < window.first < end:
        start = window.first
    if window.end is not None and start < window.end < end:
        end = int(window.end)
    packet.pts = packet.dts = start
    packet.duration = end - start


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def _as_first(frame: VideoFrame, duration: int) -> VideoFrame:
    """A picture from before the start that is shown still, as one from the start on."""
    frame.pts, frame.duration = 0, duration
    return frame


def _fraction(seconds: float) -> Fraction:
    """To the microsecond: 0.4 becomes 2/5, and not the slightly larger number that the computer has for it."""
    return Fraction(seconds).limit_denominator(1_000_000)
