"""Measures painting on a GPU, host to host, beside what bus and matrix units allow at best, as a Markdown table.

    python scripts/measure_gpu.py weights/s2d-128.safetensors

With `--device cpu --quick` every line of it is tried on a machine without a GPU; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from livestyle.device.change import Noise
from livestyle.device.pictures import Reduction, rounded
from livestyle.device.steadier import Hold, Past, steadied
from livestyle.frame import Frame
from livestyle.live.controls import Controls
from livestyle.live.pipeline import Live
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.sink import NullSink
from livestyle.sources.source import FrameSource
from livestyle.steady.change import shrunk_hw
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.stylizer.cuda_backend import Capture, CudaStylizer
from livestyle.stylizer.resident import Resident, repeated
from livestyle.stylizer.stylizer import Images, Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer, paint, reside

SIZES_HW = ((720, 1280), (1080, 1920), (2160, 3840))
BATCHES = (1, 8)
STEADY = (0.0, 0.5, 0.75)
DEPTH = 0.8
CHECKED_HW = (360, 640)
WARM_UP_CALLS = 3
LEAST_CALLS = 8
CLIP_BATCHES = 3
CLIP_LEAST = 8

T = TypeVar("T")


class OnProcessor(TorchStylizer):
    """Has everything done where the network is, as a GPU does it, but on the processor and in float32."""

    def __init__(self, file: StyleFile) -> None:
        super().__init__(file)
        self._where = reside(file)

    def resident(self) -> Resident:
        """The network on the processor."""
        return self._where


def main() -> None:
    """Checks that the device paints right, then measures every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the style file")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--quick", action="store_true", help="tiny pictures and few calls")
    parser.add_argument("--seconds", type=float, default=0.6, help="for each measurement")
    parser.add_argument("--limit", type=float, default=140.0, help="seconds after which nothing new is begun")
    args = parser.parse_args()
    deadline_s = time.perf_counter() + args.limit
    sizes_hw = ((96, 128), (90, 122)) if args.quick else SIZES_HW
    checked_hw = (96, 160) if args.quick else CHECKED_HW
    seconds = 0.01 if args.quick else args.seconds
    file = read_style_file(args.file)
    print(
        f"{args.file.name} on {device_name(args.device)}, torch {torch.__version__}, {torch.get_num_threads()} threads"
    )
    attempt(lambda: check(file, args.device, checked_hw))
    floor = attempt(lambda: Floor(file, args.device, args.quick))
    print()
    print("| size | batch | what | p50 ms | p95 ms | fps | floor ms |")
    print("|---|---|---|---|---|---|---|")
    for size_hw in sizes_hw:
        for batch in BATCHES:
            for row in rows(file, args.device, size_hw, batch, seconds, floor, deadline_s):
                print(row, flush=True)
    print(f"\n{args.limit - (deadline_s - time.perf_counter()):.0f} s in all")


def device_name(device: str) -> str:
    """What the device is called."""
    return torch.cuda.get_device_name() if device == "cuda" else "the processor"


def attempt(work: Callable[[], T]) -> T | None:
    """The result of some work; what goes wrong is printed, and what comes after goes on."""
    try:
        return work()
    except Exception:  # noqa: BLE001 - whatever it is, the rest is worth having
        print("FAILED:", traceback.format_exc(), flush=True)
        return None


def opened(file: StyleFile, device: str) -> Stylizer:
    """A stylizer on the device."""
    return CudaStylizer(file) if device == "cuda" else OnProcessor(file)


def look_of(file: StyleFile, **manner: float) -> Look:
    """A look in the first style of a file."""
    return Look(((next(iter(file.styles)), 1.0),), **manner)


