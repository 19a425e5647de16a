from __future__ import annotations

from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QDialog, QLabel

from livestyle.gui.actions import ACTIONS, MIX_KEYS, STYLE_KEYS, from_to, list_of_keys, tip, with_keys
from livestyle.gui.comparison import HOLD_KEY
from livestyle.settings import SCENES


def test_every_key_is_one_and_does_one_thing() -> None:
    keys = [QKeySequence(action.key) for action in ACTIONS.values()]
    assert all(key.count() == 1 for key in keys)
    assert [key.toString() for key in keys] == [action.key for action in ACTIONS.values()]
    assert len({key.toString() for key in keys}) == len(keys)


def test_a_window_has_all_keys(window) -> None:
    bound = {action.shortcut().toString() for action in window.actions()}
    assert bound == {action.key for action in ACTIONS.values()} - {HOLD_KEY}


def test_every_button_says_what_it_does_and_its_key(window) -> None:
    assert set(window.bar.findChildren(QAbstractButton)) == set(window.bar.buttons.values())
    for name, button in window.bar.buttons.items():
        assert button.toolTip() == tip(name)
        assert ACTIONS[name].key in button.toolTip()
        assert button.text() == ACTIONS[name].label


def test_the_list_of_keys_has_all_in_a_line_for_each_thing_that_is_done(window, qtbot) -> None:
    lines = list_of_keys()
    assert lines[:3] == [
        ("Space", "Show the camera's own picture while held"),
        ("1 to 9", "Paint in this style"),
        ("Ctrl+1 to 9", "Mix this style in, or take it out"),
    ]
    assert ("F1 to F8", "Show this scene") in lines
    assert ("Shift+F1 to F8", "Keep what is set as a scene") in lines
    assert len(lines) == len(ACTIONS) - len(STYLE_KEYS) - len(MIX_KEYS) - 2 * len(SCENES) + 4
    window.bar.buttons["help"].click()
    dialog = window.findChild(QDialog)
    assert [label.text() for label in dialog.findChildren(QLabel)] == [text for line in lines for text in line]
    dialog.close()


def test_tips_say_the_keys() -> None:
    assert tip("compare") == "Show the camera's own picture (C, or hold Space)"
    assert with_keys("How strong", "stronger", "weaker") == "How strong (Up, Down)"
    assert from_to(["Ctrl+4"]) == "Ctrl+4"
    assert from_to(MIX_KEYS) == "Ctrl+1 to 9"
