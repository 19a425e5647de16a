from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QComboBox

from livestyle.gui.camera_section import CameraSection
from livestyle.gui.window import MainWindow
from livestyle.live.message import Stats
from livestyle.settings import Settings, load_settings


def choose(choice: QComboBox, value: object) -> None:
    choice.setCurrentIndex(choice.findData(value))
    choice.activated.emit(choice.currentIndex())


@pytest.fixture
def section(qtbot) -> CameraSection:
    section = CameraSection()
    qtbot.addWidget(section)
    return section


def test_what_is_set_is_shown(section: CameraSection) -> None:
    section.show_settings(Settings(webcam_lines=1080, webcam_fps=60))
    assert (section.lines.currentText(), section.rate.currentText()) == ("1920x1080", "60 fps")
    section.show_settings(Settings(webcam_lines=None))
    assert (section.lines.currentText(), section.rate.currentText()) == ("The camera's own", "30 fps")


def test_what_the_camera_gives_is_said(section: CameraSection) -> None:
    section.show_given(Stats(29.8, 20.0, 20.0, 0, 1.0, 1.0, {}, None, (480, 640)))
    assert "gives 640x480 at 30 fps" in section.lines.toolTip()
    section.show_given(None)
    assert "gives what it can" in section.rate.toolTip()


def test_only_cameras_are_asked(open_window, world, qtbot) -> None:
    world.has_camera = True
    window = open_window(source="camera")
    assert window.panel.camera.isVisible()
    window.use_source("demo")
    qtbot.waitUntil(lambda: not window.panel.camera.isVisible())


def test_a_camera_is_opened_anew_with_what_is_set(open_window, world, qtbot, tmp_path) -> None:
    world.has_camera = True
    window: MainWindow = open_window(source="camera")
    before = window.settings
    choose(window.panel.camera.lines, 2160)
    choose(window.panel.camera.rate, 60)
    qtbot.waitUntil(lambda: world.asked[-1] == (2160, 60))
    assert world.asked[0] == (720, 30)
    assert [source.name for source in world.sources] == ["camera"] * len(world.sources)
    frame = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > frame + 3)
    assert window.settings.source == before.source
    # Somebody who takes back a style does not mean the camera.
    window.undo.undo()
    window.undo.reset()
    window.close()
    saved = load_settings(tmp_path / "settings.json")
    assert (saved.webcam_lines, saved.webcam_fps) == (2160, 60)
