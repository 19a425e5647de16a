from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QColor, QDragEnterEvent, QDropEvent, QWheelEvent
from PyQt6.QtWidgets import QDialog, QFileDialog, QPushButton

from livestyle.frame import Frame
from livestyle.gui import live_source, outputs, theme
from livestyle.gui.gallery import CARD
from livestyle.gui.window import LEGIBLE_PX, MainWindow
from livestyle.listening.microphone import Microphone
from livestyle.masks import as_text
from livestyle.settings import Settings, load_settings
from livestyle.sinks.video import VideoSink
from livestyle.sound import Sound
from livestyle.styles.catalog import Catalog

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def click_style(qtbot, window, row: int, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    index = window.gallery.model().index(row, 0)
    place = window.gallery.visualRect(index).center()
    qtbot.mouseClick(window.gallery.viewport(), LEFT, modifier, place)


def press(qtbot, window, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    window.activateWindow()
    qtbot.keyClick(window, key, modifier)


def wait_for_a_new_picture(qtbot, window) -> None:
    """One that was taken after everything that has been asked for until now."""
    before = window.view.picture.frame.index + 2
    qtbot.waitUntil(lambda: window.view.picture.frame.index > before)


def painted_code(world) -> np.ndarray:
    return world.stylizers[-1].code


def is_painted_in(world, catalog, **shares: float) -> bool:
    file = catalog.files[0]
    wanted = sum(share * file.styles[name].codes[0] for name, share in shares.items())
    return np.allclose(painted_code(world), wanted, atol=1e-5)


# ---- the picture -----------------------------------------------------------------------------------------------------


def test_the_window_shows_the_source_painted(window, picture) -> None:
    np.testing.assert_array_equal(window.view.picture.frame.image, 255 - picture)
    np.testing.assert_array_equal(window.view.picture.photo, picture)


def test_without_a_camera_it_says_what_can_be_done(qtbot, catalog, world, tmp_path) -> None:
    window = MainWindow(catalog, Settings(lines=240), settings_path=tmp_path / "settings.json")
    qtbot.addWidget(window)
    window.show()
    window.start()
    card = window.view.no_source
    qtbot.waitUntil(card.isVisible)
    assert card.sentence.text() == "There is no camera: plug one in, or choose another source. Trying again."
    assert window.view._words == ""
    window.resize(700, 520)
    qtbot.waitUntil(lambda: window.bar.status.width() < LEGIBLE_PX)
    window._show_message()
    assert window.view._words == ""
    assert window.bar.status.text() == ""
    buttons = {button.text(): button for button in card.findChildren(QPushButton)}
    assert list(buttons) == ["Open a video", "Try again", "Demo"]
    tries = len(world.sources)
    buttons["Try again"].click()
    qtbot.waitUntil(lambda: len(world.sources) > tries)
    buttons["Demo"].click()
    qtbot.waitUntil(lambda: window.view.picture is not None and window.view.picture.is_painted)
    qtbot.waitUntil(lambda: not card.isVisible())
    qtbot.waitUntil(lambda: window.settings.source == "demo")
    window.close()


def test_with_a_camera_it_shows_it_mirrored(open_window, world, qtbot, picture) -> None:
    world.has_camera = True
    window = open_window(source="camera")
    qtbot.waitUntil(lambda: (window.view.picture.photo == picture[:, ::-1]).all())
    assert window.panel.mirror.isChecked()
    press(qtbot, window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: (window.view.picture.photo == picture).all())
    assert window.settings.mirror is False


def test_what_is_no_camera_is_mirrored_for_this_time_only(window, qtbot, picture) -> None:
    assert not window.panel.mirror.isChecked()
    window.panel.mirror.click()
    qtbot.waitUntil(lambda: (window.view.picture.photo == picture[:, ::-1]).all())
    assert window.settings.mirror is True
    window.use_source("another.mp4")
    qtbot.waitUntil(lambda: not window.panel.mirror.isChecked())
    qtbot.waitUntil(lambda: (window.view.picture.photo == picture).all())


def test_figures_are_shown(window, qtbot) -> None:
    qtbot.waitUntil(lambda: "fps" in window.bar.figures.text())
    qtbot.waitUntil(lambda: "painted at 48 lines: the source has no more than 48" in window.panel.pace_text.text())
    assert window.bar.figures.toolTip() == window.panel.pace_text.text()
    figures = window.panel.details.figures
    assert not figures["size"].isVisible()
    window.panel.details.expander.click()
    qtbot.waitUntil(lambda: figures["size"].text() == "64x48 on a fake device")
    qtbot.waitUntil(lambda: "ms" in figures["paint"].text() and "ms" in figures["latency"].text())
    qtbot.waitUntil(lambda: figures["flicker"].text() == "0.0, the camera's own 0.0")
    assert figures["sharpness"].text() == "1.00"


def test_in_betweens_are_switched_in_the_panel_and_remembered(window, world) -> None:
    inbetweens = window.panel.details.inbetweens
    assert inbetweens.isChecked()
    inbetweens.click()
    assert window.settings.inbetweens is False
    inbetweens.click()
    assert window.settings.inbetweens is True


@pytest.mark.parametrize("way", ["space", "button", "key"])
def test_comparing_shows_the_photo(window, qtbot, way) -> None:
    compares = lambda: window.view._compares or window.view.wipe.isVisible()  # noqa: E731
    match way:
        case "space":
            qtbot.keyPress(window.view, Qt.Key.Key_Space)
            assert compares()
            qtbot.keyRelease(window.view, Qt.Key.Key_Space)
        case "button":
            qtbot.mouseClick(window.bar.buttons["compare"], LEFT)
            assert compares()
            qtbot.mouseClick(window.bar.buttons["compare"], LEFT)
        case "key":
            press(qtbot, window, Qt.Key.Key_C)
            assert compares()
            press(qtbot, window, Qt.Key.Key_C)
    assert not compares()


# ---- what is painted -------------------------------------------------------------------------------------------------


def test_what_is_brushed_is_painted_kept_and_undone(window, qtbot, picture) -> None:
    qtbot.mouseClick(window.panel.region.buttons["brushed"], LEFT)
    brush = window.view.brush
    assert brush.isVisible()
    rect = window.view.picture_rect().toRect()
    qtbot.mouseClick(brush, LEFT, pos=rect.center())
    kept = window.settings.brushed
    assert kept
    assert window.settings.region == "brushed"

    def shown() -> tuple[bool, bool]:
        """Whether the middle is painted, and the corner left as it is."""
        newest = window.view.picture
        image, photo = newest.frame.image, newest.photo
        height, width = image.shape[:2]
        middle = image[height // 2, width // 2] == 255 - photo[height // 2, width // 2]
        return bool(middle.all()), bool((image[0, 0] == photo[0, 0]).all())

    qtbot.waitUntil(lambda: shown() == (True, True))
    window.undo.undo()
    assert window.settings.brushed == ""
    qtbot.waitUntil(lambda: shown() == (True, False))
    window.undo.redo()
    assert window.settings.brushed == kept
    qtbot.keyClick(brush, Qt.Key.Key_Escape)
    assert not brush.isVisible()
    assert window.settings.brushed == kept


def test_the_brush_is_put_away_when_something_else_is_painted(window, qtbot) -> None:
    window.panel.region.buttons["brushed"].click()
    window.panel.region.buttons["everything"].click()
    assert not window.view.brush.isVisible()


def test_all_else_can_be_painted_in_another_style_of_the_network(window, qtbot, world) -> None:
    window.model.set("brushed", as_text(np.eye(9, dtype=np.uint8) * 255))
    window.model.set("region", "brushed")
    window.model.set("outside", "wild")
    assert window.panel.region.outside.currentText() == "Wild"
    codes = set()

    def are_both_painted() -> bool:
        codes.add(world.stylizers[-1].code.tobytes())
        return len(codes) > 1

    qtbot.waitUntil(are_both_painted)


# ---- styles ----------------------------------------------------------------------------------------------------------


def test_a_click_on_a_style_paints_in_it(window, qtbot, world, catalog) -> None:
    click_style(qtbot, window, 1)
    assert window.settings.mix == {"wild": 1.0}
    assert window.panel.title.text() == "Wild"
    qtbot.waitUntil(lambda: is_painted_in(world, catalog, wild=1.0))


def test_a_number_key_paints_in_a_style(window, qtbot, world, catalog) -> None:
    press(qtbot, window, Qt.Key.Key_3)
    assert window.settings.mix == {"dark": 1.0}
    qtbot.waitUntil(lambda: is_painted_in(world, catalog, dark=1.0))
    press(qtbot, window, Qt.Key.Key_9)
    assert window.settings.mix == {"dark": 1.0}


def test_arrow_keys_go_through_the_styles(window, qtbot) -> None:
    for expected in ("wild", "dark", "calm"):
        press(qtbot, window, Qt.Key.Key_Right)
        assert window.settings.mix == {expected: 1.0}
    press(qtbot, window, Qt.Key.Key_Left)
    assert window.settings.mix == {"dark": 1.0}


def rows_of(window) -> list[tuple[str, str]]:
    """What the mixer shows: the styles and their shares."""
    return [(row.name.text(), row.value_label.text()) for row in window.panel.mixer.rows if row.isVisible()]


def test_a_shift_click_mixes_a_style_in_and_takes_it_out(window, qtbot, world, catalog) -> None:
    assert rows_of(window) == []
    click_style(qtbot, window, 1, SHIFT)
    assert rows_of(window) == [("Calm", "50 %"), ("Wild", "50 %")]
    qtbot.waitUntil(lambda: is_painted_in(world, catalog, calm=0.5, wild=0.5))
    click_style(qtbot, window, 0, SHIFT)
    assert rows_of(window) == []
    qtbot.waitUntil(lambda: is_painted_in(world, catalog, wild=1.0))
    click_style(qtbot, window, 1, SHIFT)
    assert window.settings.mix == {"wild": 1.0}  # something has to be painted


def test_the_shares_of_a_mix_are_set_by_its_sliders(window, qtbot, world, catalog) -> None:
    for row in (1, 2):
        click_style(qtbot, window, row, SHIFT)
    calm, _, dark, _ = window.panel.mixer.rows
    dark.slider.setValue(50)
    assert [percent for _, percent in rows_of(window)] == ["25 %", "25 %", "50 %"]
    qtbot.waitUntil(lambda: is_painted_in(world, catalog, calm=0.25, wild=0.25, dark=0.5))
    dark.slider.setValue(100)
    qtbot.waitUntil(lambda: is_painted_in(world, catalog, dark=1.0))
    assert len(rows_of(window)) == 3
    qtbot.mouseDClick(dark.slider, LEFT)
    assert window.settings.mix == pytest.approx(dict.fromkeys(("calm", "wild", "dark"), 1 / 3), abs=0.01)
    assert calm.slider.accessibleName() == "Calm"


def test_a_style_is_taken_out_by_its_button(window, qtbot) -> None:
    for row in (1, 2):
        click_style(qtbot, window, row, SHIFT)
    button = window.panel.mixer.rows[0].remove
    assert button.accessibleName() == "Take Calm out of the mix"
    qtbot.mouseClick(button, LEFT)
    assert rows_of(window) == [("Wild", "50 %"), ("Dark", "50 %")]
    assert window.panel.title.text() == "Wild"


def test_a_click_on_a_style_ends_the_mix(window, qtbot) -> None:
    click_style(qtbot, window, 1, SHIFT)
    click_style(qtbot, window, 2)
    assert window.settings.mix == {"dark": 1.0}
    assert rows_of(window) == []


def test_the_list_of_partners_has_all_others(window, qtbot) -> None:
    partners = window.panel.mixer.partners
    assert [partners.itemText(row) for row in range(partners.count())] == ["Wild", "Dark"]
    partners.activated.emit(1)
    assert window.settings.mix == {"calm": 0.5, "dark": 0.5}
    assert [partners.itemText(row) for row in range(partners.count())] == ["Wild"]
    assert partners.currentIndex() == -1
    partners.activated.emit(0)
    assert not partners.isEnabled()


def test_the_keys_of_the_mix(window, qtbot) -> None:
    press(qtbot, window, Qt.Key.Key_2, CONTROL)
    assert window.settings.mix == {"calm": 0.5, "wild": 0.5}
    press(qtbot, window, Qt.Key.Key_Right, CONTROL)
    assert window.settings.mix == pytest.approx({"calm": 0.45, "wild": 0.55})
    press(qtbot, window, Qt.Key.Key_Left, CONTROL)
    assert window.settings.mix == pytest.approx({"calm": 0.5, "wild": 0.5})
    press(qtbot, window, Qt.Key.Key_2, CONTROL)
    assert window.settings.mix == {"calm": 1.0}
    press(qtbot, window, Qt.Key.Key_Right, CONTROL)
    assert window.settings.mix == {"calm": 1.0}
    press(qtbot, window, Qt.Key.Key_3, CONTROL)
    press(qtbot, window, Qt.Key.Key_0, CONTROL)
    assert window.settings.mix == {"calm": 1.0}


def test_a_fifth_style_is_too_much(open_window, catalog, qtbot) -> None:
    (file,) = catalog.files
    more = {name: replace(file.styles["calm"], name=name) for name in ("fourth", "fifth")}
    window = open_window(catalog=Catalog((replace(file, styles={**file.styles, **more}),)))
    for name in ("wild", "dark", "fourth", "fifth"):
        window.model.toggle_in_mix(name)
    assert list(window.settings.mix) == ["calm", "wild", "dark", "fourth"]
    assert "take one out" in window.bar.status.text()
    assert not window.panel.mixer.partners.isVisible()
    assert len(rows_of(window)) == 4


def test_styles_of_two_networks_do_not_mix_and_that_is_said(open_window, catalog, qtbot) -> None:
    (file,) = catalog.files
    other = replace(file, weights=dict(file.weights), styles={"else": replace(file.styles["calm"], name="else")})
    window = open_window(catalog=Catalog((file, other)))
    click_style(qtbot, window, 3, SHIFT)
    assert window.settings.mix == {"calm": 1.0}
    assert "only styles of one network" in window.bar.status.text()


def test_the_cards_of_a_mix_are_marked(window, qtbot) -> None:
    def corner(row: int) -> QColor:
        rect = window.gallery.visualRect(window.gallery.model().index(row, 0))
        return window.gallery.viewport().grab().toImage().pixelColor(rect.right() - 16, rect.top() + 17)

    before = corner(1)
    click_style(qtbot, window, 1, SHIFT)
    assert [corner(row).name() for row in (0, 1)] == [theme.MIX[0], theme.MIX[1]]
    click_style(qtbot, window, 1, SHIFT)
    assert corner(1) == before


def test_strength_and_colors_change_the_look(window, qtbot, world, catalog, picture) -> None:
    file = catalog.files[0]
    window.panel.strength.slider.setValue(50)
    half = (file.identity + file.styles["calm"].codes[0]) / 2
    qtbot.waitUntil(lambda: np.allclose(painted_code(world), half, atol=1e-5))
    shown = []
    for row, value in enumerate(("painting", "camera", "only")):
        window.panel.colors.activated.emit(row)
        assert window.settings.colors == value
        assert window.panel.colors.currentIndex() == row
        wait_for_a_new_picture(qtbot, window)
        shown.append(window.view.picture.frame.image)
    assert (shown[0] == 255 - picture).all()
    assert not (shown[1] == shown[0]).all()
    assert not (shown[2] == shown[1]).all()
    window.panel.strength.slider.setValue(0)
    qtbot.waitUntil(lambda: (window.view.picture.frame.image == picture).all())
    press(qtbot, window, Qt.Key.Key_Up)
    assert window.settings.strength == 0.05
    assert window.panel.strength.value_label.text() == "5 %"


def test_the_key_for_colors_goes_through_them(window, qtbot) -> None:
    for expected in ("camera", "only", "painting"):
        press(qtbot, window, Qt.Key.Key_K)
        assert window.settings.colors == expected


def test_the_stroke_slider_doubles_and_halves(window, qtbot) -> None:
    stroke = window.panel.stroke
    assert stroke.value_label.text() == "100 %"
    for place, factor, text in ((100, 2.0, "200 %"), (-100, 0.5, "50 %"), (50, 2**0.5, "141 %")):
        stroke.slider.setValue(place)
        assert window.settings.stroke == pytest.approx(factor)
        assert stroke.value_label.text() == text
    qtbot.mouseDClick(stroke.slider, LEFT)
    assert window.settings.stroke == 1.0


def test_the_keys_for_stroke_and_steadiness(window, qtbot) -> None:
    press(qtbot, window, Qt.Key.Key_Up, SHIFT)
    assert window.settings.stroke == pytest.approx(2**0.05)
    for _ in range(40):
        press(qtbot, window, Qt.Key.Key_Down, SHIFT)
    assert window.settings.stroke == 0.5
    press(qtbot, window, Qt.Key.Key_Right, SHIFT)
    assert window.settings.steady == pytest.approx(0.55)
    assert window.panel.steady.value_label.text() == "55 %"
    for _ in range(12):
        press(qtbot, window, Qt.Key.Key_Left, SHIFT)
    assert window.settings.steady == 0.0
    assert window.panel.steady.value_label.text() == "Off"


def test_a_slider_goes_where_it_is_clicked_and_back_on_a_double_click(window, qtbot) -> None:
    slider = window.panel.strength.slider
    qtbot.mouseClick(slider, LEFT, pos=QPoint(slider.width() // 4, slider.height() // 2))
    assert 0.2 < window.settings.strength < 0.3
    qtbot.mouseDClick(slider, LEFT, pos=QPoint(slider.width() // 4, slider.height() // 2))
    assert window.settings.strength == 1.0


def test_the_wheel_is_left_to_the_panel(window) -> None:
    before = window.settings
    for widget in (window.panel.strength.slider, window.panel.colors):
        place = QPointF(widget.rect().center())
        turn = QWheelEvent(
            *(place, widget.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, NO_KEY),
            *(Qt.ScrollPhase.NoScrollPhase, False),
        )
        widget.event(turn)
        assert not turn.isAccepted()
    assert window.settings == before


def test_a_focused_slider_keeps_its_arrow_keys(window, qtbot) -> None:
    slider = window.panel.strength.slider
    window.activateWindow()
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(slider.hasFocus)
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert window.settings.mix == {"calm": 1.0}
    assert window.settings.strength == 0.99


def test_smooth_balanced_and_fine_are_chosen_and_remembered(open_window, world) -> None:
    window = open_window(Settings())
    pace = window.panel.pace
    assert [pace.itemText(row) for row in range(pace.count())] == ["Smooth", "Balanced", "Fine"]
    assert pace.currentText() == "Balanced"
    pace.activated.emit(0)
    assert (window.settings.pace, window.model.controls().rate_fps) == ("smooth", 30.0)
    assert pace.currentText() == "Smooth"


def test_choosing_a_quality_ends_an_exact_size(window) -> None:
    assert window.panel.pace.currentIndex() == -1
    assert window.panel.pace.placeholderText() == "240 lines"
    window.panel.pace.activated.emit(2)
    assert (window.settings.pace, window.settings.lines) == ("fine", None)
    assert window.panel.pace.currentText() == "Fine"


def test_the_controls_stay_where_they_are_however_long_a_title_is(window) -> None:
    style = window.model.style
    places = []
    for title, artist in (("Calm", "somebody"), ("A " + "very " * 30 + "long title", ""), ("x" * 90, "y" * 90)):
        longer = replace(style, title=title, artist=artist, year="")
        window.panel.show_settings(window.settings, [(longer, 1.0)], [], mirror=False)
        window.panel.widget().layout().activate()
        places.append([control.geometry() for control in (window.panel.strength, window.panel.pace)])
    assert places[0] == places[1] == places[2]
    assert window.panel.title.toolTip() == "x" * 90


def test_the_processing_size_can_be_chosen(window, qtbot) -> None:
    lines = window.panel.details.lines
    assert [lines.itemText(row) for row in range(lines.count())] == [
        *("Automatic", "240 lines", "360 lines", "480 lines", "720 lines", "1080 lines")
    ]
    assert lines.currentText() == "240 lines"
    lines.activated.emit(4)
    assert window.settings.lines == 720
    lines.activated.emit(0)
    assert window.settings.lines is None


# ---- sources ---------------------------------------------------------------------------------------------------------


def test_a_source_can_be_chosen_from_the_menu(window, qtbot, world) -> None:
    button = window.panel.source_button
    button._open_menu()
    qtbot.waitUntil(lambda: "Studio && Stage" in [a.text() for a in button.menu().actions()])
    texts = [a.text() for a in button.menu().actions() if a.text()]
    files = ["Open files…", "Open folder…", "Open address…"]
    assert texts == ["Integrated Webcam", "Studio && Stage", "Screen or window", "Demo scene", *files]
    next(a for a in button.menu().actions() if a.text() == "Studio && Stage").trigger()
    qtbot.waitUntil(lambda: window.panel.source_button.text() == "camera:Studio & Stage")
    qtbot.waitUntil(lambda: window.settings.source == "camera:Studio & Stage")
    assert window.panel.mirror.isChecked()


def test_screens_and_windows_are_in_the_menu_with_small_pictures(window, qtbot, world) -> None:
    button = window.panel.source_button
    button._open_menu()

    def offered() -> list:
        below = next(a for a in button.menu().actions() if a.text() == "Screen or window").menu()
        return [] if below is None else below.actions()

    qtbot.waitUntil(lambda: len(offered()) == 2)
    screen, other = offered()
    assert (screen.text(), other.text()) == ("Screen 1", "A && B")
    assert not screen.icon().isNull()
    other.trigger()
    qtbot.waitUntil(lambda: world.sources[-1].name == "window:A & B")


def test_where_no_screen_can_be_seen_choosing_one_says_why(window, qtbot, world) -> None:
    world.screens = []
    button = window.panel.source_button
    button._open_menu()
    next(a for a in button.menu().actions() if a.text() == "Screen or window").trigger()
    qtbot.waitUntil(lambda: world.sources[-1].name == "screen")


def test_several_files_are_opened_as_a_list_and_remembered(window, qtbot, world) -> None:
    window.panel.source_button.ask_for_file()
    dialog = window.findChild(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit(["a.mp4", "b.jpg"])
    dialog.reject()
    qtbot.waitUntil(lambda: window.settings.source == "a.mp4\nb.jpg")
    assert world.sources[-1].name == "a.mp4\nb.jpg"


def test_a_folder_is_opened(window, qtbot, world) -> None:
    window.panel.source_button.ask_for_folder()
    dialog = window.findChild(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit("album")
    dialog.reject()
    qtbot.waitUntil(lambda: world.sources[-1].name == "album")


def test_cameras_that_can_not_be_listed_are_told_and_looked_for_again(window, qtbot, world, monkeypatch) -> None:
    def fail() -> list[str]:
        raise OSError("no such bus")

    button = window.panel.source_button
    with monkeypatch.context() as patch:
        patch.setattr(live_source, "camera_names", fail)
        button._open_menu()
        qtbot.waitUntil(lambda: window.bar.status.text() == "Looking for cameras failed: see the log.")
    assert button.menu().actions()[0].text() == "No camera found"
    button._open_menu()
    qtbot.waitUntil(lambda: button.menu().actions()[0].text() == "Integrated Webcam")


def test_a_file_dropped_on_the_window_is_shown(window, qtbot, world, tmp_path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "clip.mp4"))])
    place, action, keys = QPoint(50, 50), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, action, data, LEFT, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(place), action, data, LEFT, keys))
    qtbot.waitUntil(lambda: world.sources[-1].name == str(tmp_path / "clip.mp4"))


def test_an_address_dropped_on_the_window_stays_as_it_is(window, qtbot, world) -> None:
    address = "https://example.org/a%20clip.mp4?part=1%262"
    data = QMimeData()
    data.setUrls([QUrl(address)])
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, NO_KEY))
    qtbot.waitUntil(lambda: world.sources[-1].name == address)


def test_text_dropped_on_the_window_is_not_taken(window) -> None:
    data = QMimeData()
    data.setText("hello")
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
    enter.ignore()
    window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_a_source_that_does_not_open_is_told_and_the_one_before_comes_back(window, qtbot, world) -> None:
    window.use_source("missing")
    qtbot.waitUntil(lambda: "There is no file missing: check its name." in window.bar.status.text())
    qtbot.waitUntil(lambda: window.panel.source_button.text() == "demo")
    assert [source.name for source in world.sources] == ["demo", "missing"]
    shown = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > shown)
    assert window.settings.source is None


def test_a_source_that_does_not_open_is_neither_remembered_nor_kept_in_a_scene(window, qtbot) -> None:
    window.use_settings(replace(window.settings, source="missing", strength=0.5))
    qtbot.waitUntil(lambda: window.settings.source == "demo")
    window.keep_scene("1")
    assert (window.settings.scenes["1"].source, window.settings.strength) == ("demo", 0.5)


def test_a_source_of_last_time_that_is_gone_gives_way_to_the_camera(open_window, world) -> None:
    world.has_camera = True
    window = open_window(Settings(lines=240, source="missing"))
    assert [source.name for source in world.sources] == ["missing", "camera"]
    assert window.bar.status.text() == "There is no file missing: check its name."


def test_a_camera_pulled_out_is_told_until_it_is_back(window, qtbot, world) -> None:
    source = world.sources[-1]
    source.failing.set()
    qtbot.waitUntil(lambda: window.bar.status.text() == "The camera is gone. Trying again.")
    source.failing.clear()
    qtbot.waitUntil(lambda: window.bar.status.text().endswith("demo is back."))


# ---- keeping ---------------------------------------------------------------------------------------------------------


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_recording_writes_a_video_that_plays(window, qtbot, tmp_path, picture) -> None:
    qtbot.mouseClick(window.bar.buttons["record"], LEFT)
    assert window.bar.buttons["record"].isChecked()
    qtbot.waitUntil(lambda: window.bar.buttons["record"].text().startswith("Stop  00:00"))
    qtbot.waitUntil(lambda: list((tmp_path / "Videos").glob("*.part")) != [])
    shown = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > shown + 20)
    qtbot.mouseClick(window.bar.buttons["record"], LEFT)
    qtbot.waitUntil(lambda: window.bar.status.text().startswith("Recorded to "))
    (path,) = (tmp_path / "Videos").iterdir()
    assert path.match("livestyle-*-calm.mp4")
    frames = frames_of(path)
    assert len(frames) > 5
    assert frames[0].shape == picture.shape
    assert not window.bar.buttons["record"].isChecked()


