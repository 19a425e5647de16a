"""Encoders of video: how each is told what we want, whether it really works here, and which one is taken."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import cast

import av
import numpy as np
from av.codec.context import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from livestyle.errors import SinkError

# SVT-AV1 reads this when it is opened; else it writes what it is about to do on standard error.
os.environ.setdefault("SVT_LOG", "1")

_USUAL_BITS = 8
"""Of each colour of a pixel, which all encoders know; the other number is 10."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """What an encoder calls the things we set: each hardware maker has other names, and ignores `crf` silently.

    Attributes:
        codec: What it writes, as decoders call it.
        default_crf: About the look of libx264 at 20, on the encoder's own scale.
        quality: The options that take the quality.
        options: Those that are always set.
        pix_fmt: FFmpeg's name of the pictures it takes.
        deep: The same for 10 bits; None if it has no such thing, or one that hardly anything plays.
        deep_options: What is set besides for those.
        tag: The four letters of the codec in .mp4 and .mov, where FFmpeg's own choice does not play everywhere.
        is_hardware: Whether it is a chip.
    """

    codec: str
    default_crf: int
    quality: tuple[str, ...]
    options: dict[str, str]
    pix_fmt: str = "yuv420p"
    deep: str | None = None
    deep_options: tuple[tuple[str, str], ...] = ()
    tag: str | None = None
    is_hardware: bool = False

    def at(self, bits: int) -> Encoder:
        """The same for pictures of so many bits, which it knows."""
        if bits == _USUAL_BITS:
            return self
        assert self.deep is not None
        return replace(self, pix_fmt=self.deep, options={**self.options, **dict(self.deep_options)})

    def with_quality(self, quality: int) -> dict[str, str]:
        """All options, as FFmpeg takes them."""
        return self.options | dict.fromkeys(self.quality, str(quality))


_NVENC = Encoder("h264", 22, ("cq",), {"preset": "p4", "rc": "vbr", "b": "0"}, is_hardware=True)
# Quality by number needs Apple silicon and a scale of its own; a generous bit rate works on every Mac.
_APPLE = Encoder("h264", 20, (), {"b": "20M"}, is_hardware=True)
_QSV = Encoder("h264", 22, ("global_quality",), {}, "nv12", is_hardware=True)
_AMF = Encoder("h264", 22, ("qp_i", "qp_p"), {"rc": "cqp"}, "nv12", is_hardware=True)


def _hevc(of: Encoder) -> Encoder:
    return replace(of, codec="hevc", default_crf=of.default_crf + 3, deep="p010le", tag="hvc1")


ENCODERS = {
    # Measured on painted clips of 640x360: superfast takes 60 % of veryfast's time at the same quality for the size.
    "libx264": Encoder("h264", 20, ("crf",), {"preset": "superfast"}),
    "libx265": Encoder(
        "hevc",
        23,
        ("crf",),
        {"preset": "veryfast", "x265-params": "log-level=error"},
        deep="yuv420p10le",
        tag="hvc1",
    ),
    "libsvtav1": Encoder("av1", 30, ("crf",), {"preset": "9"}, deep="yuv420p10le"),
    "libvpx-vp9": Encoder("vp9", 30, ("crf",), {"b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}),
    "h264_nvenc": _NVENC,
    "h264_videotoolbox": _APPLE,
    "h264_qsv": _QSV,
    "h264_amf": _AMF,
    "hevc_nvenc": _hevc(_NVENC),
    "hevc_videotoolbox": replace(_hevc(_APPLE), deep_options=(("profile", "main10"),)),
    "hevc_qsv": _hevc(_QSV),
    "hevc_amf": replace(_hevc(_AMF), deep_options=(("profile", "main10"),)),
}
"""The encoders that can be asked for; hardware in the order in which it is tried."""

FALLBACK_ENCODER = {"mp4": "libx264", "mov": "libx264", "matroska": "libx264", "webm": "libvpx-vp9"}
"""What is taken where no hardware works, by FFmpeg's name of the container."""
_FALLBACK_DEEP = {"mp4": "libx265", "mov": "libx265", "matroska": "libx265", "webm": "libsvtav1"}
_HELD = {
    "mp4": frozenset({"h264", "hevc", "av1"}),
    "mov": frozenset({"h264", "hevc"}),
    "matroska": frozenset({"h264", "hevc", "av1", "vp9"}),
    "webm": frozenset({"av1", "vp9"}),
}
"""The codecs that players open in each container."""

ALPHA_ENCODER = {"webm": "libvpx-vp9", "matroska": "libvpx-vp9", "mov": "prores_ks"}
WITH_ALPHA = {
    "libvpx-vp9": replace(
        ENCODERS["libvpx-vp9"],
        # Frames that are never shown have no transparency to go with them.
        options={**ENCODERS["libvpx-vp9"].options, "auto-alt-ref": "0"},
        pix_fmt="yuva420p",
    ),
    "prores_ks": Encoder("prores", 9, ("global_quality",), {"profile": "4444", "flags": "qscale"}, "yuva444p10le"),
}
"""Those that keep transparency, chosen by the container."""

