from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from livestyle.bench import BenchReport, compare_devices, repeat, run_bench
from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.look import STEADY, Look
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.timing import measured


class Quick(Stylizer):
    """Paints the photo; refuses pictures wider than its memory allows."""

    def __init__(self, stages: tuple[str, ...] = ("network",), widest_px: int = 1000) -> None:
        self.stages = stages
        self.widest_px = widest_px
        self.batches: set[int] = set()
        self.closed = False

    @property
    def info(self) -> BackendInfo:
        return BackendInfo("torch", "Difference Engine", "float32")

    @property
    def code_size(self) -> int:
        return 3

    def stylize(self, images: Images, code: Code) -> Images:
        if images.shape[2] > self.widest_px:
            raise DeviceMemoryError(f"Too little memory for a width of {images.shape[2]}.")
        self.batches.add(len(images))
        for stage in self.stages:
            with measured(self.times, stage):
                painted = images.copy()
        return painted

    def close(self) -> None:
        self.closed = True


LOOK = Look((("calm", 1.0),), steady=STEADY)


def bench(file: StyleFile, stylizer: Quick, look: Look = LOOK, **options: object) -> BenchReport:
    options = {"sizes_hw": [(32, 48)], "seconds": 0.0, "live_seconds": 0.0} | options
    return run_bench(file, look, opener=lambda _, device: (stylizer, [f"{device} was asked for."]), **options)  # type: ignore[arg-type]


def test_report_has_every_stage_of_every_size(tiny_file: StyleFile) -> None:
    stylizer = Quick()
    report = bench(tiny_file, stylizer, sizes_hw=[(32, 48), (33, 47)], batch=2, device="cpu")
    document = json.loads(json.dumps(report.to_dict()))
    assert [(r["width"], r["height"], r["batch"]) for r in document["results"]] == [(48, 32, 2), (47, 33, 2)]
    for result in document["results"]:
        assert (result["backend"], result["device"], result["dtype"]) == ("torch", "Difference Engine", "float32")
        assert result["fps"] > 0
        assert list(result["stages"]) == ["source", "network", "steady", "depth", "compose", "encode"]
        assert list(result["flicker"]) == ["painting_steps", "photo_steps", "sharpness"]
        for percentiles in result["stages"].values():
            assert list(percentiles) == ["p50_ms", "p95_ms", "p99_ms"]
            assert 0 <= percentiles["p50_ms"] <= percentiles["p95_ms"] <= percentiles["p99_ms"]
    assert document["hardware"]["cores"] >= 1
    assert {"livestyle", "python", "torch", "openvino"} <= set(document["versions"])
    assert document["notes"] == ["cpu was asked for."]
    assert stylizer.batches == {2}
    assert stylizer.closed


def test_stages_stand_in_the_order_of_the_way(tiny_file: StyleFile) -> None:
    (result,) = bench(tiny_file, Quick(("upload", "network", "download"))).results
    assert list(result.stages) == ["source", "upload", "network", "download", "steady", "depth", "compose", "encode"]


def test_what_is_not_held_still_costs_nothing_and_its_flicker_is_measured(tiny_file: StyleFile) -> None:
    class Flickering(Quick):
        def stylize(self, images: Images, code: Code) -> Images:
            noise = np.random.default_rng(images.ravel()[:99]).integers(0, 30, images.shape)
            return np.clip(super().stylize(images, code) + noise, 0, 255).astype(np.uint8)

    size_hw = [(72, 96)]
    looks = (replace(LOOK, steady=0.0), LOOK)
    lively, steady = (bench(tiny_file, Flickering(), look, sizes_hw=size_hw).results[0] for look in looks)
    assert "steady" not in lively.stages
    assert lively.flicker.painting_steps > max(steady.flicker.painting_steps, 3 * lively.flicker.photo_steps)


