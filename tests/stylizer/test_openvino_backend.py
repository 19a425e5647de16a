"""Which precision OpenVINO computes in; what it paints, test_backends.py says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from livestyle.styles.file import StyleFile
from livestyle.stylizer import openvino_backend
from livestyle.stylizer.openvino_backend import OpenVinoStylizer, quickest_of

FASTER_PRECISION = OpenVinoStylizer._faster_precision


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def trial(self, *takes_s: float) -> Callable[[], None]:
        """Something that takes these times, one after the other."""
        times_s = iter(takes_s)

        def run() -> None:
            self.now_s += next(times_s)

        return run


def test_the_fastest_is_found_among_hiccups() -> None:
    clock = Clock()
    # The first time of each is that of its warm-up.
    trials = {"slow": clock.trial(0, 3, 3, 3), "fast": clock.trial(9, 8, 8, 2)}
    assert quickest_of(trials, clock, rounds=3) == "fast"


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Stands for the trials, which bfloat16 wins; and asks for them, as outside of tests."""
    won = Mock(return_value="bf16")
    monkeypatch.setattr(openvino_backend, "quickest_of", won)
    monkeypatch.setattr(OpenVinoStylizer, "_faster_precision", FASTER_PRECISION)
    monkeypatch.setattr(OpenVinoStylizer, "_trial", lambda self, precision: lambda: None)
    return won


def able(monkeypatch: pytest.MonkeyPatch, *capabilities: str) -> None:
    """A processor that can do these."""

    class Core(openvino_backend.ov.Core):  # type: ignore[misc]
        def get_property(self, device: str, name: str) -> object:
            return list(capabilities) if name == "OPTIMIZATION_CAPABILITIES" else super().get_property(device, name)

    monkeypatch.setattr(openvino_backend.ov, "Core", Core)


def precision_of(file: StyleFile) -> str:
    with OpenVinoStylizer(file) as stylizer:
        return stylizer.info.dtype


def test_what_wins_is_taken_and_remembered(tiny_file: StyleFile, trials: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    able(monkeypatch, "FP32", "BF16")
    assert precision_of(tiny_file) == "bfloat16"
    assert precision_of(tiny_file) == "bfloat16"
    trials.assert_called_once()


def test_where_there_is_no_choice_nothing_is_tried(
    tiny_file: StyleFile, trials: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "FP32", "INT8")
    assert precision_of(tiny_file) == "float32"
    trials.assert_not_called()


def test_a_damaged_memory_is_made_anew(
    tiny_file: StyleFile, trials: Mock, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "FP32", "BF16")
    precision_of(tiny_file)
    (remembered,) = (cache_folder / "models").glob("*-on-*.zip")
    remembered.write_bytes(b"no zip")
    assert precision_of(tiny_file) == "bfloat16"
    assert trials.call_count == 2


def test_a_real_trial_chooses_one_of_both(tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenVinoStylizer, "_faster_precision", FASTER_PRECISION)
    monkeypatch.setattr(openvino_backend, "TRIAL_HW", (32, 32))
    assert precision_of(tiny_file) in {"bfloat16", "float32"}
