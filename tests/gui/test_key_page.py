from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog

from livestyle.gui.actions import ACTIONS, keys_of, spoken
from livestyle.gui.key_page import DOES, EVERYWHERE, KEY, MIDI, KeyPage
from livestyle.gui.model import ShowModel
from livestyle.gui.remote.controls import CONTROLS
from livestyle.settings import Settings


class FakeRemote(QObject):
    learned = pyqtSignal(str)
    told = pyqtSignal(str)
    learns = False
    looked = 0

    def look_for_midi(self) -> None:
        self.looked += 1


@pytest.fixture
def model(qapp, catalog, tmp_path) -> ShowModel:
    return ShowModel(catalog, Settings(), tmp_path / "settings.json")


@pytest.fixture
def remote() -> FakeRemote:
    return FakeRemote()


@pytest.fixture
def page(model, remote, qtbot) -> Iterator[KeyPage]:
    page = KeyPage(model, remote)
    page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(page)
    page.show()
    return page


def text(page: KeyPage, name: str, column: int) -> str:
    return page.table.item(page.names.index(name), column).text()


def press(page: KeyPage, qtbot, name: str, column: int, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier) -> None:
    page.table.setCurrentCell(page.names.index(name), column)
    page.table.cellClicked.emit(page.names.index(name), column)
    qtbot.keyClick(page.table, key, held)


def test_all_actions_and_controls_are_there_with_their_keys(page) -> None:
    assert sorted(page.names) == sorted([*ACTIONS, *CONTROLS])
    assert page.names.index("quit") < page.names.index("strength") < page.names.index("style 1")
    for name, action in ACTIONS.items():
        assert text(page, name, KEY) == spoken(action.key)
    assert text(page, "scene 2", DOES) == "Show this scene (2)"
    assert text(page, "share 3", DOES) == "Share of a style in the mix (3)"


