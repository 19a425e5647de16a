"""The sound of a video that is being written: pieces laid out by their times, and silence where there is none."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from livestyle.errors import SinkError
from livestyle.sinks.writer import Muxer
from livestyle.sound import CHANNELS, RATE_HZ, Samples, Sound

CODECS = {"mp4": "aac", "mov": "aac", "matroska": "libopus", "webm": "libopus"}
"""What each container's sound is encoded with: what its players know."""
_BIT_RATES = {"aac": 192_000, "libopus": 128_000}
_FORMATS = {"aac": "fltp", "libopus": "flt"}

LATE_S = 0.5
"""Sound that comes so much later than its picture is not waited for; pictures are late themselves, being painted."""
MOST_AHEAD_S = 5.0
"""Sound waits so long for its picture; where none comes, it goes on without."""
EXACT_S = 0.001
"""Stamps that differ by no more are those of one sound that goes on: their clocks are rounded."""

_CHUNK = RATE_HZ


class SoundTrack:
    """Encodes sound into a video that is being written. Used from the thread of the video.

    Every piece is heard at its own time, counted from the first picture: what was before is cut off, and where nothing
    was heard there is silence. Sound is held back until its picture has come, so that a file is in step at every
    moment, and at its end.

    Args:
        writer: The video; nothing has been written to it yet.
        container: FFmpeg's name of the container, from `container_for`.
    """

    def __init__(self, writer: Muxer, container: str) -> None:
        codec = CODECS[container]
        self._writer = writer
        self._format = _FORMATS[codec]
        self._stream = cast(AudioStream, writer.container.add_stream(codec, rate=RATE_HZ, layout="stereo"))
        self._stream.time_base = Fraction(1, RATE_HZ)
        context = self._stream.codec_context
        context.format, context.bit_rate, context.time_base = self._format, _BIT_RATES[codec], Fraction(1, RATE_HZ)
        self._frame_size = 0
        self._waiting: deque[Sound] = deque()
        self._start_s: float | None = None
        self._picture_s = 0.0
        self._rest: Samples = np.zeros((0, CHANNELS), np.float32)
        """What doesn't fill a frame of the encoder yet."""
        self._encoded = 0

    def hear(self, sound: Sound) -> None:
        """Takes a piece of sound; they come in order.

        Raises:
            SinkError: Encoding or writing failed.
        """
        self._waiting.append(sound)
        oldest_s = sound.end_s - MOST_AHEAD_S
        if self._start_s is not None:
            if oldest_s > self._picture_s:
                self._lay_out(oldest_s)
        else:
            while self._waiting[0].end_s < oldest_s:
                self._waiting.popleft()

    def follow(self, picture_s: float) -> None:
        """Encodes what was heard until a picture was taken, which has been written; the first one is the start.

        Raises:
            SinkError: Encoding or writing failed.
        """
        if self._start_s is None:
            self._start_s = picture_s
        self._picture_s = picture_s
        self._lay_out(picture_s)
        self._be_silent(picture_s - LATE_S)

    def finish(self, end_s: float) -> None:
        """Encodes the rest, so that the sound ends with the last picture; nothing may follow.

        Raises:
            SinkError: Encoding or writing failed.
        """
        if self._start_s is None:
            return
        self._lay_out(end_s)
        self._be_silent(end_s)
        if len(self._rest):
            self._encode(self._rest)
        self._mux(None)

    def _lay_out(self, until_s: float) -> None:
        while self._waiting and self._waiting[0].time_s < until_s:
            sound = self._waiting.popleft()
            count = round((until_s - sound.time_s) * RATE_HZ)
            if count < len(sound.samples):
                self._waiting.appendleft(Sound(sound.samples[count:], sound.time_s + count / RATE_HZ))
            self._place(sound.samples[:count], sound.time_s)
            if count == 0:
                return

    def _place(self, samples: Samples, time_s: float) -> None:
        ahead = self._ahead(time_s)
        if ahead < -EXACT_S * RATE_HZ:
            samples = samples[-ahead:]
        elif ahead > EXACT_S * RATE_HZ:
            self._be_silent(time_s)
        self._add(samples)

    def _be_silent(self, until_s: float) -> None:
        while (ahead := self._ahead(until_s)) > 0:
            self._add(np.zeros((min(ahead, _CHUNK), CHANNELS), np.float32))

    def _ahead(self, time_s: float) -> int:
        """How many samples a time is after the end of what there is."""
        assert self._start_s is not None
        return round((time_s - self._start_s) * RATE_HZ) - self._encoded - len(self._rest)

    def _add(self, samples: Samples) -> None:
        if not self._frame_size:
            context = self._stream.codec_context
            context.open(strict=False)
            self._frame_size = context.frame_size
        rest = np.concatenate((self._rest, samples))
        whole = len(rest) // self._frame_size * self._frame_size
        for start in range(0, whole, self._frame_size):
            self._encode(rest[start : start + self._frame_size])
        self._rest = rest[whole:]

    def _encode(self, samples: Samples) -> None:
        planes = samples.T if self._format == "fltp" else samples.reshape(1, -1)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(planes), format=self._format, layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._encoded, Fraction(1, RATE_HZ)
        self._encoded += len(samples)
        self._mux(frame)

    def _mux(self, frame: AudioFrame | None) -> None:
        try:
            packets: list[Packet[Stream]] = list(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise SinkError(f"The sound can't be encoded ({error.strerror}): record without sound.") from error
        for packet in packets:
            self._writer.mux(packet)
