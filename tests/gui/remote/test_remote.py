from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from livestyle.errors import LivestyleError
from livestyle.gui.actions import ACTIONS
from livestyle.gui.background import Background
from livestyle.gui.model import ShowModel
from livestyle.gui.remote import remote as module
from livestyle.gui.remote.controls import CONTROLS, takes
from livestyle.gui.remote.remote import Remote
from livestyle.settings import Settings

ROOT = Path(__file__).parents[3]
NAMES = ROOT / "docs" / "remote.md"


class FakeHotkeys:
    open_ones: list[FakeHotkeys] = []  # noqa: RUF012

    def __init__(self, keys, take) -> None:
        self.keys, self.take = keys, take
        self.open_ones.append(self)

    def close(self) -> None:
        self.open_ones.remove(self)


class FakeMidi:
    made: list[FakeMidi] = []  # noqa: RUF012

    def __init__(self, turn) -> None:
        self.turn, self.looked, self.is_closed = turn, 0, False
        self.made.append(self)

    def look(self) -> None:
        self.looked += 1

    def close(self) -> None:
        self.is_closed = True


class Desk:
    """A remote and what it does."""

    def __init__(self, model: ShowModel) -> None:
        self.model = model
        self.done: list[str] = []
        self.said: list[str] = []
        self.background = Background()
        self.background.failed.connect(self.said.append)
        self.remote = Remote(model, self.done.append, self.background)
        self.remote.told.connect(self.said.append)


@pytest.fixture
def desk(qapp, catalog, tmp_path, monkeypatch) -> Iterator[Desk]:
    monkeypatch.setattr(module, "Hotkeys", FakeHotkeys)
    monkeypatch.setattr(module, "Midi", FakeMidi)
    monkeypatch.setattr(module, "advice", lambda: "")
    FakeHotkeys.open_ones, FakeMidi.made = [], []
    desk = Desk(ShowModel(catalog, Settings(mix={"calm": 1.0}), tmp_path / "settings.json"))
    yield desk
    desk.remote.close()
    desk.background.join(10.0)


