"""Decides what becomes of a clip's other tracks: what players open is copied, what they don't is encoded again.

What can't be kept at all is named in a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import AttachmentStream, Stream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from livestyle.clips.carriers import Carrier, Copy, Sound, Texts
from livestyle.sinks.writer import Muxer

_MATROSKA = "matroska"

# Muxers take more than players play: PCM in .mp4 is noise in many, FLAC and TrueHD silence. Matroska plays as it is.
_PCM = frozenset(f"pcm_{kind}{order}" for kind in ("s16", "s24", "s32", "f32") for order in ("le", "be"))
_COMPRESSED = frozenset({"aac", "mp3", "ac3", "eac3", "alac"})
_PLAYED_SOUND = {"mp4": _COMPRESSED | {"opus"}, "mov": _COMPRESSED | _PCM, "webm": frozenset({"opus", "vorbis"})}
_PLAYED_PICTURES = {
    "mp4": frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"}),
    "mov": frozenset({"h264", "hevc", "mpeg4", "prores", "mjpeg", "dnxhd"}),
    "webm": frozenset({"vp8", "vp9", "av1"}),
}
_PLAYED_SUBTITLES = {
    "mp4": frozenset({"mov_text", "dvd_subtitle"}),
    "mov": frozenset({"mov_text"}),
    "webm": frozenset({"webvtt"}),
}
_TEXTS = {"mp4": "mov_text", "mov": "mov_text", "webm": "webvtt", _MATROSKA: "subrip"}
_LEAST_MP3_HZ = 16000
"""MP4 and MOV have no MP3 with fewer samples a second."""
_SURROUND = 3

_KINDS = {"mjpeg": ("cover.jpg", "image/jpeg"), "png": ("cover.png", "image/png"), "bmp": ("cover.bmp", "image/bmp")}


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture that stands for the clip.

    Attributes:
        stream: The track it is given as.
        data: The picture, as a file.
    """

    stream: VideoStream
    data: bytes


class Tracks:
    """The sound, subtitles, further pictures, covers and attachments of a clip on their way into a result.

    Args:
        streams: The clip's tracks of sound, subtitles and further moving pictures.
        writer: Where they go, before anything is written.
        covers: The clip's covers.
        attachments: The files that travel in the clip, such as fonts.
        data: Its tracks of other things, such as time codes and what cameras measure, which nobody takes.
    """

    def __init__(
        self,
        streams: Sequence[Stream],
        writer: Muxer,
        covers: Sequence[Cover] = (),
        attachments: Iterable[AttachmentStream] = (),
        data: Iterable[Stream] = (),
    ) -> None:
        self.notes: list[str] = []
        """What is not copied as it is, in sentences."""
        self._writer = writer
        self._kind = writer.container.format.name
        self._takes = writer.container.supported_codecs
        self._carriers: dict[int, Carrier] = {}
        self._covers: list[Packet[Stream]] = []
        for stream in streams:
            carrier = self._carrier(stream)
            if carrier is not None:
                self._carriers[stream.index] = carrier
        for attachment in attachments:
            self._attach(attachment)
        for cover in covers:
            self._add_cover(cover)
        for stream in data:
            name = stream.metadata.get("handler_name", "").strip() or "of an unknown kind"
            self.notes.append(f"A track of data ({name}) is left out: only pictures, sound and texts are carried over.")

    def write(self, packet: Packet[Stream]) -> None:
        """Carries a packet over, if its track is one of those. Raises `SinkError`."""
        carrier = self._carriers.get(packet.stream.index)
        if carrier is not None:
            carrier.write(packet)

    def finish(self) -> None:
        """Writes what is held back. Raises `SinkError`."""
        for carrier in self._carriers.values():
            carrier.finish()
        for cover in self._covers:
            self._writer.mux(cover)

    def _carrier(self, stream: Stream) -> Carrier | None:
        codec = _codec_of(stream)
        if isinstance(stream, AudioStream):
            return self._sound(stream, codec)
        if isinstance(stream, SubtitleStream):
            return self._subtitles(stream, codec)
        if codec in _PLAYED_PICTURES.get(self._kind, self._takes):
            return Copy(stream, self._writer)
        self.notes.append(f"A second picture track ({codec}) is left out: this kind of file can't hold it.")
        return None

    def _sound(self, stream: AudioStream, codec: str) -> Carrier | None:
        if not (stream.codec_context and stream.rate and stream.channels):
            self.notes.append(f"A track of sound ({codec}) is left out: it can't be read.")
            return None
        is_odd = (codec in _PCM and stream.channels >= _SURROUND) or (codec == "mp3" and stream.rate < _LEAST_MP3_HZ)
        if codec in _PLAYED_SOUND.get(self._kind, self._takes) and not (is_odd and self._kind in ("mp4", "mov")):
            return Copy(stream, self._writer)
        encoder = "libopus" if self._kind == "webm" else "aac"
        self.notes.append(
            f"The sound is encoded again ({codec} to {encoder}): players don't open it in this kind of file."
        )
        return Sound(stream, self._writer, encoder)

    def _subtitles(self, stream: SubtitleStream, codec: str) -> Carrier | None:
        if codec in _PLAYED_SUBTITLES.get(self._kind, self._takes):
            return Copy(stream, self._writer)
        if stream.codec_context is not None and stream.codec_context.codec.text_sub:
            encoder = _TEXTS[self._kind]
            self.notes.append(f"The subtitles are converted ({codec} to {encoder}): this kind of file holds no others.")
            return Texts(stream, self._writer, encoder)
        self.notes.append(f"A track of subtitles ({codec}) is left out: this kind of file can't hold it.")
        return None

    def _attach(self, attachment: AttachmentStream) -> None:
        name = attachment.name or "attachment"
        if self._kind == _MATROSKA and attachment.data:
            self._writer.container.add_attachment(
                name, attachment.mimetype or "application/octet-stream", attachment.data
            )
        else:
            self.notes.append(f"The attachment {name} is left out: this kind of file can't hold it.")

    def _add_cover(self, cover: Cover) -> None:
        codec = _codec_of(cover.stream)
        usual, mime_type = _KINDS.get(codec, ("cover", "application/octet-stream"))
        name = cover.stream.metadata.get("filename", usual)
        if self._kind == _MATROSKA:
            self._writer.container.add_attachment(name, cover.stream.metadata.get("mimetype", mime_type), cover.data)
        elif self._kind == "mp4" and codec in _KINDS:
            target = self._writer.container.add_stream_from_template(cover.stream)
            target.disposition = cover.stream.disposition
            packet = Packet(cover.data)
            packet.stream, packet.pts, packet.dts = target, 0, 0
            self._covers.append(packet)
            if "filename" in cover.stream.metadata:
                self.notes.append(
                    f"The cover {name} is kept as a cover without a name: this kind of file holds no other."
                )
        else:
            self.notes.append(f"The cover {name} is left out: this kind of file can't hold it.")


def _codec_of(stream: Stream) -> str:
    # Streams of a kind that FFmpeg doesn't know have no codec.
    return "unknown" if stream.codec_context is None else stream.codec_context.codec.canonical_name
