"""Carries sound and subtitles over: copied where the container takes them, else sound is encoded again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from livestyle.sinks.writer import VideoWriter

# MP4 and MOV take almost anything; WebM takes Opus.
_AUDIO_ENCODER = {"webm": "libopus"}
_COMMON_RATE_HZ = 48000
_GAP_S = 0.1
_KEPT_METADATA = ("language", "title", "handler_name")


class Tracks:
    """The sound and subtitles of a clip on their way into a result.

    Args:
        streams: The clip's tracks.
        writer: Where they go, before anything is written.
    """

    def __init__(self, streams: Sequence[Stream], writer: VideoWriter) -> None:
        self.notes: list[str] = []
        """What is not copied as it is, in sentences."""
        self._tracks: dict[int, _Track] = {}
        container = writer.container
        takes = container.supported_codecs
        for stream in streams:
            # Streams of a kind that FFmpeg doesn't know have no codec.
            codec = stream.codec_context.name if stream.codec_context is not None else "unknown"
            if codec in takes:
                self._tracks[stream.index] = _Copy(stream, writer)
            elif isinstance(stream, AudioStream) and codec != "unknown":
                encoder = _AUDIO_ENCODER.get(container.format.name, "aac")
                self._tracks[stream.index] = _Transcode(stream, writer, encoder)
                self.notes.append(
                    f"The sound is encoded again ({codec} to {encoder}): this kind of file can't hold it."
                )
            else:
                self.notes.append(f"A track of {stream.type} ({codec}) is left out: this kind of file can't hold it.")

    def write(self, packet: Packet[Stream]) -> None:
        """Carries a packet over, if its track is one of those. Raises `SinkError`."""
        track = self._tracks.get(packet.stream.index)
        if track is not None:
            track.write(packet)

    def finish(self) -> None:
        """Writes what encoders hold back. Raises `SinkError`."""
        for track in self._tracks.values():
            track.finish()


class _Track(ABC):
    @abstractmethod
    def write(self, packet: Packet[Stream]) -> None: ...

    @abstractmethod
    def finish(self) -> None: ...


class _Copy(_Track):
    def __init__(self, source: Stream, writer: VideoWriter) -> None:
        self._writer = writer
        self._target = writer.container.add_stream_from_template(source)
        self._last_dts: int | None = None
        _describe(source, self._target)

    def write(self, packet: Packet[Stream]) -> None:
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

    def finish(self) -> None:
        pass


class _Transcode(_Track):
    def __init__(self, source: AudioStream, writer: VideoWriter, encoder: str) -> None:
        self._source = source
        self._writer = writer
        rates_hz = av.Codec(encoder, "w").audio_rates
        rate_hz = source.rate if rates_hz is None or source.rate in rates_hz else _COMMON_RATE_HZ
        self._target = cast(AudioStream, writer.container.add_stream(encoder, rate=rate_hz))
        self._target.codec_context.layout = "mono" if source.channels == 1 else "stereo"
        self._target.codec_context.bit_rate = 96_000 * (1 if source.channels == 1 else 2)
        self._next_pts: int | None = None
        _describe(source, self._target)

    def write(self, packet: Packet[Stream]) -> None:
        self._encode(packet)

    def finish(self) -> None:
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


def _describe(source: Stream, target: Stream) -> None:
    target.metadata.update({key: source.metadata[key] for key in _KEPT_METADATA if key in source.metadata})
    target.disposition = source.disposition
