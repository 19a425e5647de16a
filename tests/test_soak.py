"""What the soak makes of its figures."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def soak() -> ModuleType:
    path = Path(__file__).parents[1] / "scripts" / "soak.py"
    spec = importlib.util.spec_from_file_location("soak", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["soak"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_slope_is_found_beneath_noise_and_leaps(soak: ModuleType) -> None:
    rng = np.random.default_rng(0)
    hours = (np.arange(30) + 0.5) / 60
    mb = 400 + 12 * hours + rng.normal(0, 0.3, 30)
    mb[[4, 17]] += 60
    middle, low, high = soak.slope(list(zip(hours, mb, strict=True)))
    assert middle == pytest.approx(12, abs=1.5)
    assert low < 12 < high
    assert high - low < 5


def test_of_flat_memory_the_interval_holds_nothing_in_nineteen_of_twenty(soak: ModuleType) -> None:
    rng = np.random.default_rng(1)
    hours = (np.arange(20) + 0.5) / 60
    hit = 0
    for _ in range(200):
        _, low, high = soak.slope(list(zip(hours, rng.normal(400, 5, 20), strict=True)))
        hit += low <= 0 <= high
    assert 180 <= hit <= 199


def test_memory_is_the_median_of_each_whole_round(soak: ModuleType) -> None:
    samples = [
        soak.Sample(float(second), 500.0 if second % 10 == 0 else 400 + second // 60, 9, 0.0) for second in range(150)
    ]
    assert soak.rounds_of(samples) == [(30 / 3600, 400.0), (90 / 3600, 401.0)]


@pytest.mark.parametrize(
    ("creep_mb_h", "gui_share", "fine"), [(0.0, 0.02, True), (50.0, 0.02, False), (0.0, 0.2, False), (1.02, 0.02, True)]
)
def test_what_is_above_a_limit_is_told(soak: ModuleType, tmp_path: Path, capsys, creep_mb_h, gui_share, fine) -> None:
    played = soak.Soak(tmp_path, 30.0, "demo", 0)
    rng = np.random.default_rng(2)
    noise = np.repeat(rng.normal(0, 0.5, 31), 60)
    played.samples += [
        soak.Sample(float(s), 400 + creep_mb_h * s / 3600 + noise[s], 9, gui_share * s) for s in range(30 * 60)
    ]
    assert soak.report(played, soak.Errors(), 1.0, 0.05) is fine
    told = capsys.readouterr().out
    assert f"{gui_share:.1%} of a core" in told
    assert ("can't be told" in told) == (creep_mb_h < 10)


def test_an_error_and_a_show_that_stands_still_fail(soak: ModuleType, tmp_path: Path) -> None:
    samples = [soak.Sample(float(second), 400.0, 9, 0.0) for second in range(60)]
    played, errors = soak.Soak(tmp_path, 1.0, "demo", 0, samples=samples), soak.Errors()
    assert soak.report(played, errors, 1.0, 0.05)
    played.is_stuck = True
    assert not soak.report(played, errors, 1.0, 0.05)
    played.is_stuck = False
    errors.texts.append("That failed")
    assert not soak.report(played, errors, 1.0, 0.05)
