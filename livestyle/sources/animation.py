"""Animated pictures as clips: FFmpeg reads GIF and APNG, but of a WebP that moves nothing at all."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from PIL import Image as Pillow
from PIL import ImageSequence

_MS = Fraction(1, 1000)
_DEFAULT_MS = 100
"""For how long browsers show a frame that doesn't say so."""


def is_animated_webp(path: Path) -> bool:
    """Whether a file is a WebP of several frames, as its first bytes tell."""
    try:
        with path.open("rb") as file:
            head = file.read(21)
    except OSError:
        return False
    return head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and len(head) == 21 and bool(head[20] & 2)


def open_animation(path: Path) -> InputContainer:
    """An animated picture as a clip in memory, without loss, its transparency kept.

    Args:
        path: What Pillow reads.

    Raises:
        OSError: It is damaged.
    """
    clip = io.BytesIO()
    _write(path, clip)
    clip.seek(0)
    return av.open(clip, "r", format="nut")


def _write(path: Path, file: io.BytesIO) -> None:
    with Pillow.open(path) as picture, av.open(file, "w", format="nut") as container:
        stream = container.add_stream("ffv1", rate=Fraction(1000, _duration_ms(picture)))
        stream.width, stream.height, stream.pix_fmt = *picture.size, "bgra"
        stream.time_base = stream.codec_context.time_base = _MS
        pts = 0
        for part in ImageSequence.Iterator(picture):
            frame = VideoFrame.from_ndarray(np.asarray(part.convert("RGBA")), "rgba").reformat(format="bgra")
            frame.pts, frame.time_base, frame.duration = pts, _MS, _duration_ms(part)
            container.mux(stream.encode(frame))
            pts += frame.duration
        container.mux(stream.encode(None))


def _duration_ms(picture: Pillow.Image) -> int:
    return int(picture.info.get("duration") or _DEFAULT_MS)
