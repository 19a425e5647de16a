"""Writes a video file: containers by suffix, encoders that really open, colours tagged, sizes made even."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol, Self, cast

import av
import cv2
import numpy as np
from av.codec.context import CodecContext
from av.container.output import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from livestyle.errors import SinkError
from livestyle.frame import Image
from livestyle.sinks.part import write_error

CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
"""FFmpeg's name of each container, by suffix."""

MAX_CRF = 63

FALLBACK_ENCODER = {"mp4": "libx264", "mov": "libx264", "matroska": "libx264", "webm": "libvpx-vp9"}

_HARDWARE_FIRST = ("h264_nvenc", "h264_videotoolbox")


@dataclass(frozen=True, slots=True)
class _Encoder:
    """What an encoder calls the things we set: each hardware maker has other names, and ignores `crf` silently."""

    default_crf: int
    """About the look of libx264 at 20, on the encoder's own scale."""
    quality: tuple[str, ...]
    """The options that take the quality."""
    options: dict[str, str]
    pix_fmt: str = "yuv420p"
    tag: str | None = None
    """The four letters of the codec in .mp4 and .mov, where FFmpeg's own choice does not play everywhere."""


ENCODERS = {
    # Measured on painted clips of 640x360: superfast takes 60 % of veryfast's time at the same quality for the size.
    "libx264": _Encoder(20, ("crf",), {"preset": "superfast"}),
    "libx265": _Encoder(23, ("crf",), {"preset": "veryfast", "x265-params": "log-level=error"}, tag="hvc1"),
    "libvpx-vp9": _Encoder(30, ("crf",), {"b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}),
    "h264_nvenc": _Encoder(22, ("cq",), {"preset": "p4", "rc": "vbr", "b": "0"}),
    "hevc_nvenc": _Encoder(25, ("cq",), {"preset": "p4", "rc": "vbr", "b": "0"}, tag="hvc1"),
    "h264_qsv": _Encoder(22, ("global_quality",), {}, pix_fmt="nv12"),
    "h264_amf": _Encoder(22, ("qp_i", "qp_p"), {"rc": "cqp"}, pix_fmt="nv12"),
    # Quality by number needs Apple silicon and a scale of its own; a generous bit rate works on every Mac.
    "h264_videotoolbox": _Encoder(20, (), {"b": "20M"}),
}
"""The encoders that can be asked for."""

_ALPHA_ENCODER = {"webm": "libvpx-vp9", "matroska": "libvpx-vp9", "mov": "prores_ks"}

_WITH_ALPHA = {
    "libvpx-vp9": replace(
        ENCODERS["libvpx-vp9"],
        # Frames that are never shown have no transparency to go with them.
        options={**ENCODERS["libvpx-vp9"].options, "auto-alt-ref": "0"},
        pix_fmt="yuva420p",
    ),
    "prores_ks": _Encoder(9, ("global_quality",), {"profile": "4444", "flags": "qscale"}, pix_fmt="yuva444p10le"),
}
"""Those that keep transparency, chosen by the container."""

# swscale's fast default is off by a level or two; this costs little in this direction.
_ACCURATE = int(Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP)


def container_for(path: Path) -> str:
    """FFmpeg's container for a file name.

    Raises:
        SinkError: The suffix is none of ours.
    """
    try:
        return CONTAINERS[path.suffix.lower()]
    except KeyError:
        raise SinkError(
            f"Can't tell the kind of video from {path.name!r}: end it in {', '.join(CONTAINERS)}."
        ) from None


def check_alpha(path: Path) -> None:
    """Raises `SinkError` if a file of this name can't hold transparency."""
    if container_for(path) not in _ALPHA_ENCODER:
        kinds = ", ".join(suffix for suffix, container in CONTAINERS.items() if container in _ALPHA_ENCODER)
        raise SinkError(
            f"{path.suffix} can't hold transparency: end {path.name} in {kinds}, or leave out --keep-alpha."
        )


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


def why_not(encoder: str, size_hw: tuple[int, int] = (256, 256)) -> str | None:
    """Tries an encoder by really encoding a black frame: those that are listed often can't run on the machine at hand.

    Args:
        encoder: One of `ENCODERS`.
        size_hw: Height and width in pixels, even.

    Returns:
        None if it works, else the reason.
    """
    setup = ENCODERS[encoder]
    try:
        context = cast(VideoCodecContext, CodecContext.create(encoder, "w"))
        set_up(context, setup, size_hw, Fraction(30), Fraction(1, 30))
        context.options = _options(setup, setup.default_crf)
        black = VideoFrame.from_ndarray(np.zeros((*size_hw, 3), np.uint8)).reformat(format=setup.pix_fmt)
        black.pts = 0
        packets = [*context.encode(black), *context.encode(None)]
    except av.codec.codec.UnknownCodecError:
        return "this build of FFmpeg is without it"
    except av.FFmpegError as error:
        return error.strerror or "it does not open"
    return None if packets else "it gave no picture"


def pick_encoder(asked: str, container: str, size_hw: tuple[int, int]) -> tuple[str, str | None]:
    """Chooses an encoder that works here.

    Args:
        asked: A name in `ENCODERS`, or "auto": hardware where it works, else the container's usual one.
        container: FFmpeg's name of the container.
        size_hw: Height and width in pixels, even.

    Returns:
        Its name; and a sentence when it is not the one asked for.

    Raises:
        SinkError: The name is unknown, or the container does not take it.
    """
    fallback = FALLBACK_ENCODER[container]
    if asked == "auto":
        hardware = _HARDWARE_FIRST if fallback == "libx264" else ()
        return next((name for name in hardware if why_not(name, size_hw) is None), fallback), None
    if asked not in ENCODERS:
        raise SinkError(f"There is no encoder {asked!r}: choose auto, {', '.join(ENCODERS)}.")
    if (container == "webm") != (asked == "libvpx-vp9") and container != "matroska":
        raise SinkError(f"A {container} file is not made with {asked}: use {fallback}, or another suffix.")
    reason = why_not(asked, size_hw)
    if reason is None:
        return asked, None
    return fallback, f"The encoder {asked} does not work on this machine ({reason}): {fallback} is used instead."


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
        alpha: Pictures are RGBA, and transparency is kept; the container decides the encoder, see `check_alpha`.
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
        alpha: bool = False,
        any_tags: bool = False,
        joinable: bool = False,
        crash_safe: bool = False,
    ) -> None:
        self.size_hw = even_hw(size_hw)
        if alpha:
            self.encoder, self.note = _ALPHA_ENCODER[container], None
        else:
            self.encoder, self.note = pick_encoder(encoder, container, self.size_hw)
        self._path = path
        self._name = path.with_suffix("") if path.suffix == ".part" else path
        setup = self._setup = (_WITH_ALPHA if alpha else ENCODERS)[self.encoder]
        quality = setup.default_crf if crf is None else crf
        if not 0 <= quality <= MAX_CRF:
            raise SinkError(f"Quality goes from 0 (perfect, large) to {MAX_CRF} (poor, small), not {quality}.")
        options = _options(setup, quality)
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
        if duration is not None:
            frame.duration = duration
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
            self.container.mux(self._stream.encode(frame))
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


def set_up(
    context: VideoCodecContext,
    setup: _Encoder,
    size_hw: tuple[int, int],
    rate_fps: Fraction,
    time_base: Fraction,
) -> None:
    """Tells an encoder that is not open yet what it will be given. Takes what `VideoWriter` does."""
    context.height, context.width = size_hw
    context.pix_fmt = setup.pix_fmt
    context.time_base = time_base
    # A frame that lasts less than a tick is none to some encoders; files with few frames announce absurd rates.
    context.framerate = min(rate_fps, 1 / time_base)
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709


def _options(setup: _Encoder, quality: int) -> dict[str, str]:
    return setup.options | dict.fromkeys(setup.quality, str(quality))


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