def test_a_recording_in_progress_is_finished_when_the_window_closes(window, qtbot, tmp_path) -> None:
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: list((tmp_path / "Videos").glob("*.part")) != [])
    shown = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > shown + 20)
    window.close()
    (path,) = (tmp_path / "Videos").iterdir()
    assert path.suffix == ".mp4"
    assert frames_of(path)


def test_a_recording_that_fails_is_told(window, qtbot, tmp_path) -> None:
    (tmp_path / "Videos").write_text("a file where the folder should be")
    qtbot.mouseClick(window.bar.buttons["record"], LEFT)
    qtbot.waitUntil(lambda: "choose another place" in window.bar.status.text())
    qtbot.waitUntil(lambda: not window.bar.buttons["record"].isChecked())


def test_after_a_recording_that_can_not_begin_the_next_one_does(window, qtbot, tmp_path, monkeypatch) -> None:
    real, errors = outputs.recording_sink, [ImportError("no encoder")]

    def recording_sink(*args):
        if errors:
            raise errors.pop()
        return real(*args)

    monkeypatch.setattr(outputs, "recording_sink", recording_sink)
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.bar.status.text() == "Recording failed: see the log.")
    assert not window.bar.buttons["record"].isChecked()
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: list((tmp_path / "Videos").glob("*.part")) != [])
    assert window.bar.buttons["record"].isChecked()