def clip(frames: int, size_hw: tuple[int, int]) -> Images:
    """Pictures (N, H, W, 3) of a camera that noises and pans, 2 px a frame."""
    rng = np.random.default_rng(0)
    height, width = size_hw
    wide = width + 2 * frames
    world = np.full((height, wide, 3), 125, np.float32)
    for step in (4, 16, 64):
        part = rng.normal(0, 28, (height // step + 2, wide // step + 2, 3)).astype(np.float32)
        world += cv2.resize(part, (wide, height), interpolation=cv2.INTER_CUBIC)
    world = np.clip(world, 0, 255).astype(np.uint8)
    noise = rng.integers(-3, 4, (height + 31, width + 31, 3), np.int8)
    pictures = np.empty((frames, height, width, 3), np.uint8)
    for i, picture in enumerate(pictures):
        seen, shake = world[:, 2 * i : 2 * i + width], noise[7 * i % 31 :, 11 * i % 31 :][:height, :width]
        picture[:] = cv2.add(seen, shake, dtype=cv2.CV_8U)
    return pictures


# ---- is it right -----------------------------------------------------------------------------------------------------


def check(file: StyleFile, device: str, size_hw: tuple[int, int]) -> None:
    """Prints how far the device is from the processor in float32, and frames in flight from those that are waited for.

    All that is on a processor here does the same work in the same order; only the stylizer of the last line is another.
    """
    photos = clip(4, size_hw)
    with opened(file, device) as stylizer, OnProcessor(file) as reference, TorchStylizer(file) as plain:
        for what, look in {
            "network": look_of(file, depth=0.0),
            "steady .5, depth": look_of(file, steady=0.5, depth=DEPTH),
            "steady .75, depth": look_of(file, steady=0.75, depth=DEPTH),
            "bold, camera's colours": look_of(file, steady=0.5, depth=DEPTH, stroke=2.0),
        }.items():
            ours, theirs, others = (painted(file, each, photos, look) for each in (stylizer, reference, plain))
            ahead = painted(file, stylizer, photos, look, ahead=True)
            print(
                f"check {what}: {psnr(ours, theirs):.1f} dB and at most {apart(ours, theirs)} off float32; "
                f"{psnr(ours, others):.1f} dB from OpenCV's; in flight {apart(ours, ahead)} apart",
                flush=True,
            )
    on_device, on_processor = (steadied_on(torch.device(where), photos) for where in (device, "cpu"))
    print(f"check steadied clip: at most {apart(on_device, on_processor)} apart", flush=True)


def painted(file: StyleFile, stylizer: Stylizer, photos: Images, look: Look, *, ahead: bool = False) -> Images:
    """A clip, painted frame by frame, each waited for or two in flight."""
    painter = Painter(file, stylizer)
    if ahead:
        return np.concatenate(list(in_flight(painter, (photo[None] for photo in photos), look)))
    return np.concatenate([painter.paint(photo[None], look) for photo in photos])


def in_flight(painter: Painter, batches: Iterator[Images], look: Look) -> Iterator[Images]:
    """Paints batches, each begun before the one before it is waited for."""
    begun = deque([painter.begin(next(batches), look)])
    for batch in batches:
        begun.append(painter.begin(batch, look))
        yield begun.popleft()()
    yield begun.popleft()()


def steadied_on(device: torch.device, photos: Images) -> Images:
    """The negatives of pictures, held still on a device."""
    size_hw = photos.shape[1], photos.shape[2]
    small_hw = shrunk_hw(*size_hw)
    results = []
    with torch.inference_mode():
        past, noise, shrink = Past(size_hw, small_hw, device), Noise(device), Reduction(size_hw, small_hw, device)
        for i, photo in enumerate(photos):
            begins, least = torch.tensor(float(i == 0), device=device), torch.tensor(0.1, device=device)
            picture = torch.from_numpy(photo).to(device).permute(2, 0, 1)[None].float()
            hold = Hold(least, least, begins, begins)
            still = steadied(rounded(shrink(picture)), 255 - picture, past, noise, hold, None)
            results.append(still[0].permute(1, 2, 0).byte().cpu().numpy())
    return np.stack(results)


def psnr(one: Images, other: Images) -> float:
    """How alike pictures are, in dB."""
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((one.astype(float) - other) ** 2))))


def apart(one: Images, other: Images) -> int:
    """The largest difference."""
    return int(np.abs(one.astype(int) - other).max())


# ---- how fast at best ------------------------------------------------------------------------------------------------


