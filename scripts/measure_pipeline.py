"""Measures what livestyle adds around its network: the live pipeline and the conversion of a clip, beside their stages.

    python scripts/measure_pipeline.py weights/s2d-64.safetensors --clip clip.mp4 --scale 2

The rounds alternate, so that a noisy machine disturbs both sides alike; medians are printed. Where others use the
machine too, look at the milliseconds of processor time and not at the clock's.
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

from livestyle.cli.progress import attempt
from livestyle.clips.job import convert_video
from livestyle.clips.options import ConvertOptions
from livestyle.clips.reader import ClipReader
from livestyle.frame import Frame, Image
from livestyle.live.controls import Controls
from livestyle.live.rates import LiveRates, live_rates
from livestyle.look import STEADY_OFFLINE, Look
from livestyle.painter import Painter
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.sources.kept import KeptSource
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.stylizer import PaintFilm

SIZE_HW = (360, 640)
ROUNDS = 5
ROUND_S = 5.0


def main() -> None:
    """Measures the live pipeline, or a conversion if there is a clip."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the style file")
    parser.add_argument("--clip", type=Path, help="a clip to convert, and not to measure the live pipeline")
    parser.add_argument("--scale", type=float, default=1.0, help="its size is multiplied by this (1)")
    parser.add_argument("--frames", type=int, default=48, help="how many of it are converted (48)")
    parser.add_argument("--device", default="auto")
    args = parser.parse_args()
    file = read_style_file(args.file)
    if args.clip:
        measure_convert(file, args.clip, args.device, args.scale, args.frames)
    else:
        measure_live(file, args.device)


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


def measure_convert(file: StyleFile, clip: Path, device: str, scale: float, frames: int) -> None:
    """A whole conversion, as held still as by default, against each of its stages alone."""
    look = Look(((next(iter(file.styles)), 1.0),), steady=STEADY_OFFLINE)
    with ClipReader(clip) as reader:
        options = ConvertOptions(scale=scale, end_s=float(frames / reader.rate_fps), overwrite=True)
    stylizer, _ = open_stylizer(file, device)

    def read() -> list[Image]:
        with ClipReader(clip, scale=scale, end_s=options.end_s) as reader:
            return [picture for chunk in reader for picture in chunk.images[: len(chunk.pts)]]

    with stylizer, tempfile.TemporaryDirectory() as scratch:
        photos = read()
        paintings = photos

        def network() -> None:
            code = mixed_code(file, look, min(photos[0].shape[:2]))
            for photo in photos:
                stylizer.stylize(photo[None], code)

        def paint() -> None:
            nonlocal paintings
            painter = Painter(file, stylizer)
            paintings = [painter.paint(photo[None], look)[0] for photo in photos]

        def encode() -> None:
            with VideoSink(Path(scratch, "alone.mp4"), photos[0].shape[:2], rate_fps=24.0, overwrite=True) as sink:
                for i, picture in enumerate(paintings):
                    sink.write(Frame(picture, i / 24.0, i))

        def convert() -> None:
            painter = Painter(file, stylizer)
            film = PaintFilm(lambda batch, _: painter.begin(batch, look), painter.works_ahead, painter.ends_apart)
            convert_video(clip, Path(scratch, "whole.mp4"), film, options)

        stages = {"decode": read, "network": network, "paint": paint, "encode": encode, "convert": convert}
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in stages}
        paint()
        for _ in range(ROUNDS):
            for name, work in stages.items():
                rounds[name].append(timed(work, len(photos)))
    height, width = photos[0].shape[:2]
    print(f"{width}x{height}, {len(photos)} frames; paint: the network, and what is done to its paintings")
    for name, times in rounds.items():
        wall_ms, cpu_ms = (statistics.median(each) for each in zip(*times, strict=True))
        print(f"{name:8} {1000 / wall_ms:6.1f} fps, {cpu_ms:6.1f} ms of processor time a frame")
    alone = zip(*(rounds[name] for name in ("decode", "paint", "encode")), strict=True)
    shares = [max(each)[0] / whole[0] for each, whole in zip(alone, rounds["convert"], strict=True)]
    print(f"convert at {statistics.median(shares):.2f} of its slowest stage")


def timed(work: Callable[[], object], frames: int) -> tuple[float, float]:
    """How long some work takes for each frame, in milliseconds by the clock and of processor time."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - start) / frames, 1000 * (time.process_time() - used) / frames


if __name__ == "__main__":
    sys.exit(attempt(main))
