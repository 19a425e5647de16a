from __future__ import annotations

from collections.abc import Callable
from threading import Event

import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.listening import listener
from livestyle.listening.listener import Listener
from livestyle.listening.source import SoundSource
from livestyle.sound import Sound

PIECE = Sound(np.full((480, 2), 0.5, np.float32), 3.0)


class Scripted(SoundSource):
    """Does what it is told to, one thing each time it is listened to, and then waits."""

    name = "The microphone"

    def __init__(self, *turns: Callable[[Callable[[Sound], None]], None]) -> None:
        self.turns = list(turns)
        self.is_done = Event()

    def listen(self, hear, stopping) -> None:
        if self.turns:
            self.turns.pop(0)(hear)
        else:
            self.is_done.set()
            stopping.wait()


def fail(_: object) -> None:
    raise SourceError("It is gone: plug it in.")


def crash(_: object) -> None:
    raise ArithmeticError


def speak(hear: Callable[[Sound], None]) -> None:
    hear(PIECE)


def listened(monkeypatch: pytest.MonkeyPatch, source: Scripted, **options) -> tuple[Listener, list[Sound], list[str]]:
    monkeypatch.setattr(listener, "AGAIN_S", 0.0)
    heard: list[Sound] = []
    told: list[str] = []
    thread = Listener(source, heard.append, told.append, **options)
    thread.start()
    assert source.is_done.wait(20)
    thread.stop()
    assert thread.join(20)
    return thread, heard, told


def test_what_is_heard_is_handed_over_and_its_level_is_known(monkeypatch) -> None:
    thread, heard, told = listened(monkeypatch, Scripted(speak))
    assert heard == [PIECE]
    assert told == []
    assert (thread.take_level(), thread.take_level()) == (0.5, 0.0)


def test_muted_it_hands_over_silence_and_still_has_a_level(monkeypatch) -> None:
    thread, (sound,), _ = listened(monkeypatch, Scripted(speak), is_muted=True)
    assert (sound.time_s, sound.samples.shape, float(np.abs(sound.samples).max())) == (3.0, (480, 2), 0.0)
    assert thread.take_level() == 0.5


def test_a_source_that_fails_is_told_once_and_tried_until_it_is_back(monkeypatch) -> None:
    _, heard, told = listened(monkeypatch, Scripted(speak, fail, fail, speak, speak))
    assert told == ["It is gone: plug it in.", "The microphone is heard again."]
    assert len(heard) == 3


def test_what_should_not_fail_is_told_and_tried_again(monkeypatch, tmp_path) -> None:
    _, heard, told = listened(monkeypatch, Scripted(crash, speak))
    assert told[0].startswith("Listening failed: see ")
    assert len(heard) == 1


def test_it_ends_while_it_waits_to_try_again() -> None:
    thread = Listener(Scripted(fail), lambda _: None, lambda _: None)
    thread.start()
    thread.stop()
    assert thread.join(20)
