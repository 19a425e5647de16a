"""The process that paints, in the place of which short programs stand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livestyle.gui import queue_painter
from livestyle.gui.queue_painter import QueuePainter
from livestyle.jobs.job import ClipJob, How
from livestyle.look import Look

JOB = ClipJob(Path("a.mp4"), Path("b.mp4"), How(Look((("wild", 1.0),))))
PAINTS = """
import json, sys
for line in sys.stdin:
    target = json.loads(line)["target"]
    print(json.dumps({"done": 1, "total": 2}), flush=True)
    print(json.dumps({"frames": 2, "error": None, "warnings": [target]}), flush=True)
"""
CRASHES = "import sys; sys.stdin.readline(); print('a codec has crashed', file=sys.stderr); sys.exit(3)"
HANGS = 'import sys; sys.stdin.readline(); print(\'{"done": 1, "total": 2}\', flush=True); sys.stdin.read()'


@pytest.fixture
def paint_with(qapp, monkeypatch: pytest.MonkeyPatch):
    made: list[QueuePainter] = []

    def make(program: str) -> QueuePainter:
        monkeypatch.setattr(queue_painter, "PROGRAM", [sys.executable, "-c", program])
        made.append(QueuePainter())
        return made[-1]

    yield make
    for painter in made:
        painter.stop()


def test_jobs_go_in_and_what_comes_of_them_comes_out(paint_with, qtbot) -> None:
    painter = paint_with(PAINTS)
    progress: list[tuple] = []
    painter.progressed.connect(lambda *each: progress.append(each))
    for _ in range(2):
        with qtbot.waitSignal(painter.finished, timeout=20_000) as finished:
            painter.paint(JOB)
        assert finished.args == [2, "", ("b.mp4",)]
    assert progress == [(1, 2), (1, 2)]


def test_a_crash_is_a_sentence_and_the_next_job_is_done(paint_with, qtbot, caplog, monkeypatch) -> None:
    painter = paint_with(CRASHES)
    with qtbot.waitSignal(painter.finished, timeout=20_000) as finished:
        painter.paint(JOB)
    assert finished.args[:2] == [0, "Painting the video failed: see the log."]
    assert "a codec has crashed" in caplog.text
    monkeypatch.setattr(queue_painter, "PROGRAM", [sys.executable, "-c", PAINTS])
    with qtbot.waitSignal(painter.finished, timeout=20_000) as finished:
        painter.paint(JOB)
    assert finished.args[0] == 2


def test_a_program_that_is_missing_is_a_sentence(paint_with, qtbot, monkeypatch) -> None:
    painter = paint_with("")
    monkeypatch.setattr(queue_painter, "PROGRAM", ["/nowhere/python"])
    with qtbot.waitSignal(painter.finished) as finished:
        painter.paint(JOB)
    assert finished.args[1] == "Painting the video failed: see the log."


def test_what_is_stopped_says_nothing_more(paint_with, qtbot) -> None:
    painter = paint_with(HANGS)
    ends: list[object] = []
    painter.finished.connect(lambda *each: ends.append(each))
    with qtbot.waitSignal(painter.progressed, timeout=20_000):
        painter.paint(JOB)
    painter.stop()
    qtbot.wait(50)
    assert ends == []
