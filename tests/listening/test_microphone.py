"""Microphones, on a PortAudio of a few lines that plays a script."""

from __future__ import annotations

import builtins
import sys
from threading import Event
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.listening import microphone
from livestyle.listening.microphone import Microphone, microphones
from livestyle.sound import Sound


class PortAudioError(Exception):
    pass


def device(name: str, channels: int, api: int = 0, rate_hz: float = 44100.0) -> dict[str, object]:
    return {"name": name, "hostapi": api, "max_input_channels": channels, "default_samplerate": rate_hz}


class PortAudio(ModuleType):
    """What `import sounddevice` gives."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.devices = [device("Speakers", 0), device("Built-in", 1), device("Studio", 8), device("Studio", 8, api=1)]
        self.default = SimpleNamespace(device=[1, 0])
        self.rates = {48000.0}
        self.pieces: list[tuple[np.ndarray, float]] = []
        """What a stream hands over at once, and how long ago that was heard."""
        self.opened: list[dict[str, object]] = []
        self.open_streams = self.started = 0
        self.refuses = False

    def query_devices(self) -> list[dict[str, object]]:
        return self.devices

    def check_input_settings(self, _: int, channels: int, kind: str, samplerate: float) -> None:
        assert kind == "float32"
        if samplerate not in self.rates:
            raise PortAudioError

    def _terminate(self) -> None:
        assert self.open_streams == 0

    def _initialize(self) -> None:
        self.started += 1

    def InputStream(self, *, callback, **options):  # noqa: N802
        if self.refuses:
            raise PortAudioError
        self.opened.append(options)
        self.open_streams += 1

        def start() -> None:
            for samples, age_s in self.pieces:
                time = SimpleNamespace(currentTime=5.0, inputBufferAdcTime=5.0 - age_s)
                callback(samples, len(samples), time, None)

        def close() -> None:
            self.open_streams -= 1

        return SimpleNamespace(start=start, close=close)


@pytest.fixture
def portaudio(monkeypatch: pytest.MonkeyPatch) -> PortAudio:
    module = PortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    monkeypatch.setattr(microphone, "SILENT_S", 0.0)
    return module


def heard(name: str | None) -> tuple[list[Sound], str]:
    """What is heard until there is nothing more, and what is said then."""
    sounds: list[Sound] = []
    with pytest.raises(SourceError) as error:
        Microphone(name, lambda: 100.0).listen(sounds.append, Event())
    return sounds, str(error.value)


def test_the_devices_that_hear_are_listed_once(portaudio) -> None:
    assert microphones(again=False) == ["Built-in", "Studio"]
    assert portaudio.started == 0
    assert microphones(again=True) == ["Built-in", "Studio"]
    assert portaudio.started == 1


def test_the_one_that_the_system_is_set_to_is_heard_on_both_sides(portaudio) -> None:
    portaudio.pieces = [(np.full((960, 1), 0.25, np.float32), 0.03)] * 2
    sounds, _ = heard(None)
    (options,) = portaudio.opened
    assert (options["device"], options["channels"], options["samplerate"]) == (1, 1, 48000)
    assert sounds[0].time_s == pytest.approx(100 - 0.03)
    samples = np.concatenate([sound.samples for sound in sounds])
    np.testing.assert_allclose(samples[20:], np.full((len(samples) - 20, 2), 0.25), atol=1e-6)
    assert portaudio.open_streams == 0


def test_a_system_that_does_not_say_when_is_taken_to_be_at_once(portaudio) -> None:
    portaudio.pieces = [(np.zeros((960, 1), np.float32), 0.0)]
    assert heard(None)[0][0].time_s == pytest.approx(100 - 960 / 48000)


def test_a_device_that_knows_its_own_rate_only_is_converted(portaudio) -> None:
    portaudio.rates = {44100.0}
    tone = np.sin(2 * np.pi * 441 * np.arange(44100) / 44100).astype(np.float32)
    portaudio.pieces = [(np.stack((tone, tone), 1)[start : start + 882], 0.02) for start in range(0, 44100, 882)]
    sounds, _ = heard("Studio")
    (options,) = portaudio.opened
    assert (options["device"], options["channels"], options["samplerate"]) == (2, 2, 44100)
    samples = np.concatenate([sound.samples for sound in sounds])[:, 0]
    assert len(samples) == pytest.approx(48000, abs=200)
    crossings = np.flatnonzero((samples[:-1] < 0) & (samples[1:] >= 0))
    assert np.diff(crossings)[5:-5].mean() == pytest.approx(48000 / 441, rel=1e-3)


def test_one_that_is_unplugged_is_told(portaudio) -> None:
    sentence = "Nothing is heard from Studio any more: plug it in again, or choose another microphone."
    assert heard("Studio")[1] == sentence


def test_it_stops_when_it_is_told_to(portaudio) -> None:
    stopping = Event()
    stopping.set()
    Microphone(None, lambda: 0.0).listen(lambda _: None, stopping)
    assert portaudio.open_streams == 0


def test_one_that_is_plugged_in_meanwhile_is_found(portaudio) -> None:
    portaudio.devices.pop(2)
    assert heard("Studio")[1] == "There is no microphone Studio: plug it in, or choose another."
    portaudio.devices.insert(2, device("Studio", 2))
    assert heard("Studio")[1].startswith("Nothing is heard")
    assert portaudio.started == 2


def test_one_that_can_not_be_opened_is_told(portaudio) -> None:
    portaudio.refuses = True
    assert "allow livestyle to use it" in heard(None)[1]


def test_without_a_device_there_is_a_sentence(portaudio) -> None:
    portaudio.devices, portaudio.default.device = [], [-1, -1]
    assert Microphone(None, lambda: 0.0).why_not() == "There is no microphone: plug one in."
    assert microphones(again=False) == []


def test_one_that_can_be_heard_has_nothing_against_it(portaudio) -> None:
    assert Microphone(None, lambda: 0.0).why_not() is None
    assert Microphone("Studio", lambda: 0.0).why_not() is None


@pytest.mark.parametrize(
    ("error", "platform", "sentence"),
    [
        (OSError("PortAudio library not found"), "linux", "sudo apt install libportaudio2"),
        (OSError("PortAudio library not found"), "win32", "pip install --force-reinstall sounddevice"),
        (ModuleNotFoundError("No module named 'sounddevice'"), "darwin", "pip install sounddevice"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(monkeypatch, error, platform: str, sentence: str) -> None:
    real = builtins.__import__

    def refuse(name: str, *args, **options):
        if name == "sounddevice":
            raise error
        return real(name, *args, **options)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(sys, "platform", platform)
    assert sentence in (Microphone(None, lambda: 0.0).why_not() or "")
    with pytest.raises(SourceError, match=sentence):
        microphones(again=False)
