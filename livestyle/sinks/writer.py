"""Writes a video file: encoders that really open, colours tagged, sizes made even."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Protocol, Self, cast

import av
import cv2
import numpy as np
from av.container.output import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from livestyle.errors import SinkError
from livestyle.frame import Image
from livestyle.sinks.encoders import pick_encoder, pick_for_alpha, set_up
from livestyle.sinks.kinds import ENCODERS, WITH_ALPHA
from livestyle.sinks.part import write_error

MAX_CRF = 63

_FEW = 2
"""With no more frames than that libx265 makes up when each is decoded: it is in the order in which they are shown."""

# swscale's fast default is off by a level or two; this costs little in this direction.
_ACCURATE = int(Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP)


def even_hw(size_hw: tuple[int, int]) -> tuple[int, int]:
    """The size with odd sides one larger: 4:2:0 video has one colour for 2x2 pixels, and many players refuse odd sides.

    The last row or column is repeated, which nobody sees; cropping would lose a line of the picture.
    """
    height, width = size_hw
    return height + height % 2, width + width % 2


def open_result(
    path: Path, container: str, time_base: Fraction, *, any_tags: bool = False, crash_safe: bool = False
) -> OutputContainer:
    """Opens a file for writing. Takes what `VideoWriter` does."""
    # An absolute path, lest FFmpeg takes "a:b.mp4" for a protocol.
    return av.open(
        str(path.absolute()),
        "w",
        format=container,
        container_options=_muxing(container, time_base, any_tags=any_tags, crash_safe=crash_safe),
    )


class Muxer(Protocol):
    """A result that takes packets of other tracks; they are added to `container` before anything is written."""

    container: OutputContainer

    def mux(self, packet: Packet[Stream]) -> None:
        """Writes a packet. Raises `SinkError`."""


class VideoWriter:
    """Encodes pictures into a video file and takes packets of other tracks. Used from one thread at a time.

    A context manager; leaving it closes the file. The caller sees to it that the file is the `.part` of something.
    Other tracks are added to `container` before the first `write`.

    Args:
        path: The file, which may exist and be empty.
        container: FFmpeg's name of the container, from `container_for`.
        size_hw: Height and width in pixels of the pictures; odd sides become even, see `even_hw`.
        rate_fps: About how many pictures a second; the time stamps alone decide when each is shown.
        time_base: The unit of the time stamps in seconds.
        crf: Quality on the encoder's own scale, lower is better; None for its default.
        encoder: A name in `ENCODERS`, or "auto".
        bits: Of each colour of a pixel in the file, 8 or 10.
        alpha: Pictures are RGBA, and transparency is kept; the container decides encoder and bits, see `check_alpha`.
        any_tags: Keep metadata of any name in .mp4 and .mov, and not only those that all players know.
        joinable: Make packets that can follow those of another file, at a little cost in size.
        crash_safe: Make what is written so far playable at any moment, at a little cost in size.

    Raises:
        SinkError: The encoder is unknown, or can't take the size.
    """

    def __init__(
        self,
        path: Path,
        container: str,
        size_hw: tuple[int, int],
        *,
        rate_fps: Fraction = Fraction(30),
        time_base: Fraction = Fraction(1, 90000),
        crf: int | None = None,
        encoder: str = "auto",
        bits: int = 8,
        alpha: bool = False,
        any_tags: bool = False,
        joinable: bool = False,
        crash_safe: bool = False,
    ) -> None:
        self.size_hw = even_hw(size_hw)
        if alpha:
            self.encoder, self.note = pick_for_alpha(encoder, container, bits)
        else:
            self.encoder, self.note = pick_encoder(encoder, container, self.size_hw, bits)
        self._path = path
        self._name = path.with_suffix("") if path.suffix == ".part" else path
        setup = self._setup = WITH_ALPHA[self.encoder] if alpha else ENCODERS[self.encoder].at(bits)
        quality = setup.default_crf if crf is None else crf
        if not 0 <= quality <= MAX_CRF:
            raise SinkError(f"Quality goes from 0 (perfect, large) to {MAX_CRF} (poor, small), not {quality}.")
        options = setup.with_quality(quality)
        if joinable:
            # With B-frames the first packets would have to be decoded before the last ones of the file before.
            options["bf"] = "0"
        if crash_safe:
            # No B-frames, and a key frame every two seconds: a crash costs about the last second.
            options |= {"bf": "0", "g": str(max(1, round(2 * rate_fps)))}
        self.container = open_result(path, container, time_base, any_tags=any_tags, crash_safe=crash_safe)
        self._stream = cast(VideoStream, self.container.add_stream(self.encoder, rate=rate_fps, options=options))
        self._stream.time_base = time_base
        set_up(self._stream.codec_context, setup, self.size_hw, rate_fps, time_base)
        if setup.tag is not None and container in ("mp4", "mov"):
            self._stream.codec_context.codec_tag = setup.tag
        self._reformatter = VideoReformatter()
        self._last_pts: int | None = None
        self._frames = 0
        self._durations: dict[int, int] = {}
        """Of the frames that are in the encoder, by their time stamps."""
        self._last_duration = 0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close(completed=kind is None)

    @property
    def metadata(self) -> dict[str, str]:
        """The picture track's own metadata, such as its language."""
        return self._stream.metadata

    def write(self, image: Image, pts: int, duration: int | None = None) -> None:
        """Encodes a picture.

        Args:
            image: RGB uint8 (H, W, 3), or RGBA where alpha is kept, of the size given at the start.
            pts: When it is shown, in units of the time base. One that does not increase is moved to the next unit.
            duration: How long it is shown, in the same units; without it, until the next.

        Raises:
            SinkError: Encoding or writing failed.
        """
        if self._last_pts is not None:
            pts = max(pts, self._last_pts + 1)
        self._last_pts = pts
        frame = self._to_yuv(image)
        frame.pts = pts
        frame.time_base = self._stream.codec_context.time_base
        self._frames += 1
        self._last_duration = duration or 0
        if duration is not None:
            frame.duration = self._durations[pts] = duration
        self._encode(frame)

    def mux(self, packet: Packet[Stream]) -> None:
        """Writes a packet of another track.

        Raises:
            SinkError: Writing failed.
        """
        try:
            self.container.mux(packet)
        except (av.FFmpegError, OSError) as error:
            raise write_error(self._name, error) from error

    def finish(self) -> None:
        """Encodes what the encoder still holds back. No `write` may follow.

        Raises:
            SinkError: Encoding or writing failed.
        """
        self._encode(None)

    def close(self, *, completed: bool = True) -> None:
        """Closes the file. Safe to call twice.

        Args:
            completed: False when an error is on its way already; one from closing then keeps quiet.

        Raises:
            SinkError: Writing the end of the file failed.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.container.close()
        except (av.FFmpegError, OSError) as error:
            if completed:
                raise write_error(self._name, error) from error

    def _encode(self, frame: VideoFrame | None) -> None:
        try:
            packets = self._stream.encode(frame)
            for packet in packets:
                # Few encoders hand on how long a frame is shown.
                packet.duration = self._durations.pop(packet.pts or 0, packet.duration)
                if frame is None and self._frames <= _FEW:
                    packet.dts = packet.pts
            if frame is None and packets and self.container.format.name in ("mp4", "mov"):
                # Where a file counts by the order of decoding, the last packet says where the last picture ends.
                packets[-1].duration = self._last_duration or packets[-1].duration
            self.container.mux(packets)
        except (av.FFmpegError, OSError) as error:
            if isinstance(error, OSError) and not isinstance(error, av.ExternalError):
                raise write_error(self._name, error) from error
            height, width = self.size_hw
            raise SinkError(
                f"{self.encoder} can't encode {width}x{height} pixels for {self._name} ({error.strerror}): "
                "choose another size or encoder."
            ) from error

    def _to_yuv(self, image: Image) -> VideoFrame:
        height, width = self.size_hw
        bottom, right = height - image.shape[0], width - image.shape[1]
        if bottom or right:
            image = np.asarray(cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)
        return as_yuv(image, self._setup.pix_fmt, self._reformatter)


def as_yuv(image: Image, pix_fmt: str, reformatter: VideoReformatter) -> VideoFrame:
    """A picture as encoders take it, in the colours that `set_up` tells them.

    Args:
        image: RGB uint8 (H, W, 3), or RGBA; its sides are even.
        pix_fmt: FFmpeg's name of the format, one of the encoder's.
        reformatter: Kept by the caller from one picture to the next.
    """
    return reformatter.reformat(
        VideoFrame.from_ndarray(image, "rgba" if image.shape[2] == 4 else "rgb24"),
        format=pix_fmt,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=_ACCURATE,
    )


def _muxing(container: str, time_base: Fraction, *, any_tags: bool, crash_safe: bool) -> dict[str, str]:
    options = {"flush_packets": "1"} if crash_safe else {}
    if container in ("mp4", "mov"):
        # In its usual 1/1000 s the file could not tell exactly when its first frame is shown.
        options["movie_timescale"] = str(time_base.denominator)
        flags = ["use_metadata_tags"] if any_tags else []
        if crash_safe:
            # Fragments of half a second while it is written, an ordinary MP4 once it is closed. Without delay_moov the
            # start time is lost.
            flags += ["hybrid_fragmented", "delay_moov"]
            options["frag_duration"] = "500000"
        if flags:
            options["movflags"] = "+".join(flags)
    elif crash_safe:
        options["cluster_time_limit"] = "500"
    return options
