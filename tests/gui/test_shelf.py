"""The shelf in the window: search, sections, favourites, grid, keyboard and menus."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QColor, QContextMenuEvent, QImage

from livestyle.gui.gallery import CARD, NARROWEST_PX, PREVIEW_ROLE, card_in
from livestyle.gui.sections import Section
from livestyle.gui.window import LEGIBLE_PX
from livestyle.settings import load_settings

LEFT = Qt.MouseButton.LeftButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def choose(window, section: Section) -> None:
    window.shelf.section.setCurrentIndex(window.shelf.section.findData(section))


def test_words_find_a_style_and_enter_paints_in_it(window, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(window.shelf.search, "dar")
    assert window.gallery.styles.names == ["dark"]
    qtbot.keyClick(window.shelf.search, Qt.Key.Key_Return)
    assert window.settings.mix == {"dark": 1.0}


def test_escape_gives_the_search_up(window, qtbot) -> None:
    qtbot.keyClicks(window.shelf.search, "nothing")
    assert window.gallery.styles.names == []
    qtbot.keyClick(window.shelf.search, Qt.Key.Key_Escape)
    assert window.gallery.styles.names == ["calm", "wild", "dark"]


def test_down_goes_from_the_search_to_what_was_found(window, qtbot) -> None:
    window.shelf.look_for()
    qtbot.keyClicks(window.shelf.search, "wild")
    qtbot.keyClick(window.shelf.search, Qt.Key.Key_Down)
    qtbot.keyClick(window.gallery, Qt.Key.Key_Return)
    assert window.settings.mix == {"wild": 1.0}
    assert window.settings.strength == 1.0


def test_a_number_key_is_the_same_whatever_is_on_show(window, qtbot) -> None:
    window.shelf.search.setText("dark")
    assert "Key 3;" in window.gallery.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.settings.mix == {"calm": 1.0}


def test_favourites_are_a_section_and_are_remembered(window, qtbot, tmp_path) -> None:
    choose(window, Section.FAVOURITES)
    assert window.gallery.styles.names == []
    window.shelf.menu_of("wild").actions()[0].trigger()
    assert window.gallery.styles.names == ["wild"]
    window.close()
    assert load_settings(tmp_path / "settings.json").favorites == ("wild",)


def test_a_key_makes_the_style_in_use_a_favourite_and_again_none(window, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert window.settings.favorites == ("calm",)
    assert window.shelf.menu_of("calm").actions()[0].text() == "No longer a favourite"
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert window.settings.favorites == ()


def test_the_grid_takes_more_of_the_window_and_gives_it_back(window, qtbot) -> None:
    before = window.view.height()
    qtbot.keyClick(window, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: window.gallery.height() > 2 * CARD.height())
    assert window.view.height() < before
    assert window.shelf.grid.isChecked()
    qtbot.mouseClick(window.shelf.grid, LEFT)
    qtbot.waitUntil(lambda: window.view.height() == before)


def test_the_keyboard_chooses_mixes_and_opens_the_menu(window, qtbot, monkeypatch) -> None:
    gallery = window.gallery
    gallery.setFocus()
    qtbot.waitUntil(gallery.hasFocus)
    assert gallery.currentIndex().row() == 0
    qtbot.keyClick(gallery, Qt.Key.Key_Right)
    qtbot.keyClick(gallery, Qt.Key.Key_Return)
    assert window.settings.mix == {"wild": 1.0}
    qtbot.keyClick(gallery, Qt.Key.Key_Right)
    qtbot.keyClick(gallery, Qt.Key.Key_Return, SHIFT)
    assert window.settings.mix == {"wild": 0.5, "dark": 0.5}
    with qtbot.waitSignal(gallery.menu_wanted) as wanted:
        gallery.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    assert wanted.args[0] == "dark"
    window.findChild(type(window.shelf.menu_of("calm"))).close()


def test_the_keyboard_stays_in_its_place_when_other_cards_come(window, qtbot) -> None:
    window.gallery.setFocus()
    window.gallery.setCurrentIndex(window.gallery.styles.index(1, 0))
    window.gallery.styles.show(["calm", "dark"])
    assert window.gallery.currentIndex().data() == "Dark"
    window.gallery.styles.show(["wild"])
    assert window.gallery.currentIndex().data() == "Wild"
    window.gallery.styles.show([])
    assert not window.gallery.currentIndex().isValid()


def test_the_right_button_opens_the_menu_of_the_card_under_it(window, qtbot) -> None:
    gallery = window.gallery
    place = gallery.viewport().mapToGlobal(gallery.visualRect(gallery.model().index(1, 0)).center())
    shown: list[str] = []
    gallery.menu_wanted.disconnect()
    gallery.menu_wanted.connect(lambda name, _: shown.append(name))
    gallery.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place))
    assert shown == ["wild"]


def test_a_card_shows_the_present_frame_once_that_is_painted(window) -> None:
    painted = QImage(64, 36, QImage.Format.Format_RGB888)
    painted.fill(QColor("green"))
    window.gallery.styles.show_painted("wild", painted)
    assert window.gallery.model().index(1, 0).data(PREVIEW_ROLE).toImage().pixelColor(9, 9) == QColor("green")


def test_only_the_cards_needed_last_stay_decoded(window, monkeypatch) -> None:
    monkeypatch.setattr("livestyle.gui.gallery.MOST_DECODED", 2)
    model = window.gallery.styles
    painted = QImage(64, 36, QImage.Format.Format_RGB888)
    painted.fill(QColor("green"))
    model.show_painted("calm", painted)
    previews = [model.index(row, 0).data(PREVIEW_ROLE) for row in (1, 2, 0)]
    assert not any(preview.isNull() for preview in previews)
    assert previews[2].toImage().pixelColor(9, 9) != QColor("green")


@pytest.mark.parametrize("row", [0, 2])
def test_a_tip_has_a_large_preview(window, row) -> None:
    tip = window.gallery.model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert '<img src="data:image/jpeg;base64,' in tip
    assert "Nobody" in tip


@pytest.mark.parametrize(("room_px", "columns"), [(1000, 7), (276, 2), (300, 2), (260, 2), (259, 1), (152, 1), (60, 1)])
def test_cards_of_a_grid_fill_its_rows(room_px: int, columns: int) -> None:
    card = card_in(room_px)
    assert card.width() == max(NARROWEST_PX, room_px // columns)
    assert abs((card.width() - 8) / (card.height() - 53) - 16 / 9) < 0.05


def test_a_grid_has_two_columns_in_a_small_window_and_a_strip_has_cards_as_ever(window, qtbot) -> None:
    window.resize(700, 520)
    window.shelf.show_as_grid(True)
    gallery = window.gallery

    def places() -> list[QRect]:
        return [gallery.visualRect(gallery.styles.index(row, 0)) for row in range(gallery.styles.rowCount())]

    qtbot.waitUntil(lambda: [place.left() == places()[0].left() for place in places()] == [True, False, True])
    window.shelf.show_as_grid(False)
    qtbot.waitUntil(lambda: {place.width() for place in places()} == {CARD.width()})


def test_a_message_is_not_cut_where_the_line_has_no_room(window, qtbot) -> None:
    window.resize(700, 520)
    qtbot.waitUntil(lambda: window.bar.status.width() < LEGIBLE_PX)
    window.note("That is how it is.")
    assert window.bar.status.text() == ""
    assert window.view._words == "That is how it is."
