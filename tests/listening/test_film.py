"""The sound of a film, on a clock and a film that a test moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.listening import film as film_module
from livestyle.listening.film import FilmSound
from livestyle.sinks.video import VideoSink
from livestyle.sound import RATE_HZ, Sound
from livestyle.sources.transport import Transport

FRAME_S = 1 / 30
CLICK_S = 1.5
"""When the film has a click; before 1 s it hums."""


def write_film(path: Path, *, sound: bool = True) -> Path:
    with VideoSink(path, (32, 32), sound=sound) as sink:
        for index in range(90):
            time_s = index * FRAME_S
            times_s = time_s + np.arange(1600) / RATE_HZ
            wave = np.where(times_s < 1, 0.1 * np.sin(2 * np.pi * 200 * times_s), 0)
            wave[np.abs(times_s - CLICK_S) < 0.0005] = 0.9
            sink.hear(Sound(np.stack((wave, wave), 1).astype(np.float32), time_s))
            sink.write(Frame(np.zeros((32, 32, 3), np.uint8), time_s, index))
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "film.mkv")


class Show(Event):
    """A show of a film: every time somebody waits, a frame's time has passed, and something may happen."""

    def __init__(self, steps: int, happens: Callable[[Show], None] = lambda _: None) -> None:
        super().__init__()
        self.transport: Transport | None = Transport(3.0, loops=True)
        self.now_s, self.film_s, self.step = 50.0, 0.0, 0
        self._steps, self._happens = steps, happens

    def wait(self, timeout: float | None = None) -> bool:
        self._happens(self)
        transport = self.transport
        if transport is not None and not transport.is_paused:
            transport.shown = self.film_s, self.now_s
            self.film_s = (self.film_s + FRAME_S) % 3.0
        self.now_s += FRAME_S
        self.step += 1
        return self.step > self._steps

    def heard_of(self, film: Path) -> tuple[np.ndarray, np.ndarray]:
        """The times of all that is heard, and how loud it is."""
        sounds: list[Sound] = []
        FilmSound(film, lambda: self.transport, lambda: self.now_s).listen(sounds.append, self)
        if not sounds:
            return np.zeros(0), np.zeros(0)
        times_s = np.concatenate([sound.time_s + np.arange(len(sound.samples)) / RATE_HZ for sound in sounds])
        return times_s, np.abs(np.concatenate([sound.samples[:, 0] for sound in sounds]))


def clicks(times_s: np.ndarray, loud: np.ndarray) -> list[float]:
    found = times_s[loud > 0.4]
    return (
        []
        if len(found) == 0
        else [float(part.mean()) for part in np.split(found, np.flatnonzero(np.diff(found) > 0.1) + 1)]
    )


def test_it_is_heard_when_its_pictures_are_shown(film) -> None:
    times_s, loud = Show(80).heard_of(film)
    assert clicks(times_s, loud) == pytest.approx([50 + CLICK_S], abs=0.003)
    assert times_s[0] == pytest.approx(50, abs=0.03)
    assert np.diff(times_s).max() < 1.5 / RATE_HZ  # in one piece
    assert loud[(times_s > 50.1) & (times_s < 50.9)].reshape(-1, 240)[:100].max(axis=1).min() > 0.08


def test_frames_that_are_late_do_not_move_it(film) -> None:
    def is_late(show: Show) -> None:
        transport = show.transport
        assert transport is not None
        if show.step % 3 == 2:
            transport.shown = show.film_s - FRAME_S, show.now_s + 0.04

    times_s, loud = Show(80, is_late).heard_of(film)
    assert clicks(times_s, loud) == pytest.approx([50 + CLICK_S], abs=0.003)


def test_a_pause_is_silent_and_it_goes_on_in_step(film) -> None:
    def pauses(show: Show) -> None:
        if show.step in (30, 60) and show.transport is not None:
            show.transport.toggle()

    times_s, loud = Show(110, pauses).heard_of(film)
    assert clicks(times_s, loud) == pytest.approx([50 + CLICK_S + 1], abs=0.003)
    assert np.diff(times_s).max() == pytest.approx(1.0, abs=0.05)


def test_it_jumps_as_the_film_does(film) -> None:
    def jumps(show: Show) -> None:
        if show.step == 60:
            show.film_s = 1.0

    times_s, loud = Show(90, jumps).heard_of(film)
    assert clicks(times_s, loud) == pytest.approx([51.5, 52.5], abs=0.003)


def test_it_begins_again_with_the_film(film) -> None:
    times_s, loud = Show(150).heard_of(film)
    assert clicks(times_s, loud) == pytest.approx([51.5, 54.5], abs=0.003)


def test_nothing_is_heard_before_something_is_shown(film) -> None:
    show = Show(20)
    show.transport = None
    assert len(show.heard_of(film)[0]) == 0


def test_a_film_without_sound_says_so(tmp_path: Path, film) -> None:
    silent = write_film(tmp_path / "silent.mp4", sound=False)
    assert FilmSound(silent, lambda: None, lambda: 0.0).why_not() == "silent.mp4 has no sound."
    assert FilmSound(film, lambda: None, lambda: 0.0).why_not() is None
    assert len(Show(5).heard_of(silent)[0]) == 0


def test_a_film_that_is_gone_says_so(tmp_path: Path) -> None:
    gone = FilmSound(tmp_path / "gone.mp4", lambda: None, lambda: 0.0)
    assert "gone.mp4" in (gone.why_not() or "")
    with pytest.raises(SourceError):
        gone.listen(lambda _: None, Event())


def test_a_stream_is_heard_as_it_arrives(film, monkeypatch) -> None:
    """It has no end that is known, and all of it is told by when it came."""
    container = film_module.open_video(film)
    endless = type("Endless", (), {"__enter__": lambda self: self, "__exit__": lambda *_: container.close()})()
    endless.streams, endless.demux, endless.duration = container.streams, container.demux, None
    monkeypatch.setattr(film_module, "open_address", lambda _: endless)
    sounds: list[Sound] = []
    stream = FilmSound("rtsp://user:secret@host/a", lambda: None, lambda: 7.0)
    assert (stream.name, stream.why_not()) == ("rtsp://host/a", None)
    with pytest.raises(SourceError, match="has ended"):
        stream.listen(sounds.append, Event())
    assert sounds[0].time_s == pytest.approx(7.0, abs=0.1)
    assert sum(len(sound.samples) for sound in sounds) == pytest.approx(3 * RATE_HZ, abs=3000)
