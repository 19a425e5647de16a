from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from livestyle import bench
from livestyle.stylizer import fastest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _short(backends: None, monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = partial(bench.run_bench, seconds=0.0, live_seconds=0.0, opener=fastest.open_stylizer)
    monkeypatch.setattr(bench, "run_bench", shorter)


def test_bench_as_json(run: Run) -> None:
    code, out, err = run("bench", "--size", "64x48", "--device", "cpu", "--json")
    assert code == 0, err
    (result,) = json.loads(out)["results"]
    assert (result["width"], result["height"], result["batch"]) == (64, 48, 1)
    assert result["fps"] > 0
    assert {"p50_ms", "p95_ms", "p99_ms"} <= set(result["stages"]["network"])


@pytest.mark.usefixtures("predictor")
def test_bench_of_a_picture_as_a_table(run: Run, photo: Path) -> None:
    code, out, err = run("bench", "--size", "64x48", "--style", str(photo), "--steady", "0")
    assert code == 0, err
    assert "64x48" in out
    assert "steady" not in out


def test_bench_compares_what_there_is_to_compute(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def compare(file: object, look: object, size_hw: tuple[int, int]) -> tuple[bench.DeviceResult, ...]:
        return (bench.DeviceResult("cpu", "torch", size_hw[1], size_hw[0], "float32", 12.3),)

    monkeypatch.setattr(bench, "compare_devices", compare)
    code, out, err = run("bench", "--size", "64x48", "--compare")
    assert code == 0, err
    assert "12.3  --device cpu: torch in float32" in out
    code, out, err = run("bench", "--size", "64x48", "--compare", "--json")
    assert json.loads(out)["devices"][0]["backend"] == "torch"
