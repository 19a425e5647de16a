from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from livestyle import doctor
from livestyle.doctor import PAINTING, Examination, Finding

Run = Callable[..., tuple[int, str, str]]


def finds(works: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Examination({PAINTING: (Finding("torch", works, "float32"),)})
    monkeypatch.setattr(doctor, "examine", lambda: found)


def test_a_machine_that_paints(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(True, monkeypatch)
    assert run("doctor") == (0, "painting\n  ok  torch  float32\n\nNothing is missing.\n", "")
    code, out, _ = run("doctor", "--json")
    assert code == 0
    assert json.loads(out)["paints"] is True


def test_one_that_does_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(False, monkeypatch)
    code, out, _ = run("doctor", "--json")
    assert code == 2
    assert json.loads(out)["paints"] is False
