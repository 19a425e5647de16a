"""A show whose painter takes three frames' time: the test decides when a frame comes and when a painting is done."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.frame import Frame
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Picture
from livestyle.live.pipeline import Live
from livestyle.sinks.sink import FrameSink

SETTLED = 30
"""After so many frames it is known how long a painting takes."""


class ListSink(FrameSink):
    name = "a list"

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def open(self) -> None:
        pass

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def close(self, *, completed: bool = True) -> None:
        pass


class SlowShow:
    def __init__(self, controls: Controls, workshop, audience, source) -> None:
        self.now_s = 0.0
        self.live = Live(controls, workshop, tell=audience.tell, clock=lambda: self.now_s)
        self.pictures: list[Picture] = []
        self.paintings = threading.Semaphore(0)
        self.audience, self.workshop, self.source = audience, workshop, source
        audience.live = self.live
        self.live.subscribe(audience.on_picture)
        self.live.subscribe(lambda: self.pictures.append(self.live.newest))

    def begin(self) -> None:
        """Shows frame 0, painted; from now on the painter waits."""
        self.live.use_source(lambda: self.source)
        self.source.push(0)
        self.audience.wait_for_value(100)
        self.stylizer = self.workshop.stylizers[-1]
        self.stylizer._step = self.paintings.acquire

    def run(self, frames: int) -> list[Picture]:
        """So many frames more, and a painting for every third; returns what was shown meanwhile."""
        before = len(self.pictures)
        for _ in range(frames):
            self.now_s += 1 / 30
            count = self.live._count
            self.source.push(count % 50)
            self.audience.wait_until(lambda count=count: self.live._count == count + 1)
            if count % 3 == 0:
                painted = len(self.stylizer.codes)
                self.paintings.release()
                self.audience.wait_until(lambda painted=painted: len(self.stylizer.codes) > painted)
        return self.pictures[before:]

    def shows(self, index: int) -> bool:
        return bool(self.pictures) and self.pictures[-1].frame.index >= index


@pytest.fixture
def show(controls, workshop, audience, source) -> Iterator[SlowShow]:
    show = SlowShow(controls, workshop, audience, source)
    with show.live:
        show.begin()
        yield show
        show.paintings.release(1000)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


def test_between_paintings_every_frame_is_shown_moved_along(show) -> None:
    sink = ListSink()
    show.live.add_sink(sink)
    show.run(SETTLED)
    show.run(30)
    show.audience.wait_until(lambda: show.shows(55))
    pictures = [picture for picture in show.pictures if picture.frame.index >= SETTLED]
    indices = [picture.frame.index for picture in pictures]
    assert indices == sorted(set(indices))
    assert len(indices) > 15  # of 26: on a busy machine some come too late for their turn
    assert all(picture.is_painted for picture in pictures)
    assert sum(picture.is_moved for picture in pictures) > len(pictures) / 3
    for picture in pictures:
        assert (picture.photo == picture.frame.index % 50).all()
    stats = show.live.stats()
    assert stats.painted_fps == pytest.approx(10, abs=1)
    assert stats.shown_fps > 1.2 * stats.painted_fps
    show.audience.wait_until(lambda: len(sink.frames) > 20)


def test_without_in_betweens_paintings_are_shown_as_they_come(show, controls) -> None:
    show.live.use_controls(dataclasses.replace(controls, inbetweens=False))
    show.run(3)
    shown = show.run(SETTLED)
    assert shown
    assert not any(picture.is_moved for picture in shown)


def test_they_can_be_switched_off_and_on_while_the_show_runs(show, controls) -> None:
    show.run(SETTLED)
    show.live.use_controls(dataclasses.replace(controls, inbetweens=False))
    show.run(9)
    assert not any(picture.is_moved for picture in show.run(9))
    show.live.use_controls(controls)
    show.run(12)
    show.audience.wait_until(lambda: any(picture.is_moved for picture in show.pictures[-4:]))
    indices = [picture.frame.index for picture in show.pictures]
    assert indices == sorted(indices)


def test_of_a_source_that_is_gone_nothing_is_moved_any_more(show, scripted) -> None:
    show.run(SETTLED)
    new = scripted("new")
    show.live.use_source(lambda: new)
    shown_before = len(show.pictures)
    show.paintings.release(1000)
    new.push(77)
    show.audience.wait_for_value(177)
    assert all((picture.photo == 77).all() for picture in show.pictures[shown_before:])


def test_the_last_frame_of_a_source_is_shown_as_it_is_painted(show) -> None:
    show.run(SETTLED)
    show.source.push(49)
    show.source.end()
    show.audience.wait_for_text("scripted has ended", Kind.NOTE)
    show.paintings.release(1000)
    show.audience.wait_until(lambda: (show.pictures[-1].frame.image == 149).all())
    assert not show.pictures[-1].is_moved


def test_where_the_device_fails_neither_the_photo_is_shown_nor_anything_moved(show) -> None:
    show.run(SETTLED)

    def fail() -> None:
        raise BackendError("The device was lost.")

    show.stylizer._step = fail
    show.source.push(10)
    show.paintings.release(1)  # what is in work is painted still
    show.audience.wait_for_text("The device was lost.", Kind.PROBLEM)
    index = show.live._count
    for value in (11, 12, 13, 14, 15, 16):
        show.source.push(value)
        show.audience.wait_until(show.source.steps.empty)
    assert show.live.stop(20)
    after = [picture for picture in show.pictures if picture.frame.index >= index]
    assert not any(picture.is_moved or not picture.is_painted for picture in after)


def test_a_picture_that_cannot_be_moved_does_not_end_the_show(show, monkeypatch, caplog) -> None:
    show.run(SETTLED)

    def broken(*_: object) -> np.ndarray:
        raise ZeroDivisionError

    with monkeypatch.context() as broken_once:
        broken_once.setattr("livestyle.live.inbetween.InBetween.at", broken)
        show.run(3)
        show.audience.wait_for_text("A frame was lost")
    show.run(6)
    show.audience.wait_until(lambda: show.shows(SETTLED + 3))
    assert "ZeroDivisionError" in caplog.text