def test_recording_can_be_stopped_before_it_has_begun(window, qtbot, tmp_path, monkeypatch) -> None:
    gate, real = threading.Event(), outputs.recording_sink
    monkeypatch.setattr(outputs, "recording_sink", lambda *args: gate.wait(20) and real(*args))
    qtbot.mouseClick(window.bar.buttons["record"], LEFT)
    qtbot.mouseClick(window.bar.buttons["record"], LEFT)
    gate.set()
    qtbot.waitUntil(lambda: not window._recorder._file.is_there)
    assert not list((tmp_path / "Videos").glob("*.part"))


def test_a_snapshot_is_the_picture_on_show(window, qtbot, tmp_path, picture) -> None:
    qtbot.mouseClick(window.bar.buttons["snapshot"], LEFT)
    qtbot.waitUntil(lambda: window.bar.status.text().startswith("Saved to "))
    (path,) = (tmp_path / "Pictures").iterdir()
    assert path.match("livestyle-*-calm.png")
    saved = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(saved, 255 - picture)


def test_what_was_made_lies_on_the_picture(window, qtbot, tmp_path) -> None:
    press(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(window.toast.isVisible)
    qtbot.waitUntil(lambda: window.toast.sentence.text() == "Saved")
    assert window.toast.path.parent == tmp_path / "Pictures"
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: list((tmp_path / "Videos").glob("*.part")) != [])
    shown = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > shown + 20)
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.toast.sentence.text() == "Recorded")
    qtbot.waitUntil(lambda: not window.toast.picture.pixmap().isNull())


