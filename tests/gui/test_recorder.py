"""The recorder, on a show and in a background whose every step a test decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.gui import outputs
from livestyle.gui.background import Background
from livestyle.gui.recorder import Recorder
from livestyle.listening.microphone import Microphone
from livestyle.live.message import Picture, Stats, Written
from livestyle.settings import Settings
from livestyle.sinks.sink import NullSink

PHOTO = np.zeros((48, 64, 3), np.uint8)


class Show(QObject):
    """Notes which sinks are added and removed; the test says when one has ended."""

    sink_ended = pyqtSignal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.newest: Picture | None = Picture(Frame(PHOTO, 0.0, 0), PHOTO, is_painted=True)
        self.shown_fps = 24.0
        self.asked: list[tuple[str, NullSink]] = []

    def stats(self) -> Stats:
        return Stats(30.0, self.shown_fps, self.shown_fps, 0, 1.0, 2.0, {}, None)

    def add_sink(self, sink: NullSink) -> None:
        self.asked.append(("add", sink))

    def remove_sink(self, sink: NullSink) -> None:
        self.asked.append(("remove", sink))


class LaterBackground(Background):
    """Does its work when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []

    def _start(self, do: Callable[[], None]) -> None:
        self.waiting.append(do)

    def work(self) -> None:
        self.waiting.pop(0)()


class Setup:
    def __init__(self, folder: Path) -> None:
        self.now_s = 100.0
        self.show, self.background = Show(), LaterBackground()
        self.settings, self.sound = Settings(), None
        self.recorder = Recorder(
            self.show, self.background, lambda: self.settings, lambda: self.sound, clock=lambda: self.now_s
        )
        self.made: list[Path] = []
        self.recorder.made.connect(self.made.append)
        self.told: list[str] = []
        self.changes: list[bool] = []
        self.background.failed.connect(self.told.append)
        self.recorder.told.connect(self.told.append)
        self.recorder.changed.connect(lambda: self.changes.append(self.is_recording))
        self.path, self.sink = folder / "show.mp4", NullSink()
        self.sinks: list[tuple] = []
        self.error: Exception | None = None

    @property
    def is_recording(self) -> bool:
        return self.recorder.elapsed_s is not None

    def recording_sink(self, *args) -> tuple[Path, NullSink]:
        if self.error is not None:
            raise self.error
        self.sinks.append(args)
        return self.path, self.sink

    def begin(self) -> None:
        self.recorder.toggle("calm")
        self.background.work()


@pytest.fixture
def setup(qapp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Setup:
    setup = Setup(tmp_path)
    monkeypatch.setattr(outputs, "recording_sink", setup.recording_sink)
    return setup


def test_a_recording_from_the_click_to_the_file(setup) -> None:
    setup.recorder.toggle("calm")
    setup.now_s += 2
    assert setup.recorder.elapsed_s == 2  # it counts from the click
    setup.background.work()
    ((style, _, *rest),) = setup.sinks
    assert (style, *rest) == ("calm", (48, 64), 24.0, None, False)
    assert setup.show.asked == [("add", setup.sink)]
    setup.recorder.toggle("wild")
    assert not setup.is_recording
    assert setup.show.asked == [("add", setup.sink), ("remove", setup.sink)]
    setup.path.write_bytes(b"a video")
    setup.show.sink_ended.emit(setup.sink, None, Written(9))
    assert setup.told == [f"Recorded to {setup.path}"]
    assert setup.made == [setup.path]
    assert setup.changes == [True, False, False]


def test_it_is_said_how_many_pictures_were_painted_and_how_many_moved(setup) -> None:
    setup.recorder.toggle("calm")
    setup.background.work()
    setup.path.write_bytes(b"a video")
    setup.show.sink_ended.emit(setup.sink, None, Written(painted=12, moved=30))
    assert setup.told == [f"Recorded to {setup.path}: 12 pictures painted, 30 moved along"]


def test_without_a_picture_there_is_nothing_to_record(setup) -> None:
    setup.show.newest = None
    setup.recorder.toggle("calm")
    assert setup.told == ["There is no picture to record yet."]
    assert setup.changes == [False]  # the button, which the click has pressed, comes up again
    assert setup.background.waiting == []


def test_a_rate_that_is_not_known_yet_is_taken_for_the_usual_one(setup) -> None:
    setup.show.shown_fps = 0.0
    setup.begin()
    assert setup.sinks[0][3] == 30.0


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (SinkError("The disk is full: free some space."), "The disk is full: free some space."),
        (ImportError("no encoder"), "Recording failed: see the log."),
    ],
)
def test_a_sink_that_can_not_be_made_is_told_and_the_next_try_works(setup, error, sentence) -> None:
    setup.error = error
    setup.begin()
    assert setup.told == [sentence]
    assert not setup.is_recording
    assert setup.changes[-1] is False
    setup.error = None
    setup.begin()
    assert setup.is_recording
    assert setup.show.asked == [("add", setup.sink)]


def test_a_sink_that_fails_ends_the_recording_and_the_next_try_works(setup) -> None:
    setup.begin()
    setup.show.sink_ended.emit(setup.sink, SinkError("The disk is full: free some space."), Written())
    assert not setup.is_recording
    assert setup.told == []  # the show has said why
    setup.begin()
    assert setup.is_recording


def test_one_that_is_stopped_before_its_sink_is_made_never_opens_it(setup) -> None:
    setup.recorder.toggle("calm")
    setup.recorder.toggle("calm")
    setup.background.work()
    assert setup.show.asked == []
    setup.begin()
    assert setup.show.asked == [("add", setup.sink)]


def test_one_that_fails_after_it_was_stopped_does_not_stand_in_the_way(setup) -> None:
    setup.recorder.toggle("calm")
    setup.recorder.toggle("calm")
    setup.error = ArithmeticError()
    setup.background.work()
    setup.error = None
    setup.begin()
    assert setup.is_recording


def test_a_recording_without_a_picture_is_not_said_to_be_there(setup) -> None:
    setup.begin()
    setup.recorder.toggle("calm")
    setup.show.sink_ended.emit(setup.sink, None, Written(9))
    assert setup.told == ["Nothing was recorded."]
    assert setup.made == []


@pytest.mark.parametrize(("lines", "size_hw"), [(None, (96, 128)), (720, (720, 960))])
def test_it_has_the_size_of_the_source_or_the_one_that_is_set(setup, lines: int | None, size_hw) -> None:
    """Whatever size is painted."""
    setup.show.newest = replace(setup.show.newest, source=np.zeros((96, 128, 3), np.uint8))
    setup.settings = Settings(record_lines=lines, folder="/videos")
    setup.begin()
    assert setup.sinks[0][2:] == (size_hw, 24.0, "/videos", False)


@pytest.mark.parametrize(("why_not", "has_sound"), [(None, True), ("film.mp4 has no sound.", False)])
def test_it_has_sound_where_there_is_any(setup, why_not: str | None, has_sound: bool) -> None:
    setup.sound = SimpleNamespace(why_not=lambda: why_not)
    setup.begin()
    assert setup.sinks[0][-1] is has_sound


def test_a_microphone_that_is_missing_may_be_plugged_in_yet(setup, monkeypatch) -> None:
    setup.sound = Microphone("Studio", lambda: 0.0)
    monkeypatch.setattr(Microphone, "why_not", lambda _: "There is no microphone: plug one in.")
    setup.begin()
    assert setup.sinks[0][-1] is True


def test_the_end_of_another_sink_changes_nothing(setup) -> None:
    setup.begin()
    setup.show.sink_ended.emit(NullSink(), None, Written())
    assert setup.is_recording
