"""Clips that the tests of the sources draw for themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livestyle.frame import Image

MakeClip = Callable[..., Path]


def quarters(hw: tuple[int, int]) -> Image:
    """Red, green, blue and white quarters, from the top left in reading order."""
    height, width = hw
    image = np.empty((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (220, 30, 30)
    image[: height // 2, width // 2 :] = (30, 200, 30)
    image[height // 2 :, : width // 2] = (30, 30, 210)
    image[height // 2 :, width // 2 :] = (235, 235, 235)
    return image


@pytest.fixture
def corners() -> Callable[[Image], str]:
    """Tells the four quarters of a picture in reading order, such as "rgbw"."""

    def read(image: Image) -> str:
        height, width = image.shape[:2]
        pixels = [
            image[y, x].astype(int) for y in (height // 8, -1 - height // 8) for x in (width // 8, -1 - width // 8)
        ]
        return "".join("w" if pixel.min() > 150 else "rgb"[int(pixel.argmax())] for pixel in pixels)

    return read


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Writes a clip of quarters; frame number n has brightness 20 n (up to 11, and again) in its middle."""

    def make(
        name: str = "clip.mp4",
        hw: tuple[int, int] = (48, 64),
        frames: int = 6,
        rate: int = 25,
        pts_ms: Sequence[int] | None = None,
        rotation: int = 0,
        hflip: bool = False,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        colorspace: int | None = None,
        color_range: int | None = None,
        aspect: Fraction | None = None,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate)
            stream.height, stream.width = hw
            stream.pix_fmt = pix_fmt
            if codec == "libx264":
                stream.options = {"qp": "1", "preset": "ultrafast"}
            if pts_ms is not None:
                stream.codec_context.time_base = Fraction(1, 1000)
            if rotation or hflip:
                stream.set_display_rotation(rotation, hflip=hflip)
            if aspect is not None:
                stream.codec_context.sample_aspect_ratio = aspect
            if colorspace is not None:
                stream.codec_context.colorspace = colorspace
            if color_range is not None:
                stream.codec_context.color_range = color_range
            for number in range(frames):
                image = quarters(hw)
                image[hw[0] // 3 : hw[0] * 2 // 3, hw[1] // 3 : hw[1] * 2 // 3] = 20 * (number % 12)
                frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(
                    format=pix_fmt, dst_colorspace=colorspace, dst_color_range=color_range
                )
                frame.pts = number if pts_ms is None else pts_ms[number]
                frame.time_base = Fraction(1, rate) if pts_ms is None else Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make


@pytest.fixture
def number_of() -> Callable[[Image], int]:
    """Tells which frame of a clip a picture is."""
    return lambda image: round(float(image[image.shape[0] // 2, image.shape[1] // 2].mean()) / 20)
