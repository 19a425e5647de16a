from __future__ import annotations

import pytest

from livestyle.gui import preparer as module
from livestyle.gui.background import Background
from livestyle.gui.preparer import Preparer


class FakeProcess:
    is_killed = is_waited_for = False

    def kill(self) -> None:
        self.is_killed = True

    def wait(self) -> None:
        self.is_waited_for = True


class Desk:
    def __init__(self, process: FakeProcess | None) -> None:
        self.is_painted, self.started, self.background = False, 0, Background()
        self.process = process
        self.preparer = Preparer(self.background, lambda: self.is_painted, self.start)

    def start(self) -> FakeProcess | None:
        self.started += 1
        return self.process


@pytest.fixture(autouse=True)
def _soon(qapp, monkeypatch) -> None:
    monkeypatch.setattr(module, "AFTER_MS", 1)


def test_nothing_is_begun_before_the_first_painting_and_then_once(qtbot) -> None:
    desk = Desk(FakeProcess())
    desk.preparer.start()
    with qtbot.waitSignal(desk.preparer._timer.timeout):
        pass
    assert desk.started == 0
    desk.is_painted = True
    qtbot.waitUntil(lambda: desk.preparer._process is desk.process)
    assert desk.started == 1
    assert not desk.preparer._timer.isActive()
    desk.preparer.stop()
    assert desk.process.is_killed
    assert desk.process.is_waited_for


def test_where_nothing_is_to_be_done_nothing_is_ended(qtbot) -> None:
    desk = Desk(None)
    desk.is_painted = True
    desk.preparer.start()
    qtbot.waitUntil(lambda: desk.started == 1)
    desk.background.join(10.0)
    desk.preparer.stop()


def test_a_process_that_comes_after_the_end_is_ended(qtbot) -> None:
    desk = Desk(FakeProcess())
    desk.preparer.stop()
    desk.preparer._have(desk.process)
    assert desk.process.is_killed
