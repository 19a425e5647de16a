from __future__ import annotations

import pytest
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QWidget

from livestyle.gui.actions import (
    ACTIONS,
    TIP,
    USUAL,
    described,
    is_key,
    keys_of,
    owner_of,
    set_tip,
    show_tips,
    tip,
    with_key,
    with_keys,
)
from livestyle.gui.comparison import HOLD_KEY


def test_every_key_is_one_and_does_one_thing() -> None:
    keys = [QKeySequence(action.key) for action in ACTIONS.values()]
    assert all(key.count() == 1 for key in keys)
    assert [key.toString() for key in keys] == [action.key for action in ACTIONS.values()]
    assert len({key.toString() for key in keys}) == len(keys)


def test_names_can_be_written_with_underscores_for_their_spaces() -> None:
    assert [name for name in ACTIONS if "_" in name or name != name.lower() or name != " ".join(name.split())] == []


def test_a_window_has_all_keys(window) -> None:
    bound = {action.shortcut().toString() for action in window.actions()}
    assert bound == {action.key for action in ACTIONS.values()} - {HOLD_KEY}


def test_every_button_says_what_it_does_and_its_key(window) -> None:
    assert set(window.bar.findChildren(QAbstractButton)) == set(window.bar.buttons.values())
    for name, button in window.bar.buttons.items():
        assert button.toolTip() == tip(name)
        assert ACTIONS[name].key in button.toolTip()
        assert button.text() == ACTIONS[name].label


def test_tips_say_the_keys() -> None:
    assert tip("compare") == "Show the camera's own picture beside the painting, with a line to drag (C, or hold Space)"
    assert with_keys("How strong", "stronger", "weaker") == "How strong (Up, Down)"
    assert described("scene 3") == "Show this scene (3)"
    assert described("record") == "Record to a video"


def test_tips_say_the_keys_of_the_moment() -> None:
    keys = {**USUAL, "compare": "", "hold": "X", "stronger": "", "weaker": "", "record": "Ctrl+E"}
    assert tip("compare", keys) == "Show the camera's own picture beside the painting, with a line to drag (or hold X)"
    assert tip("compare", {**keys, "hold": ""}) == ACTIONS["compare"].does
    assert with_keys("How strong", "stronger", "weaker", keys=keys) == "How strong"
    assert tip("record", keys) == "Record to a video (Ctrl+E)"


def test_what_is_unknown_or_no_key_is_left_out() -> None:
    assert keys_of({"gone": "R", "record": "nonsense", "mirror": "Ctrl+K, Ctrl+M"}) == USUAL
    assert [is_key(key) for key in ("", "R", "Ctrl+Shift+F5", "?", "Ctrl++", "r", "Ctrl+K, Ctrl+M")] == [
        *[True] * 5,
        *[False] * 2,
    ]


@pytest.mark.parametrize(
    ("changed", "name", "key", "then"),
    [
        # A free key.
        ({}, "record", "X", {"record": "X"}),
        # None.
        ({}, "record", "", {"record": ""}),
        # The usual one again is no change.
        ({"record": "X"}, "record", "R", {}),
        # The key of another one, which has none then.
        ({}, "record", "S", {"record": "S"}),
        # One that another one was given.
        ({"mirror": "X"}, "record", "X", {"record": "X", "mirror": ""}),
        # Somebody else's usual key, which it gives back.
        ({"record": "S"}, "record", "X", {"record": "X"}),
        # The usual one, which another one was given.
        ({"mirror": "R"}, "record", "R", {"mirror": ""}),
    ],
)
def test_a_key_that_is_given_is_taken_from_who_has_it(changed, name, key, then) -> None:
    now = with_key(changed, name, key)
    assert now == then
    keys = keys_of(now)
    assert keys[name] == key
    in_use = [key for key in keys.values() if key]
    assert len(set(in_use)) == len(in_use)
    assert owner_of(key, keys) == (name if key else None)


def test_who_lost_its_usual_key_has_it_back_when_it_is_free() -> None:
    changed = with_key({}, "record", "S")
    assert keys_of(changed)["snapshot"] == ""
    assert keys_of(with_key(changed, "record", "R")) == USUAL


def test_tips_of_widgets_follow_the_keys(qtbot) -> None:
    parent, plain = QWidget(), QWidget()
    qtbot.addWidget(parent)
    one, several = QWidget(parent), QWidget(parent)
    plain.setParent(parent)
    plain.setToolTip("plain")
    set_tip(one, "stronger", "weaker", sentence="How strong")
    set_tip(several, "scene 2", "keep scene 2")
    assert one.toolTip() == "How strong (Up, Down)"
    show_tips(parent, {**USUAL, "stronger": "+", "scene 2": "X"})
    assert one.toolTip() == "How strong (+, Down)"
    assert several.toolTip() == ("Show this scene (X)\nKeep what is set as a scene (Shift+F2, or right-click)")
    assert plain.toolTip() == "plain"


def test_whatever_says_a_key_in_the_window_follows(window) -> None:
    """A tip that was not set by `set_tip` would go on saying the usual key."""
    said = [widget for widget in window.findChildren(QWidget) if widget.property(TIP)]
    assert said
    window.model.set("keys", {name: f"Ctrl+Alt+{chr(0x4E00 + at)}" for at, name in enumerate(ACTIONS)})
    usual = [f"({key}{end}" for key in USUAL.values() for end in ",)"]
    stale = [w.toolTip() for w in window.findChildren(QWidget) if any(key in w.toolTip() for key in usual)]
    assert stale == []
