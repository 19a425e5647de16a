from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog

from livestyle.gui.recording_section import Meter, RecordingSection, share_of
from livestyle.settings import Settings


@pytest.fixture
def section(qtbot) -> RecordingSection:
    section = RecordingSection()
    qtbot.addWidget(section)
    section.show_settings(Settings())
    section.changes = []
    section.changed.connect(lambda name, value: section.changes.append((name, value)))
    section.show()
    return section


def choose(choice, text: str) -> None:
    row = choice.findText(text)
    choice.setCurrentIndex(row)
    choice.activated.emit(row)


def test_what_is_set_is_shown(section) -> None:
    shown = section.lines.currentText(), section.sound.currentText(), section.place.text()
    assert shown == ("As the source", "The video's", "Videos and Pictures")
    section.show_settings(Settings(record_lines=720, sound="microphone", microphone="Studio", folder="/shows"))
    shown = section.lines.currentText(), section.sound.currentText(), section.place.text()
    assert shown == ("720 lines", "Studio", "/shows")
    section.show_settings(Settings(record_lines=2160, sound="none"))
    assert (section.lines.currentText(), section.sound.currentText()) == ("2160 lines", "Off")
    assert not section.level.isVisible()
    assert section.changes == []


def test_what_is_chosen_is_told(section) -> None:
    choose(section.lines, "1080 lines")
    section.show_microphones(["Built-in", "Studio", "Built-in"])
    assert [section.sound.itemText(row) for row in range(section.sound.count())] == [
        *("Off", "The video's", "Microphone", "Built-in", "Studio")
    ]
    choose(section.sound, "Studio")
    choose(section.sound, "Microphone")
    choose(section.sound, "Off")
    assert section.changes == [
        ("record_lines", 1080),
        *(("microphone", "Studio"), ("sound", "microphone")),
        *(("microphone", None), ("sound", "microphone")),
        ("sound", "none"),
    ]


def test_microphones_are_looked_for_when_the_list_is_opened(section, qtbot) -> None:
    with qtbot.waitSignal(section.microphones_wanted):
        section.sound.showPopup()
    section.sound.hidePopup()


def test_the_folder_can_be_chosen_and_left_again(section, qtbot) -> None:
    menu = section.menu()
    menu.actions()[0].trigger()
    menu.actions()[1].trigger()
    (dialog,) = section.window().findChildren(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.fileSelected.emit("/shows")
    dialog.close()
    assert section.changes == [("folder", None), ("folder", "/shows")]


def test_mute_is_told(section, qtbot) -> None:
    with qtbot.waitSignal(section.muted) as told:
        qtbot.mouseClick(section.mute, Qt.MouseButton.LeftButton)
    assert told.args == [True]


def test_a_level_is_seen_in_decibels() -> None:
    assert [share_of(level) for level in (0.0, 1e-6, 1.0, 2.0)] == [0.0, 0.0, 1.0, 1.0]
    assert share_of(0.5) - share_of(0.25) == pytest.approx(share_of(0.25) - share_of(0.125))


def test_the_meter_rises_at_once_and_falls_slowly(qtbot) -> None:
    meter, levels = Meter(), [1.0, 0.0, 0.0]
    qtbot.addWidget(meter)
    meter.take_level = lambda: levels.pop(0)
    shares = []
    while levels:
        meter.look()
        shares.append(meter.share)
    assert shares == pytest.approx([1.0, 0.92, 0.84])


def test_a_meter_that_is_out_of_sight_is_not_seen(section) -> None:
    assert section.meter.is_seen()
    section.hide()
    assert not section.meter.is_seen()
