"""Video files and network streams as sources."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import av
import av.error
import cv2
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image
from livestyle.sources.decode import displayed_hw, frame_to_rgb, open_video, pixel_aspect_of, video_stream_of
from livestyle.sources.guarded import Guarded, TookTooLong, within
from livestyle.sources.pace import Clock, RateMeter, pace
from livestyle.sources.source import FrameSource

_SILENCE_LIMIT_S = 8.0
"""How long the host of a stream may keep silent, when it is opened and later."""


class VideoSource(FrameSource):
    """A video file, or a stream from the network.

    A file shows every frame with its own time stamp (variable rates too), as fast as it is asked for; as a live source
    it plays in real time and leaves out frames that are late. A stream that has no end, such as a network camera's, is
    always live, and its time stamps are those of arrival.

    Args:
        video: Path of a file, or an address (`http://`, `rtsp://`, `udp://` and what else FFmpeg knows).
        live: Play what has an end in real time.
        loop: Start again at the end; time stamps go on.
    """

    def __init__(self, video: Path | str, *, live: bool = False, loop: bool = False) -> None:
        self.is_live = live
        self._video = video
        self._loop = loop
        self._guarded: Guarded[_Reader] | None = None
        self._size_hw = (0, 0)
        self._nominal_fps: float | None = None
        self._arrivals: RateMeter | None = None

    @property
    def name(self) -> str:
        """The file's name, or the stream's address without user and password."""
        return self._video.name if isinstance(self._video, Path) else _public(self._video)

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width in pixels, after rotation and with square pixels."""
        return self._size_hw

    @property
    def rate_fps(self) -> float | None:
        """Average frames a second of what has an end; otherwise measured."""
        return self._arrivals.rate_fps if self._arrivals else self._nominal_fps

    def open(self) -> None:
        """Opens the video and decodes its first frame.

        Raises:
            SourceError: It is missing, damaged or no video, or the host doesn't answer.
        """
        if self._guarded is not None and not self._guarded.closed.is_set():
            return
        reader = self._opened()
        self._size_hw, self._nominal_fps = reader.size_hw, reader.rate_fps
        self._arrivals = None if reader.has_end else RateMeter()
        self.is_live = self.is_live or not reader.has_end
        self._guarded = Guarded(reader, _Reader.close)

    def close(self) -> None:
        """Closes the video; the iteration ends."""
        if self._guarded is not None:
            self._guarded.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames.

        Raises:
            SourceError: The file can't be read any further, or the stream breaks off.
        """
        guarded = self._guarded
        if guarded is None:
            raise SourceError(f"{self.name} is not open.")
        start_s = time.monotonic()
        clock = Clock(start_s, start_s)
        for index in count():
            with guarded.use() as reader:
                if reader is None or (decoded := reader.read(loop=self._loop)) is None:
                    return
                time_s = reader.time_s
            if self._arrivals is not None:
                time_s = time.monotonic() - start_s
                self._arrivals.add(time_s)
            elif self.is_live:
                clock, wait_s = pace(clock, time_s, time.monotonic())
                if wait_s is None:
                    continue
                if guarded.closed.wait(wait_s):
                    return
            yield Frame(reader.picture(decoded), time_s, index)

    def _opened(self) -> _Reader:
        if isinstance(self._video, Path):
            path = self._video
            return _Reader(lambda: open_video(path), self.name, is_file=True)
        address = self._video

        def open_reader() -> _Reader:
            return _Reader(lambda: _open_stream(address), self.name, is_file=False)

        try:
            return within(_SILENCE_LIMIT_S + 1, open_reader, _Reader.close)
        except TookTooLong as error:
            raise _no_answer(self.name) from error


class _Reader:
    """Decodes a video from its start.

    Args:
        open_container: Opens it.
        name: What to call it in errors.
        is_file: It has an end, and may be decoded ahead.
    """

    def __init__(self, open_container: Callable[[], InputContainer], name: str, *, is_file: bool) -> None:
        self._open_container = open_container
        self._name = name
        self._is_file = is_file
        self._round_start_s = 0.0
        self.time_s = -1.0
        """Time stamp of the frame read last."""
        self._pending: VideoFrame | None = None
        self._reformatter = VideoReformatter()
        self._first_s = 0.0
        first = self._start()
        self.size_hw = displayed_hw(first, self._pixel_aspect)

    def read(self, *, loop: bool) -> VideoFrame | None:
        """The next frame, and sets `time_s`; None at the end.

        Args:
            loop: Start again at the end.

        Raises:
            SourceError: It can't be read any further.
        """
        decoded = self._pending or next(self._frames, None)
        if decoded is None and loop:
            self._container.close()
            self._round_start_s = self.time_s + 1 / (self.rate_fps or 30)
            decoded = self._start()
        if decoded is None:
            return None
        self._pending = None
        # Broken files have frames without a time stamp, or with one from before.
        time_s = self._round_start_s + decoded.time - self._first_s if decoded.pts is not None else 0.0
        self.time_s = time_s if time_s > self.time_s else self.time_s + 1 / (self.rate_fps or 30)
        return decoded

    def picture(self, decoded: VideoFrame) -> Image:
        """A decoded frame as RGB uint8, in the size of the first frame even if the stream changes it midway."""
        image = frame_to_rgb(decoded, self._pixel_aspect, self._reformatter)
        if image.shape[:2] != self.size_hw:
            image = np.asarray(cv2.resize(image, self.size_hw[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        return image

    def close(self) -> None:
        """Closes it."""
        self._container.close()

    def _start(self) -> VideoFrame:
        """Opens it; returns the first frame, which `read` will give again."""
        self._container = self._open_container()
        try:
            stream = video_stream_of(self._container, self._name)
            self.has_end = self._is_file or self._container.duration is not None
            if not self.has_end:
                stream.thread_type = ThreadType.SLICE  # frame threads hold back as many frames as there are cores
            rate = stream.average_rate or stream.guessed_rate
            self.rate_fps = float(rate) if rate else None
            self._pixel_aspect = pixel_aspect_of(stream)
            self._frames = self._decode(stream)
            first = next(self._frames, None)
            if first is None:
                raise SourceError(f"{self._name} has no frame that can be decoded: it is damaged or cut short.")
        except BaseException:
            self._container.close()
            raise
        self._pending = first
        self._first_s = first.time if first.pts is not None else 0.0
        return first

    def _decode(self, stream: VideoStream) -> Iterator[VideoFrame]:
        try:
            for packet in self._container.demux(stream):
                with contextlib.suppress(av.error.InvalidDataError):  # one damaged packet is no reason to stop
                    yield from stream.decode(packet)
        except av.error.InvalidDataError:
            return  # the file was cut off here
        except av.error.FFmpegError as error:
            raise SourceError(f"{self._name} broke off: check the drive or the network it is on.") from error


def _open_stream(address: str) -> InputContainer:
    options = {"rtsp_transport": "tcp"} if address.startswith("rtsp") else {}
    try:
        return av.open(address, timeout=_SILENCE_LIMIT_S, options=options)
    except av.error.ProtocolNotFoundError as error:
        scheme = address.partition(":")[0]
        raise SourceError(
            f"{scheme}:// is no kind of address that can be read: use http, https, rtsp or udp."
        ) from error
    except av.error.InvalidDataError as error:
        raise SourceError(f"{_public(address)} sends no video: check the address.") from error
    except (av.error.FFmpegError, OSError) as error:
        raise _no_answer(_public(address)) from error


def _no_answer(name: str) -> SourceError:
    return SourceError(f"{name} doesn't answer: check the address and the network.")


def _public(address: str) -> str:
    """An address that may be shown: without user, password and query."""
    try:
        parts = urlsplit(address)
    except ValueError:  # "http://[": no telling where in it a password is
        return address.partition(":")[0] + "://…"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
