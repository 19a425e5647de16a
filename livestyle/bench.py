"""How fast this machine paints, stage by stage, and how still that holds."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from livestyle import __version__
from livestyle.compose import compose
from livestyle.depth import Depth, tones_of
from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.frame import Frame
from livestyle.hardware import processor_name
from livestyle.look import DEPTH, STEADY, Look
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.steady.flicker import Flicker, FlickerMeter
from livestyle.steady.steadier import Steadier
from livestyle.styles.file import StyleFile
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.stylizer import Code, Images, Stylizer
from livestyle.timing import StageTimes

DEFAULT_SIZES_HW = ((360, 640), (720, 1280), (1080, 1920))

MIN_CALLS = 5
"""However slow the machine, so that percentiles mean something."""

COSTLIEST_LOOK = Look((("any", 1.0),), colors="camera")
"""What the "compose" stage is measured with; without keeping colours it does nothing at full strength."""

LIBRARIES = ("av", "numpy", "opencv-python-headless", "openvino", "torch")


@dataclass(frozen=True)
class BenchResult:
    """The figures of one size.

    Attributes:
        width: In pixels.
        height: In pixels.
        batch: Pictures at a time.
        backend: "cuda", "openvino" or "torch".
        device: The hardware's own name.
        dtype: What the network computes in.
        fps: Pictures a second through the stylizer alone, bytes in to bytes out.
        stages: Stage -> {"p50_ms", "p95_ms", "p99_ms"} for a whole batch. "source" draws the demo scene; "upload" and
            "download" are missing where the backend's network takes and gives bytes itself; "steady" is missing if
            nothing was held still; "compose" keeps colours; "encode" writes a video.
        flicker: How still the painted demo scene holds; None if that can't be told.
    """

    width: int
    height: int
    batch: int
    backend: str
    device: str
    dtype: str
    fps: float
    stages: Mapping[str, Mapping[str, float]]
    flicker: Flicker | None


@dataclass(frozen=True)
class BenchReport:
    """What was measured, and on what.

    Attributes:
        results: One for each size.
        hardware: Processor, cores, system.
        versions: Of livestyle, Python and the libraries that do the work.
        notes: Why a backend or a size was left out, a sentence each.
    """

    results: tuple[BenchResult, ...]
    hardware: Mapping[str, str | int]
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as `json.dumps` takes it."""
        return asdict(self)

    def to_text(self) -> str:
        """The report as a table to read."""
        lines = [f"{self.hardware['processor']}, {self.hardware['cores']} cores, {self.hardware['system']}"]
        lines += [", ".join(f"{name} {number}" for name, number in self.versions.items()), ""]
        lines.append(f"{'size':>10} {'batch':>5} {'fps':>8}  {'stage':<9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}")
        for result in self.results:
            start = f"{f'{result.width}x{result.height}':>10} {result.batch:>5} {result.fps:>8.1f}"
            for stage, percentiles in result.stages.items():
                numbers = " ".join(f"{ms:>8.2f}" for ms in percentiles.values())
                lines.append(f"{start}  {stage:<9} {numbers}")
                start = " " * len(start)
            if result.flicker is not None:
                steps, photo, sharpness = astuple(result.flicker)
                lines.append(f"{start}  flicker {steps:.1f} (the scene's own: {photo:.1f}), sharpness {sharpness:.2f}")
            lines.append(f"{start}  by {result.backend} in {result.dtype} on {result.device}")
        return "\n".join([*lines, *self.notes])


