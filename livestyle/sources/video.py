"""Video files and network streams as sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain, count
from pathlib import Path

import av.error
from av import time_base as AV_TIME_BASE
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image
from livestyle.sources.address import SILENCE_LIMIT_S, no_answer, open_address, public
from livestyle.sources.decode import FrameConverter, TimeStamps, decoded, open_video, video_stream_of
from livestyle.sources.guarded import Guarded, TookTooLong, within
from livestyle.sources.pace import Clock, pace
from livestyle.sources.pictures import is_pipe, name_of
from livestyle.sources.source import FrameSource
from livestyle.sources.transport import Transport


class VideoSource(FrameSource):
    """A video file, or a stream from the network.

    A file shows every frame with its own time stamp (variable rates too), as fast as it is asked for; as a live source
    it plays in real time and leaves out frames that are late. A stream that has no end, such as a network camera's, is
    always live, and its time stamps are those of arrival.

    Args:
        video: Path of a file, or an address (`http://`, `rtsp://`, `udp://` and what else FFmpeg knows).
        live: Play what has an end in real time.
        loop: Start again at the end; time stamps go on.
        transport: What steers it, where it is one film of several; else it makes one of its own.
    """

    def __init__(
        self, video: Path | str, *, live: bool = False, loop: bool = False, transport: Transport | None = None
    ) -> None:
        self.is_live = live
        self.transport = transport
        self._video = video
        self._loop = loop
        self._guarded: Guarded[_Reader] | None = None

    @property
    def name(self) -> str:
        """The file's name, or the stream's address without user and password."""
        return name_of(self._video) if isinstance(self._video, Path) else public(self._video)

    @property
    def video(self) -> Path | str:
        """Path of a file, or an address."""
        return self._video

    def open(self) -> None:
        """Opens the video and decodes its first frame.

        Raises:
            SourceError: It is missing, damaged or no video, or the host doesn't answer.
        """
        if self._guarded is not None and not self._guarded.closed.is_set():
            return
        reader = self._opened()
        self.is_live = self.is_live or not reader.has_end
        if self.transport is not None:
            self.transport.begin(self.transport.film, reader.duration_s)
        elif self.is_live and reader.has_end:
            self.transport = Transport(reader.duration_s, loops=self._loop)
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
        clock, transport = Clock(start_s, start_s), self.transport
        for index in count():
            with guarded.use() as reader:
                if reader is None:
                    return
                wanted_s = None if transport is None else transport.take_wanted_s()
                if wanted_s is not None and reader.has_end:
                    reader.seek(wanted_s)
                read = reader.read(loop=self._loop if transport is None else transport.loops_film)
            if read is None:
                if transport is not None:
                    transport.is_over = transport.films == 1
                return
            frame, time_s = read
            if not reader.has_end:
                time_s = time.monotonic() - start_s
            elif self.is_live:
                now_s = time.monotonic()
                if transport is not None and transport.take_jumped():
                    clock = Clock(now_s - time_s, now_s)
                clock, wait_s = pace(clock, time_s, now_s)
                if wait_s is None:
                    continue
                if guarded.closed.wait(wait_s):
                    return
            if transport is not None:
                transport.position_s = reader.position_s
            yield Frame(reader.picture(frame), time_s, index)

    def _opened(self) -> _Reader:
        if isinstance(self._video, Path):
            path = self._video
            if is_pipe(path):
                raise SourceError(f"{path} is a named pipe: write to a file instead, or send it to a udp:// address.")
            return _Reader(lambda: open_video(path), self.name, is_file=True)
        address = self._video

        def open_reader() -> _Reader:
            return _Reader(lambda: open_address(address), self.name, is_file=False)

        try:
            return within(SILENCE_LIMIT_S + 1, open_reader, _Reader.close)
        except TookTooLong as error:
            raise no_answer(self.name) from error


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
        self._stamps = TimeStamps(0.0, 0.0)
        self.position_s = 0.0
        """The time stamp in the film of the last frame."""
        self._converter = FrameConverter(*self._start())

    def read(self, *, loop: bool) -> tuple[VideoFrame, float] | None:
        """The next frame and its time stamp; at the end the first again, or None if it is not to `loop`.

        Raises:
            SourceError: It can't be read any further.
        """
        frame = next(self._frames, None)
        if frame is None and loop:
            self._round_start_s = (self._stamps.last or 0.0) + self._stamps.step
            if not self._rewound():
                self._container.close()
                self._start()
            frame = next(self._frames, None)
        if frame is None:
            return None
        self.position_s = self.position_s + self._stamps.step if frame.pts is None else frame.time - self._first_s
        time_s = None if frame.pts is None else self._round_start_s + self.position_s
        return frame, self._stamps.mend(time_s)

    @property
    def duration_s(self) -> float | None:
        """How long the film is; None where that is not known."""
        return None if self._container.duration is None else self._container.duration / AV_TIME_BASE

    def seek(self, time_s: float) -> None:
        """Goes on with the frame that is shown at a time of the film, or else with its last; time stamps go on.

        Raises:
            SourceError: It can't be read any further.
        """
        try:
            self._container.seek(round((self._first_s + time_s) * AV_TIME_BASE))
            self._frames = _decoded(self._container, self._stream, self._name)
        except av.error.FFmpegError:  # what can't be sought is read from its start
            self._container.close()
            self._start()
        last: VideoFrame | None = None
        for frame in self._frames:
            last = frame
            if frame.pts is None or frame.time - self._first_s > time_s - self._stamps.step / 2:
                break
        if last is None:
            return
        self._frames = chain([last], self._frames)
        if last.pts is not None:
            self._round_start_s = (self._stamps.last or 0.0) + self._stamps.step - (last.time - self._first_s)

    def picture(self, frame: VideoFrame) -> Image:
        """A decoded frame as RGB uint8, in the size of the first frame even if the stream changes it midway."""
        return self._converter.convert(frame)

    def close(self) -> None:
        """Closes it."""
        self._container.close()

    def _start(self) -> tuple[VideoStream, VideoFrame]:
        """Opens it; returns its stream and the first frame, which `read` will give again."""
        self._container = self._open_container()
        try:
            stream = video_stream_of(self._container, self._name)
            self.has_end = self._is_file or self._container.duration is not None
            if not self.has_end:
                stream.thread_type = ThreadType.SLICE  # frame threads hold back as many frames as there are cores
            rate = stream.average_rate or stream.guessed_rate
            self._stamps.step = self._stamps.least = 1 / float(rate or 30)
            frames = _decoded(self._container, stream, self._name)
            first = next(frames, None)
            if first is None:
                raise SourceError(f"{self._name} has no frame that can be decoded: it is damaged or cut short.")
        except BaseException:
            self._container.close()
            raise
        self._first_s = first.time if first.pts is not None else 0.0
        self._first_pts = first.pts
        self._stream, self._frames = stream, chain([first], frames)
        return stream, first

    def _rewound(self) -> bool:
        """Goes back to the first frame, if it can be reached, without opening the video anew.

        What was opened before stays in memory until Python looks for cycles: 4 MB a round of a small clip.
        """
        try:
            self._container.seek(self._container.start_time or 0)
            frames = _decoded(self._container, self._stream, self._name)
            first = next(frames, None)
        except (av.error.FFmpegError, SourceError):
            return False
        if first is None or first.pts != self._first_pts:
            return False
        self._frames = chain([first], frames)
        return True


def _decoded(container: InputContainer, stream: VideoStream, name: str) -> Iterator[VideoFrame]:
    """The frames of a stream from where it stands.

    A function of its own: as a method it would be in a cycle with its reader, and all that a decoder holds, 4 MB of a
    small clip, would stay in memory until Python looks for cycles.
    """
    try:
        for frame in decoded(container.demux(stream), stream):
            assert isinstance(frame, VideoFrame)
            yield frame
    except av.error.FFmpegError as error:
        raise SourceError(f"{name} broke off: check the drive or the network it is on.") from error