def test_a_recording_has_the_size_and_the_folder_that_are_set(open_window, settings, qtbot, tmp_path) -> None:
    window = open_window(replace(settings, record_lines=96, folder=str(tmp_path / "shows")))
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: list((tmp_path / "shows").glob("*.part")) != [])
    shown = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > shown + 20)
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: list((tmp_path / "shows").glob("*.mp4")) != [])
    (path,) = (tmp_path / "shows").iterdir()
    assert frames_of(path)[0].shape == (96, 128, 3)


def test_a_recording_that_a_crash_has_cut_off_is_whole_at_the_next_start(open_window, qtbot, tmp_path) -> None:
    (tmp_path / "Videos").mkdir()
    path = tmp_path / "Videos" / "livestyle-20260101-000000-calm.mp4"
    sink = VideoSink(path, (48, 64))
    sink.open()
    for index in range(60):
        sink.write(Frame(np.zeros((48, 64, 3), np.uint8), index / 30, index))
    left = path.with_name(path.name + ".part").read_bytes()
    sink.close(completed=False)
    path.unlink()
    path.with_name(path.name + ".part").write_bytes(left)
    window = open_window()
    qtbot.waitUntil(window.toast.isVisible)
    assert "cut off" in window.toast.sentence.text()
    assert window.toast.path == path
    assert len(frames_of(path)) > 20


