from __future__ import annotations

from PyQt6.QtCore import Qt

from livestyle.settings import load_settings


def press(qtbot, window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    window.activateWindow()
    window.view.setFocus()
    qtbot.keyClick(window, key, held)


def test_another_key_does_it_and_the_old_one_no_longer(window, qtbot) -> None:
    window.model.set("keys", {"mirror": "X"})
    before = window.model.mirror
    press(qtbot, window, Qt.Key.Key_M)
    assert window.model.mirror is before
    press(qtbot, window, Qt.Key.Key_X)
    assert window.model.mirror is not before


def test_keys_that_change_hands_do_one_thing_each(window, qtbot) -> None:
    window.model.set("keys", {"mirror": "K", "colors": "M"})
    before, colors = window.model.mirror, window.settings.colors
    press(qtbot, window, Qt.Key.Key_K)
    assert (window.model.mirror, window.settings.colors) == (not before, colors)
    press(qtbot, window, Qt.Key.Key_M)
    assert window.settings.colors != colors


def test_the_key_to_hold_can_be_another_one(window, qtbot) -> None:
    window.model.set("keys", {"hold": "H"})
    qtbot.keyPress(window, Qt.Key.Key_Space)
    assert not window.comparison.is_held
    qtbot.keyPress(window, Qt.Key.Key_H)
    assert window.comparison.is_held
    qtbot.keyRelease(window, Qt.Key.Key_H)
    assert not window.comparison.is_held


def test_a_key_to_hold_with_others_is_let_go_after_them(window, qtbot) -> None:
    window.model.set("keys", {"hold": "Ctrl+H"})
    qtbot.keyPress(window, Qt.Key.Key_H)
    assert not window.comparison.is_held
    qtbot.keyPress(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert window.comparison.is_held
    qtbot.keyRelease(window, Qt.Key.Key_H)
    assert not window.comparison.is_held
    window.model.set("keys", {"hold": ""})
    qtbot.keyPress(window, Qt.Key.Key_H)
    assert not window.comparison.is_held


def test_cards_say_the_keys_of_the_moment(window) -> None:
    card = window.gallery.styles.index(0, 0)
    assert "Key 1; Ctrl+1 to mix it in" in card.data(Qt.ItemDataRole.ToolTipRole)
    window.model.set("keys", {"style 1": "Y", "mix 1": ""})
    tip = card.data(Qt.ItemDataRole.ToolTipRole)
    assert "Key Y" in tip
    assert "to mix it in or take" in tip  # by the mouse
    assert "Ctrl+1" not in tip
    window.model.set("keys", {"style 1": ""})
    assert "Key " not in card.data(Qt.ItemDataRole.ToolTipRole)


def test_only_what_is_changed_is_remembered(window, tmp_path) -> None:
    window.model.set("keys", {"mirror": "X"})
    window.close()
    assert load_settings(tmp_path / "settings.json").keys == {"mirror": "X"}


def test_keys_stay_through_undo_and_reset(window) -> None:
    window.model.set("strength", 0.5)
    window.model.set("keys", {"mirror": "X"})
    window.undo.undo()
    assert (window.settings.strength, window.settings.keys) == (1.0, {"mirror": "X"})
    window.undo.reset()
    assert window.settings.keys == {"mirror": "X"}
