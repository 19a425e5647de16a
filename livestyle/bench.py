"""How fast this machine paints, stage by stage, live, and on which of its devices; and how still that holds."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from livestyle import __version__, hardware
from livestyle.compose import compose
from livestyle.depth import Depth, tones_of
from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.frame import Frame, Image
from livestyle.live.controls import Controls
from livestyle.live.rates import LiveRates, live_rates
from livestyle.look import DEPTH, Look
from livestyle.networks.families import family_of
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.sources.kept import KeptSource
from livestyle.steady.flicker import Flicker, FlickerMeter
from livestyle.steady.steadier import Steadier
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import StyleFile
from livestyle.stylizer.fastest import BACKENDS, BACKENDS_OF, Open, open_stylizer
from livestyle.stylizer.stylizer import Code, Images, Stylizer
from livestyle.timing import StageTimes

DEFAULT_SIZES_HW = ((360, 640), (720, 1280), (1080, 1920))

MIN_CALLS = 5
"""However slow the machine, so that percentiles mean something."""

LIVE_SECONDS = 4.0
KEPT_FRAMES = 16
"""The live loop is measured on so many frames of the demo scene, drawn before."""

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
        live: What the live loop paints and shows a second, with in-betweens, of a camera that gives 30 and costs
            nothing; None if that was not measured.
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
    live: LiveRates | None = None


@dataclass(frozen=True)
class DeviceResult:
    """What one way to compute the network does.

    Attributes:
        device: As `--device` takes it.
        backend: What computes on it.
        width: In pixels.
        height: In pixels.
        dtype: What the network computes in; empty if it can't be used.
        fps: Pictures a second, bytes in to bytes out, one at a time; None if it can't be used.
        refusal: Why not.
    """

    device: str
    backend: str
    width: int
    height: int
    dtype: str = ""
    fps: float | None = None
    refusal: str = ""


@dataclass(frozen=True)
class BenchReport:
    """What was measured, and on what.

    Attributes:
        results: One for each size.
        hardware: Processor, cores, system.
        versions: Of livestyle, Python and the libraries that do the work.
        notes: Why a backend or a size was left out, a sentence each.
        devices: What else there is to compute on, if that was asked.
    """

    results: tuple[BenchResult, ...]
    hardware: Mapping[str, str | int]
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()
    devices: tuple[DeviceResult, ...] = ()

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
            if result.live is not None:
                painted, shown = astuple(result.live)
                lines.append(f"{start}  live, with in-betweens: {shown:.1f} fps shown, {painted:.1f} painted")
            lines.append(f"{start}  by {result.backend} in {result.dtype} on {result.device}")
        for each in self.devices:
            start = f"{f'{each.width}x{each.height}':>10} {1:>5}"
            how = f"--device {each.device}: {each.backend}"
            lines.append(
                f"{start} {'-':>8}  {how}: {each.refusal}"
                if each.fps is None
                else f"{start} {each.fps:>8.1f}  {how} in {each.dtype}"
            )
        return "\n".join([*lines, *self.notes])


def run_bench(
    file: StyleFile,
    look: Look,
    *,
    sizes_hw: Sequence[tuple[int, int]] = DEFAULT_SIZES_HW,
    batch: int = 1,
    device: str = "auto",
    seconds: float = 2.0,
    live_seconds: float = LIVE_SECONDS,
    opener: Callable[[StyleFile, str], tuple[Stylizer, list[str]]] = open_stylizer,
) -> BenchReport:
    """Measures the stylizer alone, then each stage from the source to the encoder, and then the live loop.

    Args:
        file: The network.
        look: How to paint.
        sizes_hw: Heights and widths in pixels.
        batch: Pictures at a time.
        device: As for `open_stylizer`.
        seconds: For each of the first two measurements of a size; at least five calls are made.
        live_seconds: For the live loop, once it has settled; 0 to leave it out.
        opener: Opens the stylizer.

    Raises:
        BackendError: The device can't serve, or has too little memory for every size.
        SinkError: A video can't be encoded.
    """
    if batch < 1:
        raise BackendError(f"A batch has at least one picture, not {batch}.")
    stylizer, notes = opener(file, device)
    code = mixed_code(file, look, min(sizes_hw[0]))
    results = []
    with stylizer:
        for size_hw in sizes_hw:
            try:
                results.append(_measure(stylizer, code, size_hw, batch, look.steady, seconds))
            except DeviceMemoryError as error:
                notes.append(str(error))
    if not results:
        raise DeviceMemoryError(" ".join(notes))
    # Only now that the device is free again: the painter's thread opens it for itself.
    for i, result in enumerate(results if live_seconds else ()):
        images = _drawn((result.height, result.width), KEPT_FRAMES)
        controls = Controls(file, look, lines=min(result.height, result.width))
        try:
            rates = live_rates(
                controls, lambda file: opener(file, device), partial(KeptSource, images, live=True), live_seconds
            )
            results[i] = replace(result, live=rates)
        except BackendError as error:
            notes.append(str(error))
    return BenchReport(tuple(results), _hardware(), _versions(), tuple(notes))


def compare_devices(
    file: StyleFile,
    look: Look,
    size_hw: tuple[int, int],
    *,
    seconds: float = 2.0,
    backends: Mapping[str, Open] = BACKENDS,
    backends_of: Mapping[str, Sequence[str]] = BACKENDS_OF,
) -> tuple[DeviceResult, ...]:
    """Measures the network alone on everything that can compute it, one after the other.

    Args:
        file: The network.
        look: How to paint.
        size_hw: Height and width in pixels.
        seconds: For each; at least five calls are made.
        backends: Name -> what opens it.
        backends_of: Device -> its backends.
    """
    code = mixed_code(file, look, min(size_hw))
    photos = np.stack([_drawn(size_hw, 1)[0]])
    found = []
    for device in hardware.DEVICES:
        for name in backends_of.get(device, ()):
            result = DeviceResult(device, name, size_hw[1], size_hw[0])
            if name.startswith("OpenVINO") and family_of(file.spec.family).torch_only:
                found.append(replace(result, refusal="this network is computed by torch alone."))
                continue
            try:
                with backends[name](file) as stylizer:
                    stylizer.warm_up(1, *size_hw)
                    calls, elapsed_s = repeat(partial(stylizer.stylize, photos, code), seconds)
                    found.append(replace(result, dtype=stylizer.info.dtype, fps=calls / elapsed_s))
            except (BackendError, ImportError, OSError) as error:
                found.append(replace(result, refusal=str(error)))
    return tuple(found)


def _drawn(size_hw: tuple[int, int], frames: int) -> list[Image]:
    with DemoSource(size_hw) as source:
        return [frame.image for frame in islice(source, frames)]


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
    return {"processor": hardware.processor_name(), "cores": os.cpu_count() or 1, "system": platform.platform()}


def _versions() -> dict[str, str]:
    found = {"livestyle": __version__, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
