from __future__ import annotations

import pytest

from livestyle.gui.region_section import RegionSection
from livestyle.look import Region
from livestyle.settings import Settings


@pytest.fixture
def section(qtbot, tiny_file) -> RegionSection:
    section = RegionSection()
    qtbot.addWidget(section)
    section.styles = list(tiny_file.styles.values())
    section.show_settings(Settings(), section.styles)
    section.show()
    return section


@pytest.fixture
def changes(section) -> list[tuple[str, object]]:
    changes: list[tuple[str, object]] = []
    section.changed.connect(lambda name, value: changes.append((name, value)))
    return changes


def checked(section: RegionSection) -> list[Region]:
    return [region for region, button in section.buttons.items() if button.isChecked()]


def test_it_shows_what_is_set_and_no_more_than_matters(section, changes) -> None:
    assert checked(section) == ["everything"]
    assert not section.outside.isVisible()
    section.show_settings(Settings(region="me", outside="wild"), section.styles)
    assert checked(section) == ["me"]
    assert section.outside.isVisible()
    assert section.outside.currentText() == "Wild"
    assert changes == []


def test_a_click_is_told_and_marks_nothing_by_itself(section, changes) -> None:
    section.buttons["background"].click()
    assert changes == [("region", "background")]
    assert checked(section) == ["everything"]


def test_the_brush_is_wanted_again_with_each_click(section, qtbot, changes) -> None:
    for settings in (Settings(), Settings(region="brushed")):
        section.show_settings(settings, section.styles)
        with qtbot.waitSignal(section.brush_wanted):
            section.buttons["brushed"].click()
    assert changes == [("region", "brushed")] * 2


def test_all_else_is_unpainted_or_in_another_style(section, changes) -> None:
    section.show_settings(Settings(region="me"), section.styles)
    assert [section.outside.itemText(row) for row in range(4)] == ["Unpainted", "Calm", "Wild", "Dark"]
    section.outside.activated.emit(2)
    section.outside.activated.emit(0)
    assert changes == [("outside", "wild"), ("outside", "")]


def test_a_style_that_the_network_does_not_have_is_shown_as_none(section) -> None:
    section.show_settings(Settings(region="me", outside="rug"), section.styles)
    assert section.outside.currentText() == "Unpainted"
