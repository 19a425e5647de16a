"""Ways to bring a track into another file: as it is, or encoded again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import cast

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

from livestyle.sinks.writer import Muxer

_COMMON_RATE_HZ = 48000
_GAP_S = 0.1
_KEPT_METADATA = ("language", "title", "handler_name")

# Encoders take few arrangements of speakers, whatever the source's are called; of some they lose the order.
_LAYOUTS = {
    "aac": ("mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1", "7.1"),
    "libopus": ("mono", "stereo", "3.0", "quad", "5.1", "5.1", "7.1", "7.1"),
}
_BITS_PER_S = 128_000
"""Of a channel."""


class Carrier(ABC):
    """Brings a track into a result."""

    @abstractmethod
    def write(self, packet: Packet[Stream]) -> None:
        """Carries a packet of the track over. Raises `SinkError`."""

    def finish(self) -> None:  # noqa: B027 - most hold nothing back
        """Writes what is held back. Raises `SinkError`."""


class Copy(Carrier):
    """Takes a track as it is.

    Args:
        source: The track.
        writer: Where it goes, before anything is written.
    """

    def __init__(self, source: Stream, writer: Muxer) -> None:
        self._writer = writer
        self._target = writer.container.add_stream_from_template(source, opaque=True)
        self._last_dts: int | None = None
        _describe(source, self._target)

    def write(self, packet: Packet[Stream]) -> None:
        """Carries a packet of the track over. Raises `SinkError`."""
        if packet.dts is None:
            packet.dts = packet.pts
        if packet.dts is None:  # no telling where it belongs
            return
        # Containers refuse a track whose clock stands still, which careless muxers write.
        if self._last_dts is not None and packet.dts <= self._last_dts:
            packet.dts = self._last_dts + 1
        if packet.pts is None or packet.pts < packet.dts:
            packet.pts = packet.dts
        self._last_dts = packet.dts
        packet.stream = self._target
        self._writer.mux(packet)


class Sound(Carrier):
    """Encodes sound again, with as many channels.

    Args:
        source: The track.
        writer: Where it goes, before anything is written.
        encoder: "aac" or "libopus".
    """

    def __init__(self, source: AudioStream, writer: Muxer, encoder: str) -> None:
        self._source = source
        self._writer = writer
        rates_hz = av.Codec(encoder, "w").audio_rates
        rate_hz = source.rate if rates_hz is None or source.rate in rates_hz else _COMMON_RATE_HZ
        self._target = cast(AudioStream, writer.container.add_stream(encoder, rate=rate_hz))
        layouts = _LAYOUTS[encoder]
        layout = layouts[source.channels - 1] if source.channels <= len(layouts) else "stereo"
        # The corners of a room are no front and back.
        self._target.codec_context.layout = "quad" if source.layout.name.startswith("quad") else layout
        self._target.codec_context.bit_rate = self._target.channels * _BITS_PER_S
        self._next_pts: int | None = None
        _describe(source, self._target)

    def write(self, packet: Packet[Stream]) -> None:
        """Carries a packet of the track over. Raises `SinkError`."""
        self._encode(packet)

    def finish(self) -> None:
        """Writes what is held back. Raises `SinkError`."""
        self._encode(None)
        for packet in self._target.codec_context.encode(None):
            self._mux(packet)

    def _encode(self, packet: Packet[Stream] | None) -> None:
        try:
            frames = self._source.codec_context.decode(packet)
        except av.InvalidDataError:  # a click in the sound, no reason to stop
            return
        for frame in frames:
            # Time is counted by samples: containers round time stamps, and an encoder takes no overlap. Only gaps that
            # can be heard are kept.
            tick_s = Fraction(1, frame.sample_rate)
            pts = round((frame.pts or 0) * (frame.time_base or tick_s) / tick_s)
            if self._next_pts is None or pts - self._next_pts > _GAP_S * frame.sample_rate:
                self._next_pts = pts
            frame.pts, frame.time_base = self._next_pts, tick_s
            self._next_pts += frame.samples
            for encoded in self._target.codec_context.encode(frame):
                self._mux(encoded)

    def _mux(self, packet: Packet[Stream]) -> None:
        packet.stream = self._target
        self._writer.mux(packet)


class Texts(Carrier):
    """Turns subtitles of text into another kind of them.

    Args:
        source: The track.
        writer: Where it goes, before anything is written.
        encoder: "mov_text", "webvtt" or "subrip".
    """

    def __init__(self, source: SubtitleStream, writer: Muxer, encoder: str) -> None:
        self._source = source
        self._writer = writer
        source.codec_context.open(strict=False)  # it makes the header, which the encoder needs
        self._target = cast(SubtitleStream, writer.container.add_stream(encoder))
        self._target.codec_context.subtitle_header = source.codec_context.subtitle_header
        _describe(source, self._target)

    def write(self, packet: Packet[Stream]) -> None:
        """Carries a packet of the track over. Raises `SinkError`."""
        try:
            texts = self._source.codec_context.decode2(packet)
        except av.InvalidDataError:
            return
        if not texts or packet.pts is None:
            return
        lasts = packet.duration or round(Fraction(texts.end_display_time, 1000) / packet.time_base)
        encoded = self._target.codec_context.encode_subtitle(texts)
        encoded.pts = encoded.dts = packet.pts
        encoded.duration, encoded.time_base, encoded.stream = lasts, packet.time_base, self._target
        self._writer.mux(encoded)


def _describe(source: Stream, target: Stream) -> None:
    target.metadata.update({key: source.metadata[key] for key in _KEPT_METADATA if key in source.metadata})
    target.disposition = source.disposition
