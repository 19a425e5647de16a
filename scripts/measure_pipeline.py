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
from dataclasses import astuple
from functools import partial
from pathlib import Path

import numpy as np

from livestyle.cli.progress import attempt
from livestyle.clips.job import convert_video
from livestyle.clips.reader import ClipReader
from livestyle.frame import Frame
from livestyle.live.controls import Controls
from livestyle.live.rates import LiveRates, live_rates
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.sources.kept import KeptSource
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
    """What the live loop makes of the painter alone, on kept frames and on the demo scene, which has to be drawn."""
    look = Look(((next(iter(file.styles)), 1.0),))
    stylizer, _ = open_stylizer(file, device)
    with stylizer, DemoSource(SIZE_HW, duration_s=1.0) as demo:
        painter = Painter(file, stylizer)
        images = [frame.image for frame in demo]
        all_painted = Controls(file, look, lines=SIZE_HW[0], inbetweens=False)
        moved = Controls(file, look, lines=SIZE_HW[0])
        bare: list[float] = []
        shows: dict[str, list[LiveRates]] = {}
        for _ in range(ROUNDS):
            bare.append(rate(lambda: [painter.paint(image[None], look) for image in images[:5]], 5))
            for name, controls, make in (
                ("kept frames, all painted", all_painted, partial(KeptSource, images)),
                ("kept frames, with in-betweens", moved, partial(KeptSource, images, live=True)),
                ("demo scene, all painted", all_painted, partial(DemoSource, SIZE_HW)),
                ("demo scene, live", moved, partial(DemoSource, SIZE_HW, live=True)),
            ):
                rates = live_rates(controls, partial(open_stylizer, device=device), make, ROUND_S)
                shows.setdefault(name, []).append(rates)
    print(f"painter alone: {statistics.median(bare):.1f} fps")
    for name, rounds in shows.items():
        painted, shown = (statistics.median(rates) for rates in zip(*map(astuple, rounds), strict=True))
        ratio = statistics.median(each.painted_fps / alone for each, alone in zip(rounds, bare, strict=True))
        print(f"{name}: {painted:.1f} fps painted, {ratio:.2f} of the painter alone; {shown:.1f} shown")


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