def run_bench(
    file: StyleFile,
    code: Code,
    *,
    sizes_hw: Sequence[tuple[int, int]] = DEFAULT_SIZES_HW,
    batch: int = 1,
    device: str = "auto",
    steady: float = STEADY,
    seconds: float = 2.0,
    opener: Callable[[StyleFile, str], tuple[Stylizer, list[str]]] = open_stylizer,
) -> BenchReport:
    """Measures the stylizer alone, and then each stage from the source to the encoder.

    Args:
        file: The network.
        code: (K,), the style.
        sizes_hw: Heights and widths in pixels.
        batch: Pictures at a time.
        device: As for `open_stylizer`.
        steady: How much of what flickers is held still, 0 to 1.
        seconds: For each of the two measurements of a size; at least five calls are made.
        opener: Opens the stylizer.

    Raises:
        BackendError: The device can't serve, or has too little memory for every size.
        SinkError: A video can't be encoded.
    """
    if batch < 1:
        raise BackendError(f"A batch has at least one picture, not {batch}.")
    stylizer, notes = opener(file, device)
    results = []
    with stylizer:
        for size_hw in sizes_hw:
            try:
                results.append(_measure(stylizer, code, size_hw, batch, steady, seconds))
            except DeviceMemoryError as error:
                notes.append(str(error))
    if not results:
        raise DeviceMemoryError(" ".join(notes))
    return BenchReport(tuple(results), _hardware(), _versions(), tuple(notes))


def _measure(
    stylizer: Stylizer, code: Code, size_hw: tuple[int, int], batch: int, steady: float, seconds: float
) -> BenchResult:
    height, width = size_hw
    times = StageTimes()
    steadier, depth, meter = Steadier(), Depth(), FlickerMeter()
    with (
        tempfile.TemporaryDirectory(prefix="livestyle-") as folder,
        DemoSource(size_hw) as source,
        VideoSink(Path(folder, "bench.mp4"), size_hw) as sink,
    ):
        frames = iter(source)

        def photos_of(taken: Sequence[Frame]) -> Images:
            return np.stack([frame.image for frame in taken])

        def all_stages() -> None:
            with times.measure("source"):
                taken = [next(frames) for _ in range(batch)]
                photos = photos_of(taken)
            paintings = stylizer.stylize(photos, code)
            if steady:
                with times.measure("steady"):
                    paintings = steadier.steady(photos, paintings, steady)
            with times.measure("depth"):
                paintings = np.stack(
                    [depth.deepen(*pair, tones, DEPTH) for pair in zip(photos, paintings, strict=True)]
                )
            for frame, painting in zip(taken, paintings, strict=True):
                meter.add(frame.image, painting, frame.time_s)
            with times.measure("compose"):
                composed = [compose(*pair, COSTLIEST_LOOK) for pair in zip(photos, paintings, strict=True)]
            with times.measure("encode"):
                for frame, picture in zip(taken, composed, strict=True):
                    sink.write(Frame(picture, frame.time_s, frame.index))

        photos = photos_of([next(frames) for _ in range(batch)])
        tones = tones_of(photos[0])
        stylizer.stylize(photos, code)  # compiles
        calls, elapsed_s = repeat(lambda: stylizer.stylize(photos, code), seconds)
        all_stages()
        times.clear()
        stylizer.times = times
        try:
            repeat(all_stages, seconds)
        finally:
            stylizer.times = None
    info = stylizer.info
    fps = batch * calls / elapsed_s
    return BenchResult(width, height, batch, info.backend, info.device, info.dtype, fps, times.summary(), meter.reading)


def repeat(
    work: Callable[[], object], seconds: float, clock: Callable[[], float] = time.perf_counter
) -> tuple[int, float]:
    """Does the work for about so many seconds, at least `MIN_CALLS` times.

    Returns:
        How often it was done, and the seconds it took in all.
    """
    start_s = now_s = clock()
    calls = 0
    while calls < MIN_CALLS or now_s - start_s < seconds:
        work()
        calls += 1
        now_s = clock()
    return calls, now_s - start_s


def _hardware() -> dict[str, str | int]:
    return {"processor": processor_name(), "cores": os.cpu_count() or 1, "system": platform.platform()}


def _versions() -> dict[str, str]:
    found = {"livestyle": __version__, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