_DECODERS = {"av1": "libdav1d"}
_SIZE_HW = (256, 256)
_FRAMES = 3
_OFF = 8.0
"""How far a picture may be off after an encoder and a decoder, of 255 on average: more is another picture."""


@cache  # trying takes a moment, and what a machine can do stays the same
def why_not(encoder: str, size_hw: tuple[int, int] = _SIZE_HW, bits: int = 8) -> str | None:
    """Tries an encoder by really encoding a few frames, and looks at what a decoder makes of them.

    Those that are listed often can't run on the machine at hand, and drivers have been known to write green pictures.

    Args:
        encoder: One of `ENCODERS`.
        size_hw: Height and width in pixels, even.
        bits: Of each colour of a pixel.

    Returns:
        None if it works, else the reason.
    """
    setup = ENCODERS[encoder]
    if bits != _USUAL_BITS and setup.deep is None:
        return f"it has no {bits} bits that players open"
    setup = setup.at(bits)
    # From dark to light in one hue, which even a picture of a few pixels keeps.
    row = np.linspace(0, 150, size_hw[1])[:, None] + (100, 20, 60)
    image = np.ascontiguousarray(np.broadcast_to(row.astype(np.uint8), (*size_hw, 3)))
    try:
        context = cast(VideoCodecContext, CodecContext.create(encoder, "w"))
        set_up(context, setup, size_hw, Fraction(30), Fraction(1, 30))
        context.options = setup.with_quality(setup.default_crf)
        packets: list[Packet[av.VideoStream]] = []
        for number in range(_FRAMES):
            frame = VideoFrame.from_ndarray(image).reformat(
                format=setup.pix_fmt, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            frame.pts = number
            packets += context.encode(frame)
        packets += context.encode(None)
        # FFmpeg's own "av1" decodes on chips only.
        decoder = cast(VideoCodecContext, CodecContext.create(_DECODERS.get(setup.codec, setup.codec), "r"))
        shown = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    except av.codec.codec.UnknownCodecError:
        return "this build of FFmpeg is without it"
    except (av.FFmpegError, OSError) as error:
        why = error.strerror or "it does not open"
        return f"there is no chip or no driver for it: {why}" if setup.is_hardware else why
    if len(shown) != _FRAMES:
        return f"of {_FRAMES} pictures it gave {len(shown)}"
    last = shown[-1]
    found = last.reformat(format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG)
    off = np.abs(found.to_ndarray().astype(int) - image) if (last.height, last.width) == size_hw else np.array(255)
    return None if off.mean() <= _OFF else "its pictures come out wrong"


def suits(encoder: str, container: str) -> bool:
    """Whether what one of `ENCODERS` writes goes into a container, by FFmpeg's name of that, and is played from it."""
    return ENCODERS[encoder].codec in _HELD[container]


def pick_encoder(asked: str, container: str, size_hw: tuple[int, int], bits: int = 8) -> tuple[str, str | None]:
    """Chooses an encoder that works here.

    Args:
        asked: A name in `ENCODERS`, or "auto": hardware where it works, else the container's usual one.
        container: FFmpeg's name of the container.
        size_hw: Height and width in pixels, even.
        bits: Of each colour of a pixel: 8, or 10.

    Returns:
        Its name; and a sentence when it is not the one asked for.

    Raises:
        SinkError: The name is unknown, or the container does not take it.
    """
    fallback = (FALLBACK_ENCODER if bits == _USUAL_BITS else _FALLBACK_DEEP)[container]
    if asked == "auto":
        codec = ENCODERS[fallback].codec
        hardware = (name for name, each in ENCODERS.items() if each.is_hardware and each.codec == codec)
        return next((name for name in hardware if why_not(name, size_hw, bits) is None), fallback), None
    if asked not in ENCODERS:
        raise SinkError(f"There is no encoder {asked!r}: choose auto, {', '.join(ENCODERS)}.")
    if not suits(asked, container):
        raise SinkError(f"A {container} file is not made with {asked}: use {fallback}, or another suffix.")
    if bits != _USUAL_BITS and ENCODERS[asked].deep is None:
        raise SinkError(f"{asked} makes no files of {bits} bits that players open: use {fallback}, or 8 bits.")
    reason = why_not(asked, size_hw, bits)
    if reason is None:
        return asked, None
    return fallback, f"The encoder {asked} does not work on this machine ({reason}): {fallback} is used instead."


def pick_for_alpha(asked: str, container: str, bits: int = 8) -> tuple[str, str | None]:
    """Chooses the encoder that keeps transparency in a container. Takes and gives what `pick_encoder` does."""
    kept = ALPHA_ENCODER[container]
    if asked not in ("auto", kept):
        return kept, f"Only {kept} keeps transparency in this kind of file, so it is used in place of {asked}."
    if bits != _USUAL_BITS and "10" not in WITH_ALPHA[kept].pix_fmt:
        return kept, f"In this kind of file what is transparent is kept in 8 bits, not {bits}: a .mov has 10."
    return kept, None


def set_up(
    context: VideoCodecContext,
    setup: Encoder,
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
