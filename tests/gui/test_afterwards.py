from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QWidget

from livestyle.errors import LivestyleError
from livestyle.gui import afterwards
from livestyle.gui.afterwards import SLEEP_AFTER_S, AllPainted, Countdown, put_to_sleep, sleep_command
from livestyle.gui.background import Background
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import Entry, Queue
from livestyle.look import Look

DONE = Entry(1, ClipJob(Path("a.mp4"), Path("/out/b.mp4"), How(Look((("wild", 1.0),)))), "done")


class Videos(QObject):
    """A queue that says it is through."""

    painted = pyqtSignal(Path)
    all_painted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue((DONE,))

    def use_afterwards(self, chosen: str) -> None:
        self.queue = replace(self.queue, afterwards=chosen)


class World:
    """What is done in the end."""

    def __init__(self, window: QWidget) -> None:
        self.window, self.videos, self.background = window, Videos(), Background(window)
        self.told: list[str] = []
        self.slept = 0
        self.all_painted = AllPainted(self.videos, self.background, window, self.sleep)
        self.all_painted.told.connect(self.told.append)

    def sleep(self) -> None:
        self.slept += 1

    def end(self, chosen: str) -> None:
        self.videos.use_afterwards(chosen)
        self.videos.painted.emit(Path("/out/b.mp4"))
        self.videos.all_painted.emit()

    @property
    def countdown(self) -> Countdown | None:
        return self.window.findChild(Countdown)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    found: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", found.append)
    return found


@pytest.fixture
def world(qtbot, opened: list[QUrl]) -> World:
    window = QWidget()
    qtbot.addWidget(window)
    world = World(window)
    yield world
    world.background.join(5)


def test_nothing_is_done_where_that_is_chosen(world: World, opened: list[QUrl]) -> None:
    world.end("nothing")
    assert (world.told, opened, world.countdown) == ([], [], None)


def test_the_user_is_told(world: World, opened: list[QUrl]) -> None:
    world.end("notify")
    assert world.told == ["All videos are painted."]
    world.videos.queue = world.videos.queue.with_entry(replace(DONE, number=2, state="failed"))
    world.end("notify")
    assert world.told[1] == "All videos are through; 1 of them could not be painted."
    assert (opened, world.countdown) == ([], None)


def test_the_folder_is_opened(world: World, opened: list[QUrl]) -> None:
    world.end("folder")
    assert opened == [QUrl.fromLocalFile("/out")]


def test_the_computer_sleeps_after_a_countdown_and_only_once(world: World, qtbot) -> None:
    world.end("sleep")
    countdown = world.countdown
    assert countdown.label.text() == f"The computer goes to sleep in {SLEEP_AFTER_S} seconds."
    assert world.videos.queue.afterwards == "notify"
    for _ in range(SLEEP_AFTER_S - 1):
        countdown.tick()
    assert world.slept == 0
    countdown.tick()
    qtbot.waitUntil(lambda: world.slept == 1)


def test_the_countdown_is_stopped(world: World, qtbot) -> None:
    world.end("sleep")
    countdown = world.countdown
    countdown.stay.click()
    assert not countdown._timer.isActive()
    assert world.slept == 0


def test_one_need_not_wait(world: World, qtbot) -> None:
    world.end("sleep")
    world.countdown.now.click()
    qtbot.waitUntil(lambda: world.slept == 1)


def test_every_system_has_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {platform: sleep_command(platform)[0] for platform in ("linux", "darwin", "win32")} == {
        "linux": "systemctl",
        "darwin": "pmset",
        "win32": "rundll32.exe",
    }

    def refuse(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "systemctl")

    monkeypatch.setattr(afterwards.subprocess, "run", refuse)
    with pytest.raises(LivestyleError, match="can't be put to sleep"):
        put_to_sleep()
