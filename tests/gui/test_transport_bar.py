from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from livestyle.gui.transport_bar import PLACES, TransportBar, place_text
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
    assert bar.time.text() == "1:15 / 1:40"
    assert bar.loop.isChecked()
    assert not transport.is_wanted_elsewhere


@pytest.mark.parametrize(
    ("position_s", "duration_s", "text"),
    [
        (12.3, 63.0, "0:12 / 1:03"),
        (63.4, 63.0, "1:03 / 1:03"),
        (12.0, 700.0, "00:12 / 11:40"),
        (75.0, 3675.0, "0:01:15 / 1:01:15"),
        (75.0, None, "1:15"),
    ],
)
def test_it_says_where_the_film_stands_and_how_long_it_is(position_s, duration_s, text) -> None:
    assert place_text(position_s, duration_s) == text


def test_nothing_moves_while_the_time_goes_on(bar, transport) -> None:
    transport.duration_s = 700.0
    widths = set()
    for transport.position_s in (0.0, 48.9, 111.0, 699.0):
        bar.show_transport(transport)
        widths.add((bar.time.width(), bar.time.minimumWidth()))
        assert bar.fontMetrics().horizontalAdvance(bar.time.text()) <= bar.time.minimumWidth()
    assert len({least for _, least in widths}) == 1


def test_a_list_has_a_next_and_one_before(bar, transport, qtbot) -> None:
    bar.show_transport(transport)
    assert not bar.next.isVisible()
    assert not bar.before.isVisible()
    transport.films = 3
    bar.show_transport(transport)
    assert bar.next.isVisible()
    assert bar.before.isVisible()
    bar.skip(1)
    assert transport.take_wanted_film() == 1
    bar.skip(-1)
    assert transport.take_wanted_film() == 2


def test_the_keys_and_the_buttons_go_through_the_list_of_the_window(window, qtbot, transport) -> None:
    transport.films = 3
    window._live._live._source._source.transport = transport
    qtbot.waitUntil(window.panel.transport.next.isVisible)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert transport.take_wanted_film() == 1
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert transport.take_wanted_film() == 2
    qtbot.mouseClick(window.panel.transport.next, LEFT)
    assert transport.take_wanted_film() == 1
    qtbot.mouseClick(window.panel.transport.before, LEFT)
    assert transport.take_wanted_film() == 2


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
