"""Clips of random make-up; whatever they are, frames, times, size and sound of the result are the source's."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from livestyle.clips.job import convert_video
from livestyle.clips.options import ConvertOptions
from livestyle.sinks.writer import even_hw

SEED = int(os.environ.get("LIVESTYLE_CLIPS_SEED", "1"))
COUNT = int(os.environ.get("LIVESTYLE_CLIPS", "12"))
KINDS = {
    ".mp4": (("libx264", "mpeg4"), ("aac", "ac3", "libmp3lame", "alac")),
    ".mov": (("libx264", "mpeg4", "mjpeg"), ("aac", "pcm_s16le", "pcm_s24le", "pcm_f32le", "alac")),
    ".mkv": (("libx264", "libvpx-vp9", "mpeg2video", "ffv1"), ("flac", "libopus", "pcm_s16le", "pcm_f32le", "aac")),
    ".ts": (("libx264", "mpeg2video"), ("aac", "ac3", "mp2")),
    ".avi": (("mpeg4", "mjpeg"), ("pcm_s16le", "libmp3lame", "ac3")),
    ".webm": (("libvpx-vp9",), ("libopus",)),
}
RATES = (Fraction(12), Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50))


def draw(path: Path, chance: np.random.Generator) -> tuple[int, int]:
    """Draws a clip; returns the height and width that players show it in."""
    codecs, sounds = KINDS[path.suffix]
    codec, rate = str(chance.choice(codecs)), RATES[chance.integers(len(RATES))]
    if codec == "mpeg2video" and rate == 12:  # which it doesn't know
        rate = Fraction(25)
    height, width = (int(side) * 2 for side in chance.integers(16, 50, 2))
    aspect = Fraction(16, 15) if codec in ("libx264", "mpeg4") and chance.random() < 0.3 else Fraction(1)
    turned = path.suffix in (".mp4", ".mov") and chance.random() < 0.3
    count = int(chance.integers(1, 41))
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=rate)
        video.height, video.width = height, width
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        video.codec_context.sample_aspect_ratio = aspect
        if turned:
            video.set_display_rotation(90)
        sound = out.add_stream(str(chance.choice(sounds)), rate=48000) if chance.random() < 0.8 else None
        if sound is not None:
            sound.codec_context.layout = "stereo" if chance.random() < 0.7 else "mono"
        for number in range(count):
            image = np.full((height, width, 3), 30 + 5 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(image).reformat(format=video.pix_fmt)
            frame.pts, frame.time_base = number, 1 / rate
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for start in range(0, round(count / rate * 48000) if sound is not None else 0, 1024):
            wave = np.sin((start + np.arange(1024)) * 0.05).astype(np.float32) * 0.3
            block = av.AudioFrame.from_ndarray(np.stack([wave, wave]), "fltp", "stereo")
            block.sample_rate, block.pts, block.time_base = 48000, start, Fraction(1, 48000)
            out.mux(sound.encode(block))
        if sound is not None:
            out.mux(sound.encode(None))
    shown = height, max(1, round(width * aspect))
    return even_hw(shown[::-1] if turned else shown)


def look(path: Path) -> tuple[list[Fraction], list[float], tuple[int, int], tuple[float, float] | None]:
    """Times and brightness of frames, height and width in pixels, and from when to when there is sound."""
    # By name, as FFmpeg doesn't know a broadcast stream of a few frames for one.
    with av.open(str(path), format="mpegts" if path.suffix == ".ts" else None) as clip:
        times, lights, heard = [], [], []
        for packet in clip.demux(*clip.streams.video, *clip.streams.audio):
            for frame in packet.decode():
                start = frame.pts * frame.time_base
                if isinstance(frame, av.AudioFrame):
                    heard += [start, start + Fraction(frame.samples, frame.sample_rate)]
                    continue
                times.append(start)
                lights.append(float(frame.to_ndarray(format="rgb24").mean()))
        size_hw = clip.streams.video[0].height, clip.streams.video[0].width
        return times, lights, size_hw, (float(min(heard)), float(max(heard))) if heard else None


@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_any_clip_comes_out_as_it_is(tmp_path: Path, seed: int) -> None:
    chance = np.random.default_rng(seed)
    source = tmp_path / f"in{chance.choice(list(KINDS))}"
    target = tmp_path / f"out{chance.choice(['.mp4', '.mov', '.mkv', '.webm'])}"
    size_hw = draw(source, chance)
    options = ConvertOptions(crf=10, batch=int(chance.integers(1, 5)), resume=bool(chance.random() < 0.3))
    convert_video(source, target, lambda images: images, options)
    before, after = look(source), look(target)
    assert after[1] == pytest.approx(before[1], abs=4)  # two frames in a row differ by 5
    assert after[2] == size_hw
    shift = after[0][0] - before[0][0]
    assert max(abs(b - a - shift) for a, b in zip(before[0], after[0], strict=True)) <= Fraction(1, 900)
    assert (before[3] is None) == (after[3] is None)
    if before[3] is not None and after[3] is not None:
        assert after[3][0] == pytest.approx(before[3][0] + float(shift), abs=0.03)
        assert after[3][1] == pytest.approx(before[3][1] + float(shift), abs=0.06)
