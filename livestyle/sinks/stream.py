"""Streams the show to other programs: MPEG-TS over UDP, which OBS, VLC and FFmpeg take without any driver."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import cast
from urllib.parse import urlsplit

import av
from av.packet import Packet
from av.stream import Stream
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.sinks.encoders import set_up, why_not
from livestyle.sinks.kinds import ENCODERS
from livestyle.sinks.sink import FrameSink, Wants
from livestyle.sinks.soundtrack import SoundTrack
from livestyle.sinks.writer import as_yuv, even_hw
from livestyle.sound import Sound

ADDRESS = "udp://127.0.0.1:5000"
SIZE_HW = (720, 1280)
RATE_FPS = 30.0

TIME_BASE = Fraction(1, 90000)
"""The unit of MPEG-TS's time stamps in seconds."""

ENCODER = "libx264"
AHEAD_S = 0.1
"""Sound is sent so much before its picture, if it is there: until later sound has come, the muxer holds a picture."""
_PACKET_BYTES = 1316
"""Seven packets of MPEG-TS: what fits into a datagram of any network, and what receivers expect."""

_LOW_LATENCY = {
    "tune": "zerolatency",
    "bf": "0",
    # No picture may be so large that a receiver's buffer, of about 200 KB on Linux, can't hold its datagrams.
    "maxrate": "8M",
    "bufsize": "1M",
}
_MUXING = {
    "flush_packets": "1",
    # Where no sound comes at all, a picture waits for it no longer than until the next one; in microseconds.
    "max_interleave_delta": "1",
    # A picture that tells its length is whole for the receiver before the next one comes.
    "omit_video_pes_length": "0",
    # The encoder of sound begins a little before the first picture, and MPEG-TS knows no times below zero; in seconds.
    "output_ts_offset": "1",
}


class StreamSink(FrameSink):
    """H.264, and AAC if there is sound, in MPEG-TS over UDP. Whoever listens sees it within about a second.

    That nobody listens, or that they go away and come back, makes no difference. Pictures and sound carry the times at
    which they were taken, counted from the first picture: a player shows them together, although a picture comes when
    it is painted and so later than its sound.

    Args:
        address: `udp://HOST:PORT`, maybe with FFmpeg's options for UDP after a `?`.
        size_hw: Height and width in pixels; odd sides become one larger.
        rate_fps: Pictures a second.
        sound: Whether it has sound.
    """

    name = "stream"

    def __init__(
        self,
        address: str = ADDRESS,
        size_hw: tuple[int, int] = SIZE_HW,
        rate_fps: float = RATE_FPS,
        *,
        sound: bool = False,
    ) -> None:
        self.wants = Wants(even_hw(size_hw), rate_fps, sound)
        self.seen_as = address
        self._address = address
        self._muxer: _Muxer | None = None
        self._sound: SoundTrack | None = None
        self._start_s: float | None = None

    def why_not(self) -> str | None:
        """That the address is none for a stream, or that FFmpeg has no encoder."""
        wrong = _wrong_with(self._address)
        if wrong is not None:
            return wrong
        reason = why_not(ENCODER)
        return None if reason is None else f"H.264 can't be encoded here ({reason}): install another build of PyAV."

    def open(self) -> None:
        """Begins to send, whether anybody listens or not."""
        wrong = _wrong_with(self._address)
        if wrong is not None:
            raise SinkError(wrong)
        size_hw, rate_fps = self.wants.size_hw, self.wants.rate_fps
        assert size_hw is not None
        assert rate_fps is not None
        muxer = _Muxer(self._address, size_hw, Fraction(rate_fps).limit_denominator(1001))
        # What plays MP4's sound plays this one.
        sound = SoundTrack(muxer, "mp4") if self.wants.sound else None
        muxer.start()
        self._muxer, self._sound, self._start_s = muxer, sound, None

    def write(self, frame: Frame) -> None:
        """Sends a picture, and the sound that goes with it."""
        assert self._muxer is not None
        if self._start_s is None:
            self._start_s = frame.time_s
            if self._sound is not None:
                self._sound.follow(frame.time_s)
        self._muxer.write(frame, round((frame.time_s - self._start_s) / TIME_BASE))
        if self._sound is not None:
            self._sound.follow(frame.time_s + AHEAD_S)

    def hear(self, sound: Sound) -> None:
        """Sends sound, once its picture is there."""
        if self._sound is not None:
            self._sound.hear(sound)

    def close(self, *, completed: bool = True) -> None:
        """Sends no more."""
        muxer, self._muxer, self._sound = self._muxer, None, None
        if muxer is not None:
            muxer.close()


class _Muxer:
    """Encodes pictures, and sends their packets and those of sound in the order of their times."""

    def __init__(self, address: str, size_hw: tuple[int, int], rate_fps: Fraction) -> None:
        self._address = address
        setup = ENCODERS[ENCODER]
        options = {**setup.options, **_LOW_LATENCY, "crf": str(setup.default_crf), "g": str(round(rate_fps))}
        url = (
            address if "pkt_size=" in address else f"{address}{'&' if '?' in address else '?'}pkt_size={_PACKET_BYTES}"
        )
        self.container = av.open(url, "w", format="mpegts", container_options=_MUXING)
        self.container.metadata["service_name"] = "livestyle"
        self._stream = cast(VideoStream, self.container.add_stream(ENCODER, rate=rate_fps, options=options))
        self._stream.time_base = TIME_BASE
        set_up(self._stream.codec_context, setup, size_hw, rate_fps, TIME_BASE)
        self._pix_fmt = setup.pix_fmt
        self._reformatter = VideoReformatter()

    def start(self) -> None:
        try:
            self.container.start_encoding()
        except (av.FFmpegError, OSError) as error:
            raise self._unreachable(error) from error

    def write(self, frame: Frame, pts: int) -> None:
        picture = as_yuv(frame.image, self._pix_fmt, self._reformatter)
        picture.pts, picture.time_base = pts, TIME_BASE
        try:
            self.container.mux(self._stream.encode(picture))
        except (av.FFmpegError, OSError) as error:
            raise self._unreachable(error) from error

    def mux(self, packet: Packet[Stream]) -> None:
        """Sends a packet of sound."""
        try:
            self.container.mux(packet)
        except (av.FFmpegError, OSError) as error:
            raise self._unreachable(error) from error

    def close(self) -> None:
        with suppress(av.FFmpegError, OSError):  # nobody is told that the end did not arrive
            self.container.close()

    def _unreachable(self, error: Exception) -> SinkError:
        reason = getattr(error, "strerror", None) or str(error)
        return SinkError(f"Nothing can be sent to {self._address} ({reason}): check the address and the network.")


def _wrong_with(address: str) -> str | None:
    """What is wrong with an address to stream to, as a sentence; None for nothing."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "udp" and parts.hostname and parts.port:
            return None
    except ValueError:  # the port is no number
        pass
    return f"A stream goes to an address like `{ADDRESS}` (SRT and RTMP are not spoken here), not to {address}."