class Floor:
    """What bus and matrix units allow at best."""

    def __init__(self, file: StyleFile, device: str, quick: bool) -> None:
        megabytes, side = (1, 256) if quick else (256, 8192)
        where = torch.device(device)
        dtype = torch.float16 if device == "cuda" else torch.float32
        host = torch.empty(megabytes << 20, dtype=torch.uint8, pin_memory=device == "cuda")
        there = torch.empty_like(host, device=where)
        self.up = host.numel() / best_s(lambda: there.copy_(host, non_blocking=True), where)
        self.down = host.numel() / best_s(lambda: host.copy_(there, non_blocking=True), where)
        one, other = (torch.randn(side, side, device=where, dtype=dtype) for _ in range(2))
        self.flops = 2 * side**3 / best_s(lambda: one @ other, where)
        self.network_flop = flop_a_pixel(file)
        print(
            f"floors: up {self.up / 1e9:.1f} and down {self.down / 1e9:.1f} GB/s, {self.flops / 1e12:.2f} TFLOP/s in "
            f"{dtype}; the network takes {self.network_flop / 1e3:.1f} kFLOP a pixel"
        )

    def network_ms(self, pixels: int) -> float:
        """The arithmetic of the network."""
        return 1e3 * pixels * self.network_flop / self.flops

    def all_ms(self, pixels: int, painted_pixels: int) -> float:
        """The slowest of the way up, the network and the way down, which go on at the same time."""
        return max(self.network_ms(painted_pixels), 3e3 * pixels / self.up, 3e3 * pixels / self.down)


def flop_a_pixel(file: StyleFile) -> float:
    """Floating-point operations of the network a pixel, two to a multiply-add."""
    network = reside(file).network
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(torch.zeros(1, 3, 64, 64), torch.from_numpy(file.identity)[None])
    return counter.get_total_flops() / 64**2


def best_s(work: Callable[[], object], device: torch.device) -> float:
    """The least seconds that some work takes."""
    times = []
    for _ in range(10):
        wait(device)
        start_s = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start_s)
    return min(times)


def wait(device: torch.device) -> None:
    """Waits for all work of a device."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


# ---- how fast --------------------------------------------------------------------------------------------------------


def rows(
    file: StyleFile,
    device: str,
    size_hw: tuple[int, int],
    batch: int,
    seconds: float,
    floor: Floor | None,
    deadline_s: float,
) -> Iterator[str]:
    """The rows of the table for one size and batch."""
    height, width = size_hw
    pixels = batch * height * width

    def row(what: str, times_s: list[float] | None, floor_ms: float | None) -> str:
        if times_s is None:
            return f"| {width}x{height} | {batch} | {what} | failed | | | |"
        p50, p95 = (1e3 * float(each) for each in np.percentile(times_s, (50, 95)))
        fps = batch * len(times_s) / sum(times_s)
        least = "" if floor_ms is None else f"{floor_ms:.2f}"
        return f"| {width}x{height} | {batch} | {what} | {p50:.2f} | {p95:.2f} | {fps:.0f} | {least} |"

    if time.perf_counter() > deadline_s:
        yield f"| {width}x{height} | {batch} | left out: no time | | | | |"
        return
    stylizer = attempt(lambda: opened(file, device))
    if stylizer is None:
        return
    with stylizer:
        photos = clip(max(CLIP_LEAST, CLIP_BATCHES * batch), size_hw)
        least = None if floor is None else floor.network_ms(pixels)
        yield row("network", attempt(lambda: network_times(stylizer.resident(), size_hw, batch, seconds)), least)
        yield row("network, usual kernels", attempt(lambda: usual_times(file, device, size_hw, batch, seconds)), least)
        for steady in STEADY:
            look = look_of(file, steady=steady, depth=DEPTH)
            painter = Painter(file, stylizer)
            painted_hw = painter.painted_hw(size_hw, look)
            painted_pixels = batch * painted_hw[0] * painted_hw[1]
            least = None if floor is None else floor.all_ms(pixels, painted_pixels)
            for ahead in (False, True):
                if time.perf_counter() > deadline_s:
                    return
                what = (
                    f"steady {steady:g}, painted at {painted_hw[1]}x{painted_hw[0]}, {'in flight' if ahead else 'each'}"
                )
                measure = flight_times if ahead else single_times
                yield row(what, attempt(lambda: measure(painter, photos, batch, look, seconds)), least)  # noqa: B023
        if batch == 1:
            look = look_of(file, steady=STEADY[1], depth=DEPTH)
            fps = attempt(lambda: live_fps(file, device, photos, look, seconds))
            yield f"| {width}x{height} | 1 | live loop, steady {look.steady:g} | | | {fps or 0:.0f} | |"


def usual_times(file: StyleFile, device: str, size_hw: tuple[int, int], batch: int, seconds: float) -> list[float]:
    """The same of the network as it is trained: with torch's group norm, and all pictures of a batch at once."""
    plain = reside(file, device, torch.float16 if device == "cuda" else torch.float32)
    graphs = partial(repeated, capture=Capture()) if device == "cuda" else plain.repeated
    return network_times(replace(plain, repeated=graphs), size_hw, batch, seconds, at_once=batch)


