from __future__ import annotations

import queue
from collections.abc import Callable
from threading import Event

import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.live.message import Picture, Written
from livestyle.live.sink_thread import SinkThread
from livestyle.sinks.sink import FrameSink, Wants
from livestyle.sound import Sound

LONG_S = 20.0


class Sink(FrameSink):
    """Fails at one of its steps, if asked to."""

    name = "a list"

    def __init__(self, fail_at: str = "", error: Exception | None = None) -> None:
        self.steps: list[str] = []
        self.times_s: list[float] = []
        self._fail_at, self._error = fail_at, error

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name == self._fail_at and self._error is not None:
            raise self._error

    def open(self) -> None:
        self._step("open")

    def write(self, frame: Frame) -> None:
        self.times_s.append(frame.time_s)
        self._step("write")

    def close(self, *, completed: bool = True) -> None:
        self._step(f"close {completed}")


def picture(time_s: float, *, is_painted: bool = True, age: int = 0) -> Picture:
    image = np.zeros((2, 2, 3), np.uint8)
    return Picture(Frame(image, time_s, 0), image, is_painted, age)


@pytest.fixture
def run() -> Callable[..., SinkError | None]:
    """Hands a picture to a sink, and returns how it ended."""

    def run(sink: Sink) -> SinkError | None:
        ends: queue.Queue[SinkError | None] = queue.Queue()
        thread = SinkThread(sink, lambda error, _: ends.put(error))
        thread.put(picture(1.0))
        thread.start()
        thread.finish()
        end = ends.get(timeout=LONG_S)
        assert thread.join(LONG_S)
        assert ends.empty()
        return end

    return run


def test_what_was_handed_over_before_the_end_is_written(run) -> None:
    sink = Sink()
    assert run(sink) is None
    assert sink.steps == ["open", "write", "close True"]


def test_of_two_frames_with_one_time_the_first_is_written() -> None:
    written: queue.Queue[float] = queue.Queue()

    class Telling(Sink):
        def write(self, frame: Frame) -> None:
            super().write(frame)
            written.put(frame.time_s)

    sink, ends = Telling(), queue.Queue()
    thread = SinkThread(sink, lambda error, written: ends.put((error, written)))
    thread.start()
    thread.put(picture(1.0))
    assert written.get(timeout=LONG_S) == 1.0
    thread.put(picture(1.0))
    thread.finish()
    assert ends.get(timeout=LONG_S) == (None, Written(painted=1))
    assert sink.times_s == [1.0]


def test_what_was_painted_and_what_was_moved_is_counted() -> None:
    written = Written()
    for each in (picture(1), picture(2, age=1), picture(3, age=2), picture(4), picture(5, is_painted=False)):
        written = written.plus(each)
    assert written == Written(painted=2, moved=2, unpainted=1)


@pytest.mark.parametrize(
    ("fail_at", "steps"),
    [
        ("open", ["open"]),
        ("write", ["open", "write", "close False"]),
        ("close True", ["open", "write", "close True"]),
    ],
)
@pytest.mark.parametrize("error", [SinkError("The disk is full."), ArithmeticError("a bug")])
def test_a_sink_that_fails_ends_with_a_sentence(run, caplog, fail_at, steps, error) -> None:
    sink = Sink(fail_at, error)
    end = run(sink)
    assert isinstance(end, SinkError)
    assert sink.steps == steps
    if isinstance(error, SinkError):
        assert end is error
    else:
        assert str(end).startswith("Writing failed: see ")
        assert "a bug" in caplog.text


def test_a_sink_that_has_ended_takes_no_more_and_holds_up_nobody() -> None:
    sink, ends = Sink("write", SinkError("The disk is full.")), queue.Queue()
    thread = SinkThread(sink, lambda *end: ends.put(end))
    thread.start()
    thread.put(picture(1.0))
    assert ends.get(timeout=LONG_S)[1] == Written()
    thread.put(picture(2.0))
    assert thread.join(LONG_S)
    assert sink.times_s == [1.0]


class Even(Sink):
    """Wants pictures of one size at even times, and sound; ends its thread after some."""

    def __init__(self, count: int, wants: Wants) -> None:
        super().__init__()
        self.wants = wants
        self.frames: list[Frame] = []
        self.sounds: list[Sound] = []
        self.count, self.is_full = count, Event()

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)
        if len(self.frames) == self.count:
            self.is_full.set()

    def hear(self, sound: Sound) -> None:
        self.sounds.append(sound)


def test_a_picture_is_repeated_at_even_times_and_letterboxed() -> None:
    sink, ends = Even(5, Wants((8, 8), rate_fps=500.0)), queue.Queue()
    thread = SinkThread(sink, lambda error, written: ends.put((error, written)))
    thread.start()
    image = np.full((2, 4, 3), 200, np.uint8)
    thread.put(Picture(Frame(image, 3.0, 7), image, is_painted=True))
    assert sink.is_full.wait(LONG_S)
    thread.finish()
    assert ends.get(timeout=LONG_S) == (None, Written(painted=1))
    times_s = [frame.time_s for frame in sink.frames]
    assert times_s[0] == 3.0
    assert times_s == sorted(set(times_s))
    for frame in sink.frames:
        assert frame.image.shape == (8, 8, 3)
        assert (frame.image[2:6] == 200).all()
        assert not frame.image[:2].any()
        assert not frame.image[6:].any()


def test_a_newer_picture_takes_the_place_of_the_repeated_one_with_a_later_time() -> None:
    sink, ends = Even(3, Wants(rate_fps=500.0)), queue.Queue()
    thread = SinkThread(sink, lambda error, written: ends.put((error, written)))
    thread.start()
    thread.put(picture(1.0))
    assert sink.is_full.wait(LONG_S)
    sink.is_full.clear()
    sink.count = len(sink.frames) + 3
    thread.put(picture(1.0001, age=1))
    assert sink.is_full.wait(LONG_S)
    thread.finish()
    error, written = ends.get(timeout=LONG_S)
    assert error is None
    assert written == Written(painted=1, moved=1)
    times_s = [frame.time_s for frame in sink.frames]
    assert times_s == sorted(set(times_s))


def test_sound_goes_to_who_wants_it_in_order() -> None:
    sounds = [Sound(np.zeros((480, 2), np.float32), n / 100) for n in range(3)]
    for wants in (Wants(sound=True), Wants()):
        sink, ends = Even(1, wants), queue.Queue()
        thread = SinkThread(sink, lambda *end, ends=ends: ends.put(end))
        for sound in sounds:
            thread.hear(sound)
        thread.put(picture(1.0))
        thread.start()
        assert sink.is_full.wait(LONG_S)
        thread.finish()
        assert ends.get(timeout=LONG_S) == (None, Written(painted=1))
        assert sink.sounds == (sounds if wants.sound else [])
