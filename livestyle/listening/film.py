"""The sound of a video that is on show: read from it once more, and told by when its pictures were shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from threading import Event

import av
import numpy as np
from av import time_base as AV_TIME_BASE
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from livestyle.errors import SourceError
from livestyle.listening.source import Hear, SoundSource
from livestyle.listening.steering import Steering
from livestyle.sound import CHANNELS, RATE_HZ, Samples
from livestyle.sources.address import open_address, public
from livestyle.sources.decode import open_video
from livestyle.sources.transport import Transport

EVERY_S = 0.02
"""It is looked so often what has been shown."""
APART_S = 0.25
"""Where film and clock part by more from one picture to the next, the film has jumped: a seek, a pause, its end."""
LOOKED_BACK_S = 1.0
"""The middle of the pictures of so long says when the film is heard, as single ones are late."""
HOLE_S = 0.02
"""A film's sound with such a hole goes on after it."""


class FilmSound(SoundSource):
    """The sound of a video file in step with its pictures, through pauses and jumps; of a stream, as it arrives.

    Args:
        video: Path of a file, or an address.
        transport: Gives what steers the film as it is shown; None while, or where, there is none.
        clock: The show's, which sound is told by.
    """

    def __init__(
        self, video: Path | str, transport: Callable[[], Transport | None], clock: Callable[[], float]
    ) -> None:
        self.name = video.name if isinstance(video, Path) else public(video)
        self._video = video
        self._transport = transport
        self._clock = clock

    def why_not(self) -> str | None:
        """Says so where a file has no sound; what is on the network is not asked."""
        if not isinstance(self._video, Path):
            return None
        try:
            with self._opened() as container:
                return None if container.streams.audio else f"{self.name} has no sound."
        except SourceError as error:
            return str(error)

    def listen(self, hear: Hear, stopping: Event) -> None:
        """Hands over the sound of what is shown."""
        with self._opened() as container:
            if not container.streams.audio:
                stopping.wait()
            elif isinstance(self._video, Path) or container.duration is not None:
                self._follow(_Reader(container, self.name), hear, stopping)
            else:
                self._take(_Reader(container, self.name), hear, stopping)

    def _opened(self) -> InputContainer:
        return open_video(self._video) if isinstance(self._video, Path) else open_address(self._video)

    def _take(self, reader: _Reader, hear: Hear, stopping: Event) -> None:
        """Of a stream: as its pictures are, sound is told by when it arrives."""
        steering = Steering()
        for samples, _ in reader.read():
            if stopping.is_set():
                return
            sound = steering.hear(samples, self._clock() - len(samples) / RATE_HZ)
            if sound is not None:
                hear(sound)
        raise SourceError(f"{self.name} has ended.")

    def _follow(self, reader: _Reader, hear: Hear, stopping: Event) -> None:
        shown: deque[tuple[float, float]] = deque()
        play: _Play | None = None
        while not stopping.wait(EVERY_S):
            transport = self._transport()
            newest = None if transport is None or transport.is_paused else transport.shown
            if newest is None:
                shown.clear()
                play = None
                continue
            if shown and newest != shown[-1]:
                film_s, clock_s = (now - before for now, before in zip(newest, shown[-1], strict=True))
                if abs(film_s - clock_s) > APART_S:
                    shown.clear()
                    play = None
            if not shown or newest != shown[-1]:
                shown.append(newest)
            while newest[1] - shown[0][1] > LOOKED_BACK_S:
                shown.popleft()
            offset_s = median(clock_s - film_s for film_s, clock_s in shown)
            play = play or _Play(reader, newest[0])
            play.up_to(self._clock() - offset_s, offset_s, hear)


class _Play:
    """The sound of a film from a time of it on, without a jump."""

    def __init__(self, reader: _Reader, film_s: float) -> None:
        self._pieces = reader.read(film_s)
        self._next: tuple[Samples, float] | None = next(self._pieces, None)
        self._end_s: float | None = None
        self._steering = Steering()

    def up_to(self, film_s: float, offset_s: float, hear: Hear) -> None:
        """Hands over what is heard until a time of the film, which is so much before the clock of the show."""
        while self._next is not None and self._next[1] < film_s:
            samples, time_s = self._next
            if self._end_s is not None and abs(time_s - self._end_s) > HOLE_S:
                self._steering = Steering()
            self._end_s = time_s + len(samples) / RATE_HZ
            sound = self._steering.hear(samples, time_s + offset_s)
            if sound is not None:
                hear(sound)
            self._next = next(self._pieces, None)


class _Reader:
    """Decodes the sound of a video, with times that count from its first picture."""

    def __init__(self, container: InputContainer, name: str) -> None:
        self._container = container
        self._stream: AudioStream = container.streams.audio[0]
        self._name = name
        video = next(iter(container.streams.video), None)
        start = None if video is None or video.time_base is None else video.start_time
        self._first_s = 0.0 if start is None or video is None else float(start * (video.time_base or 0))

    def read(self, film_s: float | None = None) -> Iterator[tuple[Samples, float]]:
        """Pieces of sound and their times, from a time of the film on; by default from where it stands.

        Raises:
            SourceError: It can't be read any further.
        """
        resampler = AudioResampler("flt", "stereo", RATE_HZ)
        try:
            if film_s is not None:
                self._container.seek(round((self._first_s + film_s) * AV_TIME_BASE))
            expected_s = 0.0
            for frame in self._decoded():
                resampled = resampler.resample(frame)
                time_s = expected_s if frame.time is None else frame.time - self._first_s
                for each in resampled:
                    # What the resampler held back before is of the time before.
                    samples = np.asarray(each.to_ndarray(), np.float32).reshape(-1, CHANNELS)
                    if each.time is not None:
                        time_s = each.time - self._first_s
                    expected_s = time_s + len(samples) / RATE_HZ
                    if film_s is not None and expected_s <= film_s:
                        continue
                    skipped = 0 if film_s is None else max(0, round((film_s - time_s) * RATE_HZ))
                    yield samples[skipped:], time_s + skipped / RATE_HZ
        except av.FFmpegError as error:
            raise SourceError(f"{self._name} broke off: check the drive or the network it is on.") from error

    def _decoded(self) -> Iterator[AudioFrame]:
        """The frames from where it stands; what is damaged is left out."""
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame):
                    yield frame
