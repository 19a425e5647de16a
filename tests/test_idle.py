from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from livestyle import idle


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    started: list[tuple[list[str], dict[str, Any]]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda words, **how: started.append((words, how)))
    return started


def test_a_module_is_run_on_one_core_and_talks_only_if_asked(started) -> None:
    idle.start("some.module", "one")
    idle.start("some.module", talks=True)
    (silent, how), (_, talking) = started
    assert silent == [sys.executable, "-m", "some.module", "one"]
    assert how["env"]["OMP_NUM_THREADS"] == "1"
    assert {how[pipe] for pipe in ("stdin", "stdout", "stderr")} == {subprocess.DEVNULL}
    assert {talking[pipe] for pipe in ("stdin", "stdout", "stderr")} == {subprocess.PIPE}


def test_it_stands_back_as_far_as_the_system_lets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []

    def refuse(*how: object) -> None:
        said.append(how)
        raise OSError

    monkeypatch.setattr(os, "nice", said.append, raising=False)
    monkeypatch.setattr(os, "sched_setscheduler", refuse, raising=False)
    idle.stand_back()
    assert said[0] == 19
    idle.take_less()
    assert 0 < idle.NICE == said[-1] < 10


def test_a_program_in_one_file_has_no_python_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert idle.can_start()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not idle.can_start()