def network_times(
    resident: Resident | None, size_hw: tuple[int, int], batch: int, seconds: float, at_once: int = 1
) -> list[float]:
    """Seconds that the network takes by the device's own clock, bytes to bytes, without anything else."""
    assert resident is not None
    device = resident.ferry.device
    network = resident.network
    height, width = (-(-side // network.multiple) * network.multiple for side in size_hw)
    photos = torch.from_numpy(clip(1, (height, width))).to(device).expand(batch, -1, -1, -1).contiguous()
    code = torch.zeros(network.code_size, device=device)
    result = torch.empty_like(photos)
    wait(device)
    stream = torch.cuda.stream(torch.cuda.Stream(device)) if device.type == "cuda" else torch.cuda.stream(None)
    with torch.inference_mode(), stream:

        def work() -> None:
            for some, painted in zip(photos.split(at_once), result.split(at_once), strict=True):
                painted.copy_(paint(network, some, code))

        run = resident.repeated(work)
        times: list[float] = []
        end_s = time.perf_counter() + seconds
        while len(times) < LEAST_CALLS or time.perf_counter() < end_s:
            times.append(device_s(run, device))
    return times


def device_s(run: Callable[[], object], device: torch.device) -> float:
    """Seconds of one run by the device's own clock."""
    if device.type != "cuda":
        start_s = time.perf_counter()
        run()
        return time.perf_counter() - start_s
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    run()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1e3


def single_times(painter: Painter, photos: Images, batch: int, look: Look, seconds: float) -> list[float]:
    """Seconds from the photos of a batch to its paintings, each waited for."""
    batches = endless(photos, batch)
    for _ in range(WARM_UP_CALLS):
        painter.paint(next(batches), look)
    times: list[float] = []
    end_s = time.perf_counter() + seconds
    while len(times) < LEAST_CALLS or time.perf_counter() < end_s:
        start_s = time.perf_counter()
        painter.paint(next(batches), look)
        times.append(time.perf_counter() - start_s)
    return times


def flight_times(painter: Painter, photos: Images, batch: int, look: Look, seconds: float) -> list[float]:
    """Seconds from one batch's paintings to the next one's, two in flight."""
    paintings = in_flight(painter, endless(photos, batch), look)
    for _ in range(WARM_UP_CALLS):
        next(paintings)
    times: list[float] = []
    last_s = time.perf_counter()
    end_s = last_s + seconds
    while len(times) < LEAST_CALLS or last_s < end_s:
        next(paintings)
        now_s = time.perf_counter()
        times.append(now_s - last_s)
        last_s = now_s
    return times


class Shown(FrameSource):
    """Shows a clip over and over, as fast as it is taken."""

    def __init__(self, photos: Images) -> None:
        self._photos = photos
        self._is_open = False

    @property
    def name(self) -> str:
        """What it is called."""
        return "clip"

    def open(self) -> None:
        """Begins."""
        self._is_open = True

    def close(self) -> None:
        """Ends."""
        self._is_open = False

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames."""
        for index in count():
            if not self._is_open:
                return
            yield Frame(self._photos[index % len(self._photos)], time.perf_counter(), index)


def live_fps(file: StyleFile, device: str, photos: Images, look: Look, seconds: float) -> float:
    """Frames a second that come out of the live loop, from a source that has the next one at once."""
    sink = NullSink()
    controls = Controls(file, look, lines=min(photos.shape[1:3]), inbetweens=False)
    with Live(controls, lambda network: (opened(network, device), [])) as live:
        live.add_sink(sink)
        live.use_source(lambda: Shown(photos))
        end_s = time.perf_counter() + 30
        while live.stats().backend is None or sink.frames < LEAST_CALLS:
            if time.perf_counter() > end_s:
                raise TimeoutError("the live loop shows nothing")
            time.sleep(0.01)
        first, start_s = sink.frames, time.perf_counter()
        time.sleep(max(0.5, 2 * seconds))
        return (sink.frames - first) / (time.perf_counter() - start_s)


def endless(photos: Images, batch: int) -> Iterator[Images]:
    """Batches of a clip, over and over."""
    while True:
        for start in range(0, len(photos), batch):
            yield photos[start : start + batch]


if __name__ == "__main__":
    main()
