"""Which precision OpenVINO computes in; what it paints, test_backends.py says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from livestyle.styles.file import StyleFile
from livestyle.stylizer import likeness, openvino_backend
from livestyle.stylizer.openvino_backend import OpenVinoStylizer, quickest_of

FASTEST_PRECISION = OpenVinoStylizer._fastest_precision


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
    """Stands for the trials, which the last rival wins; and asks for them, as outside of tests."""
    won = Mock(side_effect=lambda painters: list(painters)[-1])
    monkeypatch.setattr(openvino_backend, "quickest_of", won)
    monkeypatch.setattr(openvino_backend, "TRIED_HW", (32, 32))
    monkeypatch.setattr(OpenVinoStylizer, "_fastest_precision", FASTEST_PRECISION)
    return won


@pytest.fixture
def able_file(tiny_file: StyleFile) -> StyleFile:
    """Has a range for eight bits."""
    return replace(tiny_file, ranges={"up": np.float32([-9, 9])})


def alike(monkeypatch: pytest.MonkeyPatch, db: float) -> Mock:
    """Eight bits paint what float32 does, to so many dB."""
    judge = Mock(return_value=db)
    monkeypatch.setattr(openvino_backend, "likeness_db", judge)
    return judge


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


def test_eight_bits_are_tried_where_the_file_has_ranges(
    able_file: StyleFile, trials: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "FP32", "BF16")
    judge = alike(monkeypatch, 35.0)
    assert precision_of(able_file) == "int8"
    assert list(trials.call_args.args[0]) == ["f32", "bf16", "int8"]
    assert precision_of(able_file) == "int8"
    judge.assert_called_once()


def test_eight_bits_that_paint_otherwise_are_out(
    able_file: StyleFile, trials: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "FP32")
    judge = alike(monkeypatch, 34.9)
    assert precision_of(able_file) == precision_of(able_file) == "float32"
    judge.assert_called_once()


def test_other_ranges_are_tried_anew(able_file: StyleFile, trials: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    able(monkeypatch, "FP32")
    alike(monkeypatch, 50)
    precision_of(able_file)
    precision_of(replace(able_file, ranges={"up": np.float32([-8, 8])}))
    assert trials.call_count == 2


def test_a_damaged_memory_is_made_anew(
    tiny_file: StyleFile, trials: Mock, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "FP32", "BF16")
    precision_of(tiny_file)
    (remembered,) = (cache_folder / "models").glob("*-on-*.zip")
    remembered.write_bytes(b"no zip")
    assert precision_of(tiny_file) == "bfloat16"
    assert trials.call_count == 2


def test_a_real_trial_chooses_one_of_them(able_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenVinoStylizer, "_fastest_precision", FASTEST_PRECISION)
    for module in (openvino_backend, likeness):
        monkeypatch.setattr(module, "TRIED_HW", (32, 32))
    assert precision_of(able_file) in {"float32", "bfloat16", "int8"}
