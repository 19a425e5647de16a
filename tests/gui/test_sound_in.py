"""What is listened to, and when: with sources of sound that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from livestyle.gui.sound_in import SoundIn
from livestyle.listening.film import FilmSound
from livestyle.listening.microphone import Microphone
from livestyle.settings import Settings


class Show:
    now_s, transport = 7.0, None

    def hear(self, sound) -> None:
        pass


class Setup:
    def __init__(self) -> None:
        self.settings, self.shown = Settings(), None
        self.opened: list[object] = []
        self.open = 0
        self.is_open = Event()
        self.sound = SoundIn(Show(), lambda: self.settings, lambda: self.shown)

    def listen(self, source, hear, stopping) -> None:
        assert self.open == 0  # one at a time
        self.open += 1
        self.opened.append(source)
        self.is_open.set()
        stopping.wait()
        self.open -= 1

    def see(self, is_wanted: bool) -> None:
        self.is_open.clear()
        self.sound.see(is_wanted=is_wanted)


@pytest.fixture
def setup(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setup]:
    setup = Setup()
    for kind in (Microphone, FilmSound):
        monkeypatch.setattr(kind, "listen", lambda source, *args: setup.listen(source, *args))
    yield setup
    setup.sound.stop()
    assert setup.open == 0


def test_nothing_is_open_before_it_is_needed_and_after(setup) -> None:
    setup.settings = Settings(sound="microphone", microphone="Studio")
    setup.see(False)
    assert not setup.sound.is_listening
    setup.see(True)
    assert setup.is_open.wait(20)
    (microphone,) = setup.opened
    assert (type(microphone), microphone.name) == (Microphone, "Studio")
    setup.see(True)
    setup.see(False)
    assert not setup.sound.is_listening
    assert setup.opened == [microphone]


def test_another_microphone_takes_the_place_of_the_first(setup) -> None:
    setup.settings = Settings(sound="microphone", microphone="Studio")
    setup.see(True)
    assert setup.is_open.wait(20)
    setup.settings = Settings(sound="microphone")
    setup.see(True)
    assert setup.is_open.wait(20)
    assert [each.name for each in setup.opened] == ["Studio", "Microphone"]


def test_the_sound_of_the_video_follows_what_is_shown(setup, tmp_path: Path) -> None:
    setup.shown = str(tmp_path / "one.mp4")
    setup.see(True)
    assert setup.is_open.wait(20)
    setup.shown = "rtsp://host/two"
    setup.see(True)
    assert setup.is_open.wait(20)
    assert [each.name for each in setup.opened] == ["one.mp4", "rtsp://host/two"]


@pytest.mark.parametrize("shown", [None, "demo", "camera", "camera:Studio", "0"])
def test_what_is_no_video_has_no_sound(setup, shown: str | None) -> None:
    setup.shown = shown
    setup.see(True)
    assert setup.sound.source() is None
    assert not setup.sound.is_listening
    assert setup.sound.take_level() == 0.0


def test_off_is_off(setup) -> None:
    setup.settings, setup.shown = Settings(sound="none"), "film.mp4"
    setup.see(True)
    assert not setup.sound.is_listening


def test_what_is_muted_stays_so_when_something_else_is_heard(setup) -> None:
    setup.settings = Settings(sound="microphone")
    setup.see(True)
    setup.sound.mute(True)
    listener = setup.sound._listener
    assert listener.is_muted
    setup.settings = Settings(sound="microphone", microphone="Studio")
    setup.see(True)
    assert setup.sound._listener is not listener
    assert setup.sound._listener.is_muted
