"""Clips of many kinds, drawn here, and ways to look into the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

VFR = (0, 512, 1024, 1100, 2560, 2816, 3072, 6144, 6400, 6656, 6912, 7168)
"""Uneven time stamps of twelve frames, in units of 1/12800 s."""

GREY_STEP = 18


def numbered(number: int, size_hw: tuple[int, int]) -> np.ndarray:
    """A picture that tells its number by its brightness, and up from down: its top left quarter is red."""
    image = np.full((*size_hw, 3), 30 + GREY_STEP * number, np.uint8)
    image[: size_hw[0] // 2, : size_hw[1] // 2] = (200, 40, 40)
    return image


def number_of(image: np.ndarray) -> int:
    """The number of a `numbered` picture, read at its bottom right."""
    return round((float(image[-3:, -3:].mean()) - 30) / GREY_STEP)


@dataclass
class Clip:
    """What a clip holds."""

    times: list[Fraction]
    images: list[np.ndarray]
    packets: dict[str, list[tuple[Fraction, bytes]]]
    """Time and bytes of the packets of each other kind of track."""
    codecs: dict[str, str]
    metadata: dict[str, str]
    languages: dict[str, str | None]


DrawClip = Callable[..., Path]
LookInto = Callable[[Path], Clip]


@pytest.fixture
def draw_clip(tmp_path: Path) -> DrawClip:
    """Draws a clip into the test's folder."""

    def draw(
        name: str = "clip.mp4",
        *,
        size_hw: tuple[int, int] = (48, 64),
        pts: Sequence[int] = VFR,
        time_base: Fraction = Fraction(1, 12800),
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        b_frames: int = 2,
        audio: str | None = None,
        subtitles: bool = False,
        metadata: dict[str, str] | None = None,
        picture: Callable[[int, tuple[int, int]], np.ndarray] = numbered,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", container_options=options or {}) as out:
            out.metadata.update(metadata or {})
            x264 = {"bf": str(b_frames), "g": "5", "crf": "8"} if codec == "libx264" else {}
            video = out.add_stream(codec, rate=25, options=x264)
            video.height, video.width = size_hw
            video.pix_fmt = pix_fmt
            video.time_base = video.codec_context.time_base = time_base
            sound = out.add_stream(audio, rate=48000) if audio else None
            if sound is not None:
                sound.codec_context.layout = "stereo"
                sound.codec_context.bit_rate = 128_000
                sound.metadata["language"] = "deu"
            if subtitles:
                with av.open(str(_subtitles(tmp_path))) as texts:
                    text = out.add_stream_from_template(texts.streams.subtitles[0])
                    for packet in list(texts.demux(texts.streams.subtitles[0])):
                        if packet.size:
                            packet.stream = text
                            out.mux(packet)
            if sound is not None:
                _draw_sound(out, sound, float((pts[-1] + 512) * time_base))
            for number, stamp in enumerate(pts):
                frame = av.VideoFrame.from_ndarray(picture(number, size_hw)).reformat(format=pix_fmt)
                frame.pts, frame.time_base = stamp, time_base
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        return path

    return draw


@pytest.fixture
def look_into() -> LookInto:
    """Reads a clip back, by PyAV alone."""

    def look(path: Path) -> Clip:
        with av.open(str(path)) as clip:
            packets: dict[str, list[tuple[Fraction, bytes]]] = {}
            times, images = [], []
            for packet in clip.demux(*(s for s in clip.streams if s.type in ("video", "audio", "subtitle"))):
                if packet.stream.type == "video":
                    for frame in packet.decode():
                        times.append(frame.pts * frame.time_base)
                        images.append(frame.to_ndarray(format="rgb24"))
                elif packet.size:
                    packets.setdefault(packet.stream.type, []).append((packet.pts * packet.time_base, bytes(packet)))
            return Clip(
                times,
                images,
                packets,
                {stream.type: stream.codec_context.name for stream in clip.streams if stream.codec_context},
                clip.metadata,
                {stream.type: stream.language for stream in clip.streams},
            )

    return look


def _subtitles(folder: Path) -> Path:
    path = folder / "texts.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:00,100\nHello\n\n2\n00:00:00,200 --> 00:00:00,300\nthere\n\n")
    return path


def _draw_sound(out: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    wave = np.sin(np.arange(int(48000 * seconds)) * 0.06).astype(np.float32) * 0.3
    for start in range(0, len(wave), 1024):
        samples = np.stack([wave[start : start + 1024]] * 2)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
