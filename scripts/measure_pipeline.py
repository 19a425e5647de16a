"""Measures what livestyle adds around its network: the live pipeline and the conversion of a clip, beside their stages.

    python scripts/measure_pipeline.py weights/s2d-64.safetensors --clip clip.mp4

The rounds alternate, so that a noisy machine disturbs both sides alike; medians are printed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from livestyle.cli.progress import attempt
from livestyle.convert.job import convert_video
from livestyle.convert.reader import ClipReader
from livestyle.frame import Frame
from livestyle.live.controls import Controls
from livestyle.live.pipeline import Live
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.sink import NullSink
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.stylizer.fastest import open_stylizer

SIZE_HW = (360, 640)
ROUNDS = 5
ROUND_S = 5.0


def main() -> None:
    """Measures the live pipeline, and a conversion if there is a clip."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the style file")
    parser.add_argument("--clip", type=Path, help="a clip to convert")
    parser.add_argument("--device", default="auto")
    args = parser.parse_args()
    file = read_style_file(args.file)
    measure_live(file, args.device)
    if args.clip:
        measure_convert(file, args.clip, args.device)


def measure_live(file: StyleFile, device: str) -> None:
    """Demo scene to null sink through the live pipeline, against the stylizer alone on drawn frames."""
    look = Look(((next(iter(file.styles)), 1.0),))
    stylizer, _ = open_stylizer(file, device)
    with stylizer, DemoSource(SIZE_HW, duration_s=1.0) as source:
        painter = Painter(file, stylizer)
        frames = [frame.image[None] for frame in source]
        bare, live, moved = [], [], []
        for _ in range(ROUNDS):
            bare.append(rate(lambda: [painter.paint(frame, look) for frame in frames[:5]], 5))
            live.append(live_rates(Controls(file, look, lines=SIZE_HW[0], inbetweens=False), device)[0])
            moved.append(live_rates(Controls(file, look, lines=SIZE_HW[0]), device))
    ratio = statistics.median(b / a for a, b in zip(bare, live, strict=True))
    live_fps, bare_fps = statistics.median(live), statistics.median(bare)
    print(f"live pipeline: {live_fps:.1f} fps, stylizer alone {bare_fps:.1f} fps: {ratio:.2f}")
    shown_fps, painted_fps = (statistics.median(rates) for rates in zip(*moved, strict=True))
    print(f"with in-betweens: {shown_fps:.1f} fps shown, {painted_fps:.1f} fps of them painted")


def live_rates(controls: Controls, device: str) -> tuple[float, float]:
    """Frames a second that reach a null sink, and those that are painted."""
    sink = NullSink()
    with Live(controls, partial(open_stylizer, device=device)) as live:
        live.add_sink(sink)
        # Paintings are moved along for live sources only, whose rate is then the most that can be shown.
        live.use_source(partial(DemoSource, SIZE_HW, live=controls.inbetweens))
        while sink.frames < 10 or live.stats().backend is None:
            time.sleep(0.05)
        time.sleep(1)
        first, start = sink.frames, time.perf_counter()
        time.sleep(ROUND_S)
        return (sink.frames - first) / (time.perf_counter() - start), live.stats().painted_fps


def rate(work: Callable[[], object], frames: int) -> float:
    """Frames a second of work that does so many of them, repeated for a round."""
    work()
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < ROUND_S:
        work()
        done += frames
    return done / (time.perf_counter() - start)


def measure_convert(file: StyleFile, clip: Path, device: str) -> None:
    """A whole conversion against its slowest stage alone."""
    look = Look(((next(iter(file.styles)), 1.0),))
    stylizer, _ = open_stylizer(file, device)
    with stylizer, tempfile.TemporaryDirectory() as scratch:
        painter = Painter(file, stylizer)
        with ClipReader(clip) as reader:
            start = time.perf_counter()
            photos = [picture for chunk in reader for picture in chunk.images]
            decode = len(photos) / (time.perf_counter() - start)
        shares = []
        for i in range(3):
            paintings, paint = timed(lambda: [painter.paint(photo[None], look)[0] for photo in photos], len(photos))
            _, encode = timed(partial(write, Path(scratch, f"alone{i}.mp4"), paintings), len(photos))
            report = convert_video(clip, Path(scratch, f"whole{i}.mp4"), lambda batch: painter.paint(batch, look))
            whole = report.frames / report.elapsed_s
            shares.append(whole / min(decode, paint, encode))
            print(f"convert: {whole:.1f} fps; alone: decode {decode:.0f}, paint {paint:.1f}, encode {encode:.0f} fps")
    print(f"convert at {statistics.median(shares):.2f} of its slowest stage")


def timed(work: Callable[[], list[np.ndarray] | None], frames: int) -> tuple[list[np.ndarray], float]:
    """The result of some work, and its frames a second."""
    start = time.perf_counter()
    result = work()
    return result or [], frames / (time.perf_counter() - start)


def write(path: Path, pictures: list[np.ndarray]) -> None:
    """Encodes pictures as convert does."""
    height, width = pictures[0].shape[:2]
    with VideoSink(path, (height, width), rate_fps=24.0) as sink:
        for i, picture in enumerate(pictures):
            sink.write(Frame(picture, i / 24.0, i))


if __name__ == "__main__":
    sys.exit(attempt(main))