def test_nothing_is_opened_that_nobody_asked_for(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(module, "Osc", None)
    desk.remote.start()
    desk.model.set("strength", 0.5)
    assert (FakeHotkeys.open_ones, FakeMidi.made, desk.said) == ([], [], [])


def test_global_keys_follow_the_settings(desk: Desk, qtbot) -> None:
    desk.remote.start()
    desk.model.set("global_keys", {"record": "Ctrl+Alt+R", "gone": "X"})
    (hotkeys,) = FakeHotkeys.open_ones
    assert hotkeys.keys == {"record": "Ctrl+Alt+R"}
    hotkeys.take("record", 1.0)
    qtbot.waitUntil(lambda: desk.done == ["record"])
    desk.model.set("strength", 0.5)
    assert FakeHotkeys.open_ones == [hotkeys]
    desk.model.set("global_keys", {})
    assert FakeHotkeys.open_ones == []


@pytest.mark.parametrize(
    ("has_window", "has_dialog", "key", "done"),
    [
        (False, False, "R", ["record"]),
        # The window hears its own R, and a dialog has its letters to itself.
        (True, False, "R", []),
        (True, False, "Ctrl+Alt+R", ["record"]),
        (True, True, "Ctrl+Alt+R", []),
    ],
)
def test_a_key_is_not_done_twice(desk: Desk, qtbot, monkeypatch, has_window, has_dialog, key, done) -> None:
    class Application:
        activeWindow = staticmethod(lambda: object() if has_window else None)  # noqa: N815
        activeModalWidget = staticmethod(lambda: object() if has_dialog else None)  # noqa: N815

    monkeypatch.setattr(module, "QApplication", Application)
    desk.remote.start()
    desk.model.set("global_keys", {"record": key, "mirror": "Ctrl+Alt+M"})
    FakeHotkeys.open_ones[0].take("record", 1.0)
    desk.remote._inbox.put("mirror", 1.0)
    qtbot.waitUntil(lambda: "mirror" in desk.done)
    qtbot.waitUntil(lambda: not desk.remote._key_inbox._waiting)
    assert [name for name in desk.done if name != "mirror"] == done


def test_what_can_not_be_had_is_told_once(desk: Desk, monkeypatch) -> None:
    def missing(*_: object) -> None:
        raise LivestyleError("Install it.")

    monkeypatch.setattr(module, "Hotkeys", missing)
    desk.remote.start()
    desk.model.set("global_keys", {"record": "Ctrl+Alt+R"})
    desk.model.set("strength", 0.5)
    assert desk.said == ["Install it."]


def test_what_the_system_has_to_allow_is_told(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(module, "advice", lambda: "Allow it.")
    desk.remote.start()
    desk.model.set("global_keys", {"record": "Ctrl+Alt+R"})
    assert desk.said == ["Allow it."]


def midi_of(desk: Desk, qtbot) -> FakeMidi:
    qtbot.waitUntil(lambda: desk.remote._midi is not None)
    (midi,) = FakeMidi.made
    return midi


def test_knobs_set_and_pads_do(desk: Desk, qtbot) -> None:
    desk.remote.start()
    desk.model.set("midi", {"stroke": "cc 1 74", "record": "note 1 36", "mirror": "cc 1 20", "gone": "cc 1 2"})
    midi = midi_of(desk, qtbot)
    midi.turn("cc 1 74", 1.0)
    qtbot.waitUntil(lambda: desk.model.settings.stroke == 2.0)
    midi.turn("cc 1 2", 1.0)
    midi.turn("cc 1 3", 1.0)
    for share in (1.0, 0.0, 1.0):
        midi.turn("note 1 36", share)
    # A knob that does an action is pressed when it passes its middle.
    for share in (0.1, 0.6, 0.7, 0.4, 0.9):
        midi.turn("cc 1 20", share)
    qtbot.waitUntil(lambda: len(desk.done) == 4)
    assert desk.done == ["record", "record", "mirror", "mirror"]


def test_a_knob_that_is_learnt_does_nothing_meanwhile(desk: Desk, qtbot) -> None:
    desk.remote.start()
    desk.model.set("midi", {"strength": "cc 1 74"})
    midi = midi_of(desk, qtbot)
    desk.remote.learns = True
    with qtbot.waitSignal(desk.remote.learned) as learned:
        midi.turn("note 1 1", 0.0)
        midi.turn("cc 1 74", 0.5)
    assert learned.args == ["cc 1 74"]
    assert desk.model.settings.strength == 1.0


def test_devices_are_looked_for_again_when_that_is_asked(desk: Desk, qtbot) -> None:
    desk.remote.look_for_midi()
    midi = midi_of(desk, qtbot)
    desk.remote.look_for_midi()
    assert (len(FakeMidi.made), midi.looked) == (1, 2)
    desk.remote.close()
    assert midi.is_closed


def test_missing_midi_is_told_once_and_tried_again_when_asked(desk: Desk, qtbot, monkeypatch) -> None:
    def missing(_: object) -> None:
        raise LivestyleError("Install it.")

    monkeypatch.setattr(module, "Midi", missing)
    desk.remote.start()
    desk.model.set("midi", {"strength": "cc 1 74"})
    qtbot.waitUntil(lambda: desk.said == ["Install it."])
    desk.model.set("strength", 0.5)
    desk.remote.look_for_midi()
    qtbot.waitUntil(lambda: desk.said == ["Install it.", "Install it."])


def send(desk: Desk, *packets: bytes) -> None:
    assert desk.remote._osc is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for packet in packets:
            sender.sendto(packet, ("127.0.0.1", desk.remote._osc.port))


def test_osc_sets_and_does(desk: Desk, qtbot) -> None:
    desk.remote.start()
    desk.model.set("osc", "0")
    assert re.fullmatch(r"OSC is heard on port \d+\.", desk.said[-1])
    strength = b"/livestyle/set/strength\0,f\0\0" + struct.pack(">f", 0.6)
    send(desk, strength, b"/livestyle/action/scene_2\0\0\0,\0\0\0")
    qtbot.waitUntil(lambda: desk.done == ["scene 2"])
    qtbot.waitUntil(lambda: desk.model.settings.strength == 0.6)
    desk.model.set("osc", "")
    assert desk.remote._osc is None


def test_a_wrong_port_is_told_and_the_show_goes_on(desk: Desk) -> None:
    desk.remote.start()
    desk.model.set("osc", "nine")
    assert desk.said == ["nine is no port for OSC: write a number up to 65535, such as 9000."]


def test_values_are_kept_within_their_range_and_unknown_names_told_once(desk: Desk, qtbot) -> None:
    for name, value in (("stroke", 99.0), ("depth", -1.0), ("steady", float("nan")), ("mirror", 0.0)):
        desk.remote._inbox.put(name, value)
    for _ in range(3):
        desk.remote._inbox.put("nothing", 1.0)
        desk.remote._inbox.put("hold", 1.0)
    qtbot.waitUntil(lambda: len(desk.said) == 2)
    settings = desk.model.settings
    assert (settings.stroke, settings.depth, settings.steady, desk.done) == (2.0, 0.0, Settings().steady, [])
    assert desk.said[0] == "There is no action or control called nothing: docs/remote.md lists them."


def test_the_docs_list_all_names_and_none_else() -> None:
    listed = re.findall(r"^\| `(\w+)`", NAMES.read_text(encoding="utf-8"), re.MULTILINE)
    numbers = {name: each.number for name, each in (*ACTIONS.items(), *CONTROLS.items()) if takes(name)}
    written = {name.removesuffix(number) + ("N" if number else "") for name, number in numbers.items()}
    assert sorted(listed) == sorted(name.replace(" ", "_") for name in written)


def test_the_docs_say_the_ends_of_controls() -> None:
    text = NAMES.read_text(encoding="utf-8")
    for name, control in CONTROLS.items():
        least, most = control.range
        written = name.replace(" ", "_").removesuffix(control.number) + ("N" if control.number else "")
        assert f"| `{written}` | {control.does} | {least:g} to {most:g} |" in text
