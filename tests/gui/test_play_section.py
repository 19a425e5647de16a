from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt

from livestyle.gui.actions import tip
from livestyle.gui.play_section import EVERY, SECONDS, PlaySection
from livestyle.settings import Settings

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def section(qtbot) -> PlaySection:
    section = PlaySection()
    qtbot.addWidget(section)
    section.show()
    return section


def test_it_shows_settings_without_a_signal(section) -> None:
    told: list[tuple[str, object]] = []
    section.changed.connect(lambda *change: told.append(change))
    section.show_settings(Settings(fade_s=2.5, auto="scenes", auto_every_s=120.0))
    assert section.fade.value_label.text() == "2.5 s"
    assert section.auto.currentText() == "Scenes"
    assert section.every.value_label.text() == "2.0 min"
    assert section.every.isVisible()
    section.show_settings(Settings(fade_s=0.0))
    assert section.fade.value_label.text() == "At once"
    assert not section.every.isVisible()
    assert told == []


def test_it_tells_what_is_changed(section) -> None:
    told: list[tuple[str, object]] = []
    section.changed.connect(lambda *change: told.append(change))
    section.show_settings(Settings())
    section.fade.slider.setValue(35)
    section.auto.activated.emit(1)
    section.every.slider.setValue(0)
    section.every.slider.setValue(100)
    assert told == [("fade_s", 3.5), ("auto", "favorites"), ("auto_every_s", 5.0), ("auto_every_s", 600.0)]


@pytest.mark.parametrize("scale", [SECONDS, EVERY])
def test_the_places_of_a_scale_come_back(scale) -> None:
    first, last = scale.places
    places = [round(scale.place(scale.value(place))) for place in range(first, last + 1)]
    assert np.abs(np.subtract(places, range(first, last + 1))).max() <= 2
    assert (places[0], places[-1]) == (first, last)


def test_every_control_has_a_name_and_says_its_key(section) -> None:
    assert section.fade.slider.accessibleName() == "Fade"
    assert section.every.slider.accessibleName() == "Every"
    assert section.auto.accessibleName() == "Auto"
    assert section.scenes["2"].accessibleName() == "Scene 2"
    assert "(F2)" in section.scenes["2"].toolTip()
    assert "(Shift+F2, or right-click)" in section.scenes["2"].toolTip()
    for name in ("undo", "redo", "reset"):
        assert section.buttons[name].toolTip() == tip(name)


def test_its_buttons_take_changes_back(window, qtbot) -> None:
    window.model.use_style("wild")
    buttons = window.panel.play.buttons
    qtbot.mouseClick(buttons["undo"], LEFT)
    assert window.settings.mix == {"calm": 1.0}
    qtbot.mouseClick(buttons["redo"], LEFT)
    assert window.settings.mix == {"wild": 1.0}
    window.model.set("depth", 0.2)
    qtbot.mouseClick(buttons["reset"], LEFT)
    assert (window.settings.depth, window.settings.mix) == (Settings().depth, {"wild": 1.0})


def test_a_style_fades_in(open_window, qtbot, world, catalog) -> None:
    window = open_window(Settings(lines=240, fade_s=0.3))
    codes: list[np.ndarray] = []
    stylizer = world.stylizers[-1]
    paint = stylizer.stylize

    def stylize(images: np.ndarray, code: np.ndarray) -> np.ndarray:
        codes.append(code.copy())
        return paint(images, code)

    stylizer.stylize = stylize
    window.model.use_style("wild")
    calm, wild = (catalog.files[0].styles[name].codes[0] for name in ("calm", "wild"))
    qtbot.waitUntil(lambda: bool(codes) and np.allclose(codes[-1], wild, atol=1e-5))
    way = wild - calm
    shares = [float(np.dot(code - calm, way) / np.dot(way, way)) for code in codes]
    assert shares == sorted(shares)
    assert sum(0.05 < share < 0.95 for share in shares) > 3
