"""Encoders of video: whether each really works here, and which one is taken."""

from __future__ import annotations

import os
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
from livestyle.sinks.kinds import (
    ALPHA_ENCODER,
    ENCODERS,
    FALLBACK_DEEP,
    FALLBACK_ENCODER,
    USUAL_BITS,
    WITH_ALPHA,
    Encoder,
    suits,
)

# SVT-AV1 reads this when it is opened; else it writes what it is about to do on standard error.
os.environ.setdefault("SVT_LOG", "1")

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
    if bits != USUAL_BITS and setup.deep is None:
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
    fallback = (FALLBACK_ENCODER if bits == USUAL_BITS else FALLBACK_DEEP)[container]
    if asked == "auto":
        codec = ENCODERS[fallback].codec
        hardware = (name for name, each in ENCODERS.items() if each.is_hardware and each.codec == codec)
        return next((name for name in hardware if why_not(name, size_hw, bits) is None), fallback), None
    if asked not in ENCODERS:
        raise SinkError(f"There is no encoder {asked!r}: choose auto, {', '.join(ENCODERS)}.")
    if not suits(asked, container):
        raise SinkError(f"A {container} file is not made with {asked}: use {fallback}, or another suffix.")
    if bits != USUAL_BITS and ENCODERS[asked].deep is None:
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
    if bits != USUAL_BITS and "10" not in WITH_ALPHA[kept].pix_fmt:
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