def test_a_key_that_is_pressed_is_the_new_one(page, model, qtbot) -> None:
    press(page, qtbot, "record", KEY, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert model.settings.keys == {"record": "Ctrl+E"}
    assert text(page, "record", KEY) == "Ctrl+E"


def test_it_waits_until_a_key_is_pressed_and_escape_leaves_it(page, model, qtbot) -> None:
    row = page.names.index("record")
    page.begin(row, KEY)
    assert text(page, "record", KEY) == "…"
    assert page.words.text() == "Press the new key; Esc leaves it as it was."
    for held in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
        qtbot.keyClick(page.table, held)
    assert text(page, "record", KEY) == "…"
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert (text(page, "record", KEY), model.settings.keys, page.isVisible()) == ("R", {}, True)


def test_tab_arrows_and_delete_can_be_keys_too(page, model, qtbot) -> None:
    for key, word in ((Qt.Key.Key_Tab, "Tab"), (Qt.Key.Key_Down, "Down"), (Qt.Key.Key_Delete, "Del")):
        model.set("keys", {"weaker": ""})
        press(page, qtbot, "record", KEY, key)
        assert keys_of(model.settings.keys)["record"] == word


def test_it_is_used_by_keyboard_alone(page, model, qtbot) -> None:
    page.activateWindow()
    page.table.setFocus()
    page.table.setCurrentCell(page.names.index("record"), KEY)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert text(page, "record", KEY) == "…"
    qtbot.keyClick(page.table, Qt.Key.Key_E)
    assert model.settings.keys == {"record": "E"}
    qtbot.keyClick(page.table, Qt.Key.Key_Tab)
    assert page.focusWidget() is not page.table


def test_a_sign_is_the_same_key_however_it_is_typed(page, model, qtbot) -> None:
    press(page, qtbot, "record", KEY, Qt.Key.Key_Exclam, Qt.KeyboardModifier.ShiftModifier)
    assert model.settings.keys["record"] in ("!", "Shift+!")
    press(page, qtbot, "record", KEY, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    assert model.settings.keys["record"] == "Shift+X"


def test_a_key_that_is_taken_is_told_and_given_when_that_is_wanted(page, model, qtbot) -> None:
    press(page, qtbot, "record", KEY, Qt.Key.Key_M)
    assert model.settings.keys == {}
    assert page.words.text() == "M is the key for “Swap left and right, as a mirror does”."
    assert page.offer.isVisible()
    page.offer.click()
    assert model.settings.keys == {"record": "M"}
    assert (text(page, "record", KEY), text(page, "mirror", KEY)) == ("M", "")
    assert not page.offer.isVisible()


def test_an_offer_is_gone_when_something_else_is_clicked(page, model, qtbot) -> None:
    press(page, qtbot, "record", KEY, Qt.Key.Key_M)
    press(page, qtbot, "snapshot", KEY, Qt.Key.Key_X)
    assert not page.offer.isVisible()
    assert model.settings.keys == {"snapshot": "X"}


def test_delete_takes_a_key_away_and_as_usual_brings_it_back(page, model, qtbot) -> None:
    page.table.setCurrentCell(page.names.index("record"), KEY)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert model.settings.keys == {"record": ""}
    page.usual.click()
    assert (model.settings.keys, text(page, "record", KEY)) == ({}, "R")


def test_a_usual_key_that_another_one_has_now_is_asked_for(page, model) -> None:
    model.set("keys", {"mirror": "R"})
    page.table.setCurrentCell(page.names.index("record"), KEY)
    page.usual.click()
    assert page.offer.isVisible()
    page.offer.click()
    assert keys_of(model.settings.keys)["record"] == "R"


def test_all_as_usual_can_be_undone(page, model) -> None:
    model.set("keys", {"mirror": "X"})
    model.set("midi", {"strength": "cc 1 74"})
    page.all_usual.click()
    assert (model.settings.keys, model.settings.midi) == ({}, {})
    page.offer.click()
    assert (model.settings.keys, model.settings.midi) == ({"mirror": "X"}, {"strength": "cc 1 74"})


def test_a_key_everywhere_is_one_of_its_own(page, model, qtbot) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    press(page, qtbot, "record", EVERYWHERE, Qt.Key.Key_R, both)
    assert (model.settings.keys, model.settings.global_keys) == ({}, {"record": "Ctrl+Alt+R"})
    press(page, qtbot, "snapshot", EVERYWHERE, Qt.Key.Key_R, both)
    page.offer.click()
    assert model.settings.global_keys == {"snapshot": "Ctrl+Alt+R"}
    page.table.setCurrentCell(page.names.index("snapshot"), EVERYWHERE)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert model.settings.global_keys == {}


def test_a_key_that_cannot_be_heard_everywhere_is_refused(page, model, qtbot) -> None:
    press(page, qtbot, "record", EVERYWHERE, Qt.Key.Key_Calculator)
    assert model.settings.global_keys == {}
    assert "can't be heard everywhere" in page.words.text()


def test_a_knob_is_learnt(page, model, remote, qtbot) -> None:
    assert remote.looked == 0  # nobody who only reads is told that something is missing
    page.begin(page.names.index("strength"), MIDI)
    assert remote.looked == 1
    assert remote.learns
    remote.learned.emit("cc 1 74")
    assert not remote.learns
    assert (model.settings.midi, text(page, "strength", MIDI)) == ({"strength": "cc 1 74"}, "CC 74")
    page.begin(page.names.index("record"), MIDI)
    remote.learned.emit("cc 1 74")
    assert model.settings.midi == {"record": "cc 1 74"}
    page.begin(page.names.index("record"), MIDI)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert (model.settings.midi, remote.learns) == ({}, False)


def test_what_is_missing_is_said_on_the_page(page, remote) -> None:
    page.begin(page.names.index("strength"), MIDI)
    remote.told.emit("MIDI needs more packages: pip install mido python-rtmidi")
    assert page.words.text() == "MIDI needs more packages: pip install mido python-rtmidi"


def test_no_knob_is_waited_for_when_the_page_is_closed(page, model, remote) -> None:
    page.begin(page.names.index("strength"), MIDI)
    page.close()
    assert not remote.learns
    remote.learned.emit("cc 1 74")
    assert model.settings.midi == {}


@pytest.mark.parametrize(
    ("name", "column"), [("strength", KEY), ("strength", EVERYWHERE), ("hold", MIDI), ("record", DOES)]
)
def test_what_a_row_cannot_have_is_not_waited_for(page, name, column) -> None:
    before = text(page, name, column)
    page.begin(page.names.index(name), column)
    assert text(page, name, column) == before


def test_rows_are_found_by_what_they_do_and_by_their_keys(page) -> None:
    page.search.setText("recORD")
    shown = [name for row, name in enumerate(page.names) if not page.table.isRowHidden(row)]
    assert shown == ["record"]
    page.search.setText("shift+f3")
    assert [name for row, name in enumerate(page.names) if not page.table.isRowHidden(row)] == ["keep scene 3"]


def test_the_port_of_osc_is_set_and_nonsense_refused(page, model) -> None:
    page.osc.setText("9000")
    page.osc.editingFinished.emit()
    assert model.settings.osc == "9000"
    page.osc.setText("nine")
    page.osc.editingFinished.emit()
    assert (model.settings.osc, page.osc.text()) == ("9000", "9000")
    assert page.words.text() == "nine is no port for OSC: write a number up to 65535, such as 9000."
    page.osc.setText("")
    page.osc.editingFinished.emit()
    assert model.settings.osc == ""


def test_the_window_opens_it(window, qtbot) -> None:
    window.bar.buttons["help"].click()
    page = window.findChild(QDialog)
    assert isinstance(page, KeyPage)
    assert page.isVisible()
    window.open_keys()
    assert window.findChildren(KeyPage) == [page]
    page.close()
