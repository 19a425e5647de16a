"""Animated pictures as clips.

FFmpeg does not read every WebP and AVIF that moves, and of the others it loses how long the last frame is shown.
"""

from __future__ import annotations

import io
import re
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from PIL import Image as Pillow
from PIL import ImageSequence

_IS_PICTURE = re.compile(rb"GIF8|\x89PNG|RIFF....WEBP|....ftypavis", re.DOTALL)
_MS = Fraction(1, 1000)
_DEFAULT_MS = 100
"""For how long browsers show a frame that doesn't say so."""


def moves(path: Path) -> bool:
    """Whether a file is a picture of several frames: a GIF, APNG, WebP or AVIF."""
    try:
        with path.open("rb") as file:
            if not _IS_PICTURE.match(file.read(12)):
                return False
            file.seek(0)
            with Pillow.open(file) as picture:
                return bool(getattr(picture, "is_animated", False))
    except (OSError, SyntaxError, ValueError, EOFError):  # no file, or a damaged one
        return False


def open_animation(path: Path) -> InputContainer:
    """An animated picture as a clip in memory, without loss, its transparency kept.

    Args:
        path: What Pillow reads.

    Raises:
        OSError: It is damaged.
    """
    clip = io.BytesIO()
    try:
        _write(path, clip)
    except (SyntaxError, ValueError, EOFError, struct.error) as error:  # what Pillow raises beside OSError
        raise OSError(str(error)) from error
    clip.seek(0)
    return av.open(clip, "r", format="mov")


def _write(path: Path, file: io.BytesIO) -> None:
    with Pillow.open(path) as picture, av.open(file, "w", format="mov") as container:
        stream = container.add_stream("qtrle", rate=Fraction(1000, _duration_ms(picture)))
        stream.width, stream.height, stream.pix_fmt = *picture.size, "argb"
        stream.time_base = stream.codec_context.time_base = _MS
        pts = 0
        for number, part in enumerate(ImageSequence.Iterator(picture)):
            if number == 0 and picture.info.get("default_image"):  # an APNG's for those who don't know APNG
                continue
            frame = VideoFrame.from_ndarray(np.asarray(part.convert("RGBA")), "rgba").reformat(format="argb")
            frame.pts, frame.time_base, frame.duration = pts, _MS, _duration_ms(part)
            for packet in stream.encode(frame):
                packet.duration = frame.duration  # else the last would be shown as long as the first
                container.mux(packet)
            pts += frame.duration


def _duration_ms(picture: Pillow.Image) -> int:
    return int(picture.info.get("duration") or _DEFAULT_MS)
