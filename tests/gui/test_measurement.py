from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication

from livestyle.bench import BenchReport, BenchResult, LiveRates
from livestyle.gui import measurement
from livestyle.gui.measurement import Measurement, figures
from livestyle.gui.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
STAGES = {name: {"p50_ms": ms} for name, ms in (("source", 5.0), ("network", 30.0), ("steady", 4.4), ("encode", 9.0))}


def result(width: int, height: int, live: LiveRates | None) -> BenchResult:
    return BenchResult(width, height, 1, "torch", "A chip", "float32", 20.0, STAGES, None, live)


REPORT = BenchReport((result(640, 360, LiveRates(12.34, 30.0)), result(1280, 720, None)), {}, {}).to_dict()
FIGURES = "640x360: 12.3 fps, 34 ms a picture\n1280x720: 20.0 fps, 34 ms a picture\nbig on A chip, beside the show"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """What measures, in place of the real thing: code of Python."""

    def use(code: str) -> None:
        path = tmp_path / "program.py"
        path.write_text(code)
        monkeypatch.setattr(measurement, "PROGRAM", [sys.executable, "-S", str(path)])

    return use


@pytest.fixture
def widget(qtbot) -> Measurement:
    widget = Measurement()
    qtbot.addWidget(widget)
    widget.of = lambda: ("big", "cpu")
    widget.show()
    return widget


def test_what_the_command_line_measures_is_told_in_three_lines(qapp) -> None:
    assert figures(json.loads(json.dumps(REPORT)), "big") == FIGURES


def test_the_network_in_use_is_measured_and_the_figures_are_copied(widget: Measurement, program, qtbot) -> None:
    program(f"import sys; assert sys.argv[1:] == '--network big --device cpu'.split(); print({json.dumps(REPORT)!r})")
    assert not widget.copy.isVisible()
    qtbot.mouseClick(widget.button, LEFT)
    assert widget.button.text() == "Stop measuring"
    qtbot.waitUntil(lambda: widget.text.text() == FIGURES)
    assert widget.button.text() == "Measure this computer"
    qtbot.mouseClick(widget.copy, LEFT)
    assert QGuiApplication.clipboard().text() == FIGURES


@pytest.mark.parametrize("code", ["raise SystemExit('There is no such device.')", "print('no figures')"])
def test_what_fails_is_told(widget: Measurement, program, qtbot, code: str) -> None:
    program(code)
    qtbot.mouseClick(widget.button, LEFT)
    qtbot.waitUntil(lambda: widget.text.text().startswith("Measuring this computer failed"))


def test_a_program_that_is_not_there_is_told(widget: Measurement, monkeypatch, qtbot, tmp_path: Path) -> None:
    monkeypatch.setattr(measurement, "PROGRAM", [str(tmp_path / "missing")])
    qtbot.mouseClick(widget.button, LEFT)
    qtbot.waitUntil(lambda: widget.text.text().startswith("Measuring this computer failed"))


def test_it_is_given_up_by_the_same_button(widget: Measurement, program, qtbot) -> None:
    program("input()")
    qtbot.mouseClick(widget.button, LEFT)
    process = widget._process
    qtbot.waitUntil(lambda: process.processId() > 0)
    qtbot.mouseClick(widget.button, LEFT)
    assert process.state() == process.ProcessState.NotRunning
    assert (widget.button.text(), widget.text.text()) == ("Measure this computer", "")


def test_a_window_that_closes_measures_no_more(window: MainWindow, program, qtbot) -> None:
    program("input()")
    measures = window.panel.details.measurement
    assert measures.of() == (window.model.file.name, "auto")
    measures.toggle()
    process = measures._process
    qtbot.waitUntil(lambda: process.processId() > 0)
    window.close()
    assert process.state() == process.ProcessState.NotRunning