def test_sound_is_listened_to_while_it_is_recorded(window, qtbot, tmp_path, monkeypatch) -> None:
    heard = threading.Event()

    def listen(self, hear, stopping) -> None:
        while not stopping.wait(0.01):
            hear(Sound(np.full((480, 2), 0.5, np.float32), window._live.now_s - 0.01))
            heard.set()

    monkeypatch.setattr(Microphone, "listen", listen)
    monkeypatch.setattr(Microphone, "why_not", lambda _: None)
    window.panel.recording.changed.emit("sound", "microphone")
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(heard.is_set)
    qtbot.waitUntil(lambda: list((tmp_path / "Videos").glob("*.part")) != [])
    shown = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > shown + 60)
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: list((tmp_path / "Videos").glob("*.mp4")) != [])
    (path,) = (tmp_path / "Videos").iterdir()
    with av.open(str(path)) as file:
        assert max(np.abs(frame.to_ndarray()).max() for frame in file.decode(audio=0)) > 0.2


def test_two_snapshots_in_a_second_have_two_names(window, qtbot, tmp_path) -> None:
    for count in (1, 2, 3):
        press(qtbot, window, Qt.Key.Key_S)
        qtbot.waitUntil(lambda count=count: len(list((tmp_path / "Pictures").glob("*.png"))) == count)


