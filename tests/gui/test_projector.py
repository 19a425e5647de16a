"""The clean output, beside a window and in its place."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRect, QSize, Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from livestyle.errors import LivestyleError
from livestyle.frame import Frame
from livestyle.gui import projector as module
from livestyle.gui.app import Start, run
from livestyle.gui.projector import Projector, ProjectorSink, chosen_screen, fitted
from livestyle.gui.window import MainWindow
from livestyle.live.message import Picture
from livestyle.settings import Settings
from livestyle.sinks.sink import Wants
from livestyle.styles.catalog import Catalog


def color_at(widget, x: int, y: int) -> tuple[int, int, int]:
    return widget.grab().toImage().pixelColor(x, y).getRgb()[:3]


def test_the_screen_that_is_chosen_is_filled_or_one_that_the_window_is_not_on() -> None:
    names = ["laptop", "projector", "television"]
    assert chosen_screen(names, "television", "laptop") == "television"
    assert chosen_screen(names, "gone", "laptop") == "projector"
    assert chosen_screen(names, "", "projector") == "laptop"
    assert chosen_screen(["laptop"], "", "laptop") == "laptop"


def test_two_screens_of_one_name_are_told_apart(monkeypatch) -> None:
    class Screen:
        def name(self) -> str:
            return "TV"

    first, second = Screen(), Screen()
    monkeypatch.setattr(QGuiApplication, "screens", lambda: [first, second])
    assert module.screens() == {"TV": first, "TV 2": second}


def test_a_picture_is_fitted_and_never_stretched() -> None:
    assert fitted(16 / 9, QSize(1920, 1080)) == QRect(0, 0, 1920, 1080)
    assert fitted(4 / 3, QSize(1920, 1080)) == QRect(240, 0, 1440, 1080)
    assert fitted(2.0, QSize(100, 100)) == QRect(0, 25, 100, 50)


def test_pictures_come_in_the_form_of_the_screen() -> None:
    shown: list[np.ndarray] = []
    sink = ProjectorSink("second screen", (2, 4), shown.append)
    assert sink.wants == Wants((2, 4))
    with sink:
        sink.write(Frame(np.full((2, 4, 3), (10, 20, 30), np.uint8), 0.0, 0))
    assert shown[0].shape == (2, 4, 4)
    assert tuple(shown[0][0, 0]) == (30, 20, 10, 255)


@pytest.fixture
def alone(qtbot) -> Projector:
    photo = np.full((10, 10, 3), (1, 2, 3), np.uint8)
    widget = Projector(lambda: Picture(Frame(photo, 0.0, 0), photo, is_painted=True), [])
    qtbot.addWidget(widget)
    widget.resize(100, 50)
    widget.show()
    return widget


def test_it_is_black_and_then_shows_what_it_was_given_last(alone, qtbot) -> None:
    assert color_at(alone, 50, 25) == (0, 0, 0)
    for value in (10, 20):
        alone.give(np.full((50, 50, 4), (30, 20, value, 255), np.uint8))
    assert color_at(alone, 50, 25) == (20, 20, 30)
    assert color_at(alone, 5, 25) == color_at(alone, 95, 25) == (0, 0, 0)
    assert alone.cursor().shape() == Qt.CursorShape.BlankCursor


def test_while_its_key_is_held_it_shows_the_cameras_picture(alone, qtbot) -> None:
    alone.give(np.full((50, 100, 4), 200, np.uint8))
    qtbot.keyPress(alone, Qt.Key.Key_Space)
    assert color_at(alone, 50, 25) == (1, 2, 3)
    qtbot.keyRelease(alone, Qt.Key.Key_Space)
    assert color_at(alone, 50, 25) == (200, 200, 200)


# ---- beside a window -------------------------------------------------------------------------------------------------


def projectors() -> list[Projector]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, Projector) and w.isVisible()]


@pytest.fixture
def projector(window, qtbot) -> Projector:
    """The clean output of a window, with a picture in it."""
    window.outlets["second screen"].toggle()
    (shown,) = projectors()
    qtbot.waitUntil(lambda: shown._image is not None and shown._image.any())
    return shown


def test_it_fills_its_screen_with_the_painting(window, projector, picture, qtbot) -> None:
    screen = QGuiApplication.primaryScreen()
    assert projector.isFullScreen()
    assert projector._image.shape == (screen.size().height(), screen.size().width(), 4)
    rect = fitted(64 / 48, screen.size())
    inside = projector._image[rect.top() : rect.bottom(), :, 2]
    assert not projector._image[: rect.top() - 1, :, :3].any()
    assert abs(float(inside.mean()) - float((255 - picture[..., 0]).mean())) < 3
    assert window.outlets["second screen"].line == f"{screen.size().width()}x{screen.size().height()}"
    assert window.bar.buttons["outputs"].isChecked()


def test_it_has_the_keys_of_the_window(window, projector, qtbot) -> None:
    before = window.model.style.name
    projector.activateWindow()
    qtbot.keyClick(projector, Qt.Key.Key_Right)
    assert window.model.style.name != before
    qtbot.keyClick(projector, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert "1" in window.settings.scenes


def test_escape_closes_it_and_nothing_else(window, projector, qtbot) -> None:
    projector.activateWindow()
    qtbot.keyClick(projector, Qt.Key.Key_Escape)
    assert not projector.isVisible()
    assert not window.outlets["second screen"].is_on
    assert window.isVisible()
    # It can be had again, and is the same.
    window.outlets["second screen"].toggle()
    qtbot.waitUntil(lambda: projectors() == [projector])


def test_where_its_screen_is_taken_away_it_goes_off_and_that_is_told(window, projector, qtbot) -> None:
    qapp = QGuiApplication.instance()
    qapp.screenRemoved.emit(QGuiApplication.primaryScreen())
    assert projectors() == []
    outlet = window.outlets["second screen"]
    assert not outlet.is_on
    assert outlet.fault.endswith("is gone: plug it in and switch it on again.")
    qtbot.waitUntil(lambda: window.bar.status.text() == outlet.fault)


def test_it_goes_with_its_window(window, projector) -> None:
    window.close()
    assert projectors() == []


def test_another_screen_can_be_chosen(window, projector, qtbot, monkeypatch) -> None:
    screen = QGuiApplication.primaryScreen()
    monkeypatch.setattr(module, "screens", lambda: {"laptop": screen, "projector": screen})
    outlet = window.outlets["second screen"]
    assert outlet.chosen == "projector"
    outlet.choose("laptop")
    assert (outlet.chosen, window.settings.screen) == ("laptop", "laptop")
    qtbot.waitUntil(lambda: projector._image is not None)
    assert projectors() == [projector]
    row = window.outputs_menu.rows["second screen"]
    row.show_choices()
    assert [row.choice.itemData(n) for n in range(2)] == ["laptop", "projector"]
    assert row.choice.currentData() == "laptop"


# ---- in place of a window --------------------------------------------------------------------------------------------


@pytest.fixture
def installed(monkeypatch, catalog, world, tmp_path) -> None:
    world.has_camera = True
    monkeypatch.setattr(Catalog, "installed", classmethod(lambda cls, network, device: catalog))
    monkeypatch.setattr("livestyle.settings.load_settings", lambda: Settings(lines=240))
    monkeypatch.setattr("livestyle.settings.settings_path", lambda: tmp_path / "settings.json")


def test_a_kiosk_has_the_picture_alone_until_escape(qapp, qtbot, installed, tmp_path) -> None:
    seen: list[bool] = []

    def go_on() -> None:
        (shown,) = projectors()
        if shown._image is None or not shown._image.any():
            return
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if not seen:  # its screen is taken away: it goes where there is one
            seen.append(bool(windows))
            qapp.screenRemoved.emit(QGuiApplication.primaryScreen())
            shown._image = None
        else:
            timer.stop()
            shown.activateWindow()
            qtbot.keyClick(shown, Qt.Key.Key_Escape)

    timer = QTimer()
    timer.timeout.connect(go_on)
    timer.start(10)
    assert run(Start(kiosk="")) == 0
    assert seen == [False]
    assert (tmp_path / "settings.json").exists()
    assert projectors() == []


def test_a_kiosk_on_a_screen_that_is_not_there_is_refused(installed) -> None:
    with pytest.raises(LivestyleError, match="There is no screen nowhere: choose "):
        run(Start(kiosk="nowhere"))
