from __future__ import annotations

import sys
from types import ModuleType

import pytest

from livestyle.errors import LivestyleError
from livestyle.gui.remote.hotkeys import Hotkeys, advice, as_pynput


class FakeHotKeys:
    """As pynput's: it takes keys and what they do."""

    def __init__(self, does) -> None:
        self.does, self.is_on = does, False
        FakeHotKeys.last = self

    def start(self) -> None:
        self.is_on = True

    def stop(self) -> None:
        self.is_on = False


@pytest.fixture
def pynput(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    package, keyboard = ModuleType("pynput"), ModuleType("pynput.keyboard")
    keyboard.GlobalHotKeys = FakeHotKeys
    monkeypatch.setitem(sys.modules, "pynput", package)
    monkeypatch.setitem(sys.modules, "pynput.keyboard", keyboard)
    return keyboard


@pytest.mark.parametrize(
    ("key", "platform", "written"),
    [
        ("R", "linux", "r"),
        ("Ctrl+Alt+R", "linux", "<ctrl>+<alt>+r"),
        ("Ctrl+Shift+F9", "win32", "<ctrl>+<shift>+<f9>"),
        ("Meta+Space", "linux", "<cmd>+<space>"),
        ("Ctrl+R", "darwin", "<cmd>+r"),
        ("Meta+R", "darwin", "<ctrl>+r"),
        ("Ctrl++", "linux", "<ctrl>++"),
        ("+", "linux", "+"),
        ("Ctrl+PgUp", "linux", "<ctrl>+<page_up>"),
        ("Calculator", "linux", None),
    ],
)
def test_keys_are_written_as_pynput_reads_them(key: str, platform: str, written: str | None) -> None:
    assert as_pynput(key, platform) == written


def test_a_key_does_its_action_wherever_it_is_pressed(pynput) -> None:
    heard = []
    hotkeys = Hotkeys({"record": "Ctrl+Alt+R", "undo": "Calculator", "mirror": ""}, lambda *what: heard.append(what))
    listener = FakeHotKeys.last
    assert listener.is_on
    assert len(listener.does) == 1
    listener.does[as_pynput("Ctrl+Alt+R")]()
    assert heard == [("record", 1.0)]
    hotkeys.close()
    assert not listener.is_on


def test_without_the_package_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynput", None)
    monkeypatch.setitem(sys.modules, "pynput.keyboard", None)
    with pytest.raises(LivestyleError, match=r"pip install pynput"):
        Hotkeys({"record": "R"}, lambda *_: None)


@pytest.mark.parametrize(
    ("platform", "environ", "word"),
    [
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, "Wayland"),
        ("linux", {"XDG_SESSION_TYPE": "wayland"}, "Wayland"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, ""),
        ("darwin", {}, "Accessibility"),
        ("win32", {}, ""),
    ],
)
def test_what_a_system_has_to_allow_is_said_in_a_sentence(platform: str, environ: dict[str, str], word: str) -> None:
    sentence = advice(platform, environ)
    assert word in sentence
    assert bool(sentence) is bool(word)