def test_the_table_says_it_all(tiny_file: StyleFile) -> None:
    text = bench(tiny_file, Quick()).to_text()
    for part in ("48x32", "fps", "p99 ms", "network", "encode", "flicker", "Difference Engine", "auto was asked for."):
        assert part in text


def test_a_size_too_large_is_left_out_and_said(tiny_file: StyleFile) -> None:
    report = bench(tiny_file, Quick(widest_px=100), sizes_hw=[(32, 48), (32, 480)])
    assert [result.width for result in report.results] == [48]
    assert "Too little memory for a width of 480." in report.notes


def test_when_all_are_too_large_it_fails(tiny_file: StyleFile) -> None:
    stylizer = Quick(widest_px=10)
    with pytest.raises(DeviceMemoryError, match="width of 48"):
        bench(tiny_file, stylizer)
    assert stylizer.closed


def test_an_empty_batch_is_refused(tiny_file: StyleFile) -> None:
    with pytest.raises(BackendError, match="at least one"):
        bench(tiny_file, Quick(), batch=0)


def test_repeats_for_the_time_given_but_a_few_times_at_least() -> None:
    ticks = itertools.count()
    assert repeat(lambda: None, 9.0, clock=lambda: next(ticks)) == (9, 9)
    assert repeat(lambda: None, 0.0, clock=lambda: 0.0) == (5, 0.0)


def test_the_real_stylizer(tiny_file: StyleFile, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    report = run_bench(tiny_file, LOOK, sizes_hw=[(24, 36)], device="cpu", seconds=0, live_seconds=0)
    assert report.results[0].backend == "openvino"
    assert list(report.results[0].stages) == ["source", "network", "steady", "depth", "compose", "encode"]


def test_the_live_loop_is_measured_where_that_is_asked(tiny_file: StyleFile) -> None:
    class Remembering(Quick):
        def stylize(self, images: Images, code: Code) -> Images:
            return images.copy()

    report = bench(tiny_file, Remembering(), live_seconds=0.01)
    (result,) = json.loads(json.dumps(report.to_dict()))["results"]
    assert 0 < result["live"]["painted_fps"] <= result["live"]["shown_fps"] < 60
    assert "live, with in-betweens: " in report.to_text()
    assert report.notes == ("auto was asked for.",)
    assert bench(tiny_file, Remembering()).results[0].live is None


def test_what_fails_live_is_said_and_the_rest_stands(tiny_file: StyleFile) -> None:
    opened = 0

    def opener(file: StyleFile, device: str) -> tuple[Stylizer, list[str]]:
        nonlocal opened
        opened += 1
        if opened > 1:
            raise BackendError("The device is busy.")
        return Quick(), []

    report = run_bench(tiny_file, LOOK, sizes_hw=[(32, 48)], seconds=0, live_seconds=0.01, opener=opener)
    assert report.results[0].live is None
    assert report.notes[0].startswith("The device is busy.")


def test_devices_are_compared_and_what_does_not_open_says_why(tiny_file: StyleFile) -> None:
    def no_driver(file: StyleFile) -> Stylizer:
        raise BackendError("There is no driver.")

    quick = Quick()
    backends = {"CUDA": no_driver, "torch": lambda _: quick}
    devices = compare_devices(
        tiny_file, LOOK, (32, 48), seconds=0.0, backends=backends, backends_of={"cuda": ["CUDA"], "cpu": ["torch"]}
    )
    cuda, cpu = devices
    assert (cuda.device, cuda.fps, cuda.refusal) == ("cuda", None, "There is no driver.")
    assert (cpu.device, cpu.backend, cpu.dtype, cpu.width, cpu.height) == ("cpu", "torch", "float32", 48, 32)
    assert cpu.fps > 0
    assert quick.closed
    text = replace(bench(tiny_file, Quick()), devices=devices).to_text()
    assert "--device cuda: CUDA: There is no driver." in text
    assert "--device cpu: torch in float32" in text
