from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from livestyle.gui.transport_bar import PLACES, TransportBar
from livestyle.sources.transport import Transport

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot) -> TransportBar:
    bar = TransportBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def transport() -> Transport:
    return Transport(100.0, loops=True)


def test_it_is_there_for_films_alone(bar, transport) -> None:
    bar.show_transport(None)
    assert not bar.isVisible()
    bar.show_transport(transport)
    assert bar.isVisible()


def test_it_shows_where_the_film_stands_and_does_not_move_it(bar, transport) -> None:
    transport.position_s = 75.0
    bar.show_transport(transport)
    assert bar.place.value() == 0.75 * PLACES
    assert bar.time.text() == "01:15"
    assert bar.loop.isChecked()
    assert not transport.is_wanted_elsewhere


def test_it_steers_the_film(bar, transport, qtbot) -> None:
    bar.show_transport(transport)
    assert bar.pause.accessibleName() == "Pause"
    bar.toggle()
    assert transport.is_paused
    assert bar.pause.accessibleName() == "Play"
    bar.place.setValue(PLACES // 4)
    assert transport.take_wanted_s() == 25.0
    bar.loop.click()
    assert not transport.loops
    transport.position_s = 40.0
    bar.step(-5.0)
    assert transport.take_wanted_s() == 35.0


def test_a_film_of_unknown_length_has_no_place_to_choose(bar) -> None:
    bar.show_transport(Transport(None, loops=False))
    assert not bar.place.isVisible()
    assert bar.pause.isVisible()


def test_without_a_film_its_keys_do_nothing(window, qtbot) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert not window.panel.transport.isVisible()


def test_the_key_and_the_button_pause_the_film_of_the_window(window, qtbot, transport) -> None:
    window._live._live._source._source.transport = transport
    qtbot.waitUntil(window.panel.transport.isVisible)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert transport.is_paused
    qtbot.mouseClick(window.panel.transport.pause, LEFT)
    assert not transport.is_paused
