from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from livestyle.errors import LivestyleError
from livestyle.gui.remote.midi import Midi, is_control, said, turned


class FakePort:
    def __init__(self, name: str, callback) -> None:
        self.name, self.callback, self.is_closed = name, callback, False

    def close(self) -> None:
        self.is_closed = True


class FakeMido(ModuleType):
    """As much of mido as is asked for; devices are plugged in by a test."""

    def __init__(self) -> None:
        super().__init__("mido")
        self.plugged = ["Knobs"]
        self.taken: set[str] = set()
        self.ports: list[FakePort] = []

    def get_input_names(self) -> list[str]:
        if not self.plugged:
            raise RuntimeError("no driver")
        return self.plugged

    def open_input(self, name: str, callback) -> FakePort:
        if name in self.taken:
            raise OSError("in use")
        self.ports.append(FakePort(name, callback))
        return self.ports[-1]


@pytest.fixture
def mido(monkeypatch: pytest.MonkeyPatch) -> FakeMido:
    fake = FakeMido()
    monkeypatch.setitem(sys.modules, "mido", fake)
    monkeypatch.setitem(sys.modules, "rtmidi", ModuleType("rtmidi"))
    return fake


def cc(control: int, value: int, channel: int = 0) -> SimpleNamespace:
    return SimpleNamespace(type="control_change", channel=channel, control=control, value=value)


@pytest.mark.parametrize(
    ("message", "known", "shown"),
    [
        (cc(74, 127), ("cc 1 74", 1.0), "CC 74"),
        (cc(0, 0, channel=9), ("cc 10 0", 0.0), "CC 0 · 10"),
        (SimpleNamespace(type="note_on", channel=0, note=36, velocity=5), ("note 1 36", 1.0), "Note 36"),
        (SimpleNamespace(type="note_on", channel=0, note=36, velocity=0), ("note 1 36", 0.0), "Note 36"),
        (SimpleNamespace(type="note_off", channel=0, note=36, velocity=64), ("note 1 36", 0.0), "Note 36"),
        (SimpleNamespace(type="pitchwheel", channel=1, pitch=-8192), ("pitch 2 0", 0.0), "Pitch 0 · 2"),
    ],
)
def test_knobs_and_keys_are_known(message, known, shown) -> None:
    assert turned(message) == known
    assert said(known[0]) == shown
    assert is_control(known[0])


def test_what_is_neither_knob_nor_key_is_let_by() -> None:
    assert turned(SimpleNamespace(type="clock")) is None
    assert [is_control(text) for text in ("", "cc", "cc 1", "cc one 2", "knob 1 2", "cc 1 2 3")] == [False] * 6


def test_all_devices_are_listened_to(mido: FakeMido) -> None:
    heard = []
    mido.plugged = ["Knobs", "Pads", "Knobs"]
    midi = Midi(lambda *what: heard.append(what))
    midi.look()
    assert midi.names == ["Knobs", "Pads"]
    mido.ports[1].callback(cc(7, 127))
    mido.ports[0].callback(SimpleNamespace(type="clock"))
    assert heard == [("cc 1 7", 1.0)]
    midi.close()
    assert all(port.is_closed for port in mido.ports)


def test_devices_come_and_go(mido: FakeMido) -> None:
    midi = Midi(lambda *_: None)
    midi.look()
    mido.plugged = ["Pads"]
    midi.look()
    midi.look()
    assert midi.names == ["Pads"]
    assert [port.is_closed for port in mido.ports] == [True, False]


def test_a_device_in_use_and_a_driver_that_fails_are_borne(mido: FakeMido, caplog: pytest.LogCaptureFixture) -> None:
    mido.plugged, mido.taken = ["Knobs", "Pads"], {"Knobs"}
    midi = Midi(lambda *_: None)
    midi.look()
    assert midi.names == ["Pads"]
    mido.plugged = []
    midi.look()
    assert midi.names == ["Pads"]
    assert "in use" in caplog.text
    assert "no driver" in caplog.text


@pytest.mark.parametrize("module", ["mido", "rtmidi"])
def test_without_the_packages_one_sentence_says_how_to_get_them(mido, monkeypatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(LivestyleError, match=r"MIDI needs more packages: pip install mido python-rtmidi"):
        Midi(lambda *_: None)
