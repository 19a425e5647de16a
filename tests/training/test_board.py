from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path

import pytest

from livestyle.training import board as module
from livestyle.training.board import board


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was asked to open."""
    urls: list[str] = []
    monkeypatch.setattr(webbrowser, "open", urls.append)
    monkeypatch.setattr(module, "_has_screen", lambda: True)
    return urls


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """In place of TensorBoard, which takes seconds to come up: a program to be written."""
    script = tmp_path / "fake.py"
    real = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **more: real([sys.executable, str(script), command[-1]], **more)
    )
    return script


def wait_for(said: list[str] | None, capsys: pytest.CaptureFixture[str], text: str) -> str:
    """What was printed, as soon as the text is in it."""
    printed = ""
    end = time.monotonic() + 8
    while time.monotonic() < end:
        printed += capsys.readouterr().err
        if text in printed and said is not None:
            return printed
        time.sleep(0.02)
    raise AssertionError(printed)


def test_the_address_is_printed_and_opened_and_the_page_ends_with_the_run(
    fake: Path, opened: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.write_text(
        "import pathlib, sys\nprint('http://localhost:6/', flush=True)\nsys.stdin.read()\n"
        "pathlib.Path(sys.argv[1], 'ended').touch()\n"
    )
    with board(tmp_path):
        wait_for(opened, capsys, "Watch the training at http://localhost:6/")
        assert not (tmp_path / "ended").exists()
    assert (tmp_path / "ended").exists()
    assert opened == ["http://localhost:6/"]


@pytest.mark.parametrize(
    ("program", "reason"),
    [("print('TensorBoard is not installed')", "TensorBoard is not installed"), ("raise SystemExit(1)", "ended")],
)
def test_a_page_that_fails_is_a_sentence_and_training_goes_on(
    fake: Path, opened: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], program: str, reason: str
) -> None:
    fake.write_text(program)
    with board(tmp_path):
        assert reason in wait_for(opened, capsys, "training goes on without it")
    assert opened == []


def test_a_page_that_does_not_end_is_ended(
    fake: Path, opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_S", 0.1)
    fake.write_text("import time\ntime.sleep(60)\n")
    start = time.monotonic()
    with board(tmp_path):
        pass
    assert time.monotonic() - start < 5
    assert opened == []


def test_nobody_asked_for_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with board(tmp_path, wanted=False):
        pass


def test_an_error_of_the_run_comes_through(fake: Path, opened: list[str], tmp_path: Path) -> None:
    fake.write_text("input()")
    with pytest.raises(KeyboardInterrupt), board(tmp_path):
        raise KeyboardInterrupt


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_tensorboard_serves_the_folder_and_minds_no_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "livestyle.training.board", str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        line = server.stdout.readline().strip()
        assert re.fullmatch(r"http://localhost:\d+/", line)
        os.kill(server.pid, signal.SIGINT)
        with urllib.request.urlopen(line, timeout=5) as answer:
            assert b"TensorBoard" in answer.read()
        server.stdin.close()
        assert server.wait(5) == 0