# ---- the window ------------------------------------------------------------------------------------------------------


def test_settings_are_remembered(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    click_style(qtbot, window, 2)
    window.panel.strength.slider.setValue(40)
    for row in (0, 1):
        click_style(qtbot, window, row, SHIFT)
    window.panel.mixer.rows[0].slider.setValue(50)
    window.panel.stroke.slider.setValue(-50)
    window.panel.steady.slider.setValue(30)
    window.panel.colors.activated.emit(2)
    window.use_source("clip.mp4")
    qtbot.waitUntil(lambda: window.settings.source == "clip.mp4")
    press(qtbot, window, Qt.Key.Key_P)
    window.resize(700, 500)
    window.close()
    remembered = load_settings(tmp_path / "settings.json")
    assert remembered.mix == pytest.approx({"dark": 0.5, "calm": 0.25, "wild": 0.25}, abs=0.1)
    assert (remembered.strength, remembered.steady, remembered.colors) == (0.4, 0.3, "only")
    assert remembered.stroke == pytest.approx(0.5**0.5)
    assert (remembered.source, remembered.panels) == ("clip.mp4", False)
    again = open_window(remembered)
    assert again.size() == window.size()
    assert again.panel.title.text() == "Dark"
    assert again.panel.strength.slider.value() == 40
    assert again.panel.stroke.slider.value() == -50
    assert again.panel.steady.slider.value() == 30
    assert again.panel.colors.currentText() == "Colours only"
    assert again.settings.mix == remembered.mix
    assert not again.panel.isVisible()


def test_the_source_of_this_start_is_not_remembered(open_window, world, tmp_path) -> None:
    window = open_window(source="clip.mp4")
    assert world.sources[0].name == "clip.mp4"
    window.close()
    assert json.loads((tmp_path / "settings.json").read_text())["source"] is None


def test_a_window_that_was_maximized_is_so_again_after_full_screen(window, qtbot) -> None:
    window.showMaximized()
    qtbot.waitUntil(window.isMaximized)
    press(qtbot, window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    qtbot.mouseDClick(window.view, LEFT)
    qtbot.waitUntil(lambda: window.isMaximized() and not window.isFullScreen())


def test_full_screen_shows_the_picture_alone_and_messages_on_it(window, qtbot) -> None:
    press(qtbot, window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    assert not any(part.isVisible() for part in (window.panel, window.gallery, window.bar))
    press(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.view._words.startswith("Saved to "))
    press(qtbot, window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert all(part.isVisible() for part in (window.panel, window.gallery, window.bar))


def test_of_a_key_that_is_held_only_steps_repeat(window, qtbot) -> None:
    repeating = {action.shortcut().toString() for action in window.actions() if action.autoRepeat()}
    assert {key.split("+")[-1] for key in repeating} == {"Left", "Right", "Up", "Down"}


def test_the_picture_has_the_keyboard_from_the_start(window) -> None:
    # A button with the keyboard would be pressed by Space, which is for comparing.
    assert window.focusWidget() is window.view


def test_the_list_of_keys_opens(window, qtbot) -> None:
    press(qtbot, window, Qt.Key.Key_Question)
    dialog = window.findChild(QDialog)
    assert dialog.isVisible()
    dialog.close()


def test_a_small_window_keeps_what_matters(window, qtbot) -> None:
    window.resize(700, 520)
    qtbot.waitUntil(lambda: window.width() == 700)
    assert window.view.width() >= 240
    assert window.bar.buttons["record"].isVisible()
    assert window.gallery.height() > CARD.height()
    assert window.bar.buttons["snapshot"].text() == ""


def test_where_the_bar_has_no_room_messages_are_on_the_picture(window, qtbot) -> None:
    qtbot.waitUntil(lambda: window.view._words == "")
    window.resize(540, 400)
    window.note("That is how it is.")
    qtbot.waitUntil(lambda: window.view._words == "That is how it is.")


def test_a_sentence_that_is_too_long_for_the_bar_is_whole_on_the_picture(window, qtbot, tmp_path) -> None:
    qtbot.waitUntil(lambda: window.view._words == "")
    film = tmp_path / "Videos" / "livestyle-1.mp4"
    window.note(f"There is no space left for {film}: free some, or write to another disk. {'And so on. ' * 20}")
    assert window.view._words.startswith("There is no space left for livestyle-1.mp4: free some, or write to another")
    window.note("That is how it is.")
    assert window.view._words == ""
    assert window.bar.status.text() == "That is how it is."


def test_closing_ends_every_thread(window) -> None:
    assert any(t.name.startswith("livestyle") for t in threading.enumerate())
    window.close()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


def test_a_window_can_be_closed_at_once(qtbot, catalog, world, tmp_path) -> None:
    window = MainWindow(catalog, Settings(), settings_path=tmp_path / "settings.json")
    qtbot.addWidget(window)
    window.start()
    window.close()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]
