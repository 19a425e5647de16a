from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from livestyle.bench import BenchReport, repeat, run_bench
from livestyle.errors import BackendError, DeviceMemoryError
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


CODE = np.zeros(3, np.float32)


def bench(file: StyleFile, stylizer: Quick, **options: object) -> BenchReport:
    options = {"sizes_hw": [(32, 48)], "seconds": 0.0} | options
    return run_bench(file, CODE, opener=lambda _, device: (stylizer, [f"{device} was asked for."]), **options)  # type: ignore[arg-type]


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
    lively, steady = (bench(tiny_file, Flickering(), sizes_hw=size_hw, steady=s).results[0] for s in (0.0, 0.5))
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
    report = run_bench(tiny_file, tiny_file.identity, sizes_hw=[(24, 36)], device="cpu", seconds=0)
    assert report.results[0].backend == "openvino"
    assert list(report.results[0].stages) == ["source", "network", "steady", "depth", "compose", "encode"]
