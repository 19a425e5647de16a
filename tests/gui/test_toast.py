from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from livestyle.frame import Frame
from livestyle.gui import made
from livestyle.gui.background import Background
from livestyle.gui.toast import Toast
from livestyle.sinks.video import VideoSink

GREEN = np.full((90, 160, 3), (0, 200, 0), np.uint8)


class AtOnce(Background):
    """Works without a thread."""

    def _start(self, do: Callable[[], None]) -> None:
        do()


@pytest.fixture
def stage(qtbot) -> QWidget:
    stage = QWidget()
    qtbot.addWidget(stage)
    stage.resize(800, 600)
    stage.show()
    return stage


@pytest.fixture
def toast(stage) -> Toast:
    return Toast(AtOnce(), stage)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), GREEN[:, :, ::-1])
    return path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    with VideoSink(tmp_path / "a.mp4", GREEN.shape[:2]) as sink:
        sink.write(Frame(GREEN, 0.0, 0))
    return tmp_path / "a.mp4"


@pytest.mark.parametrize("kind", ["picture", "video"])
def test_it_says_what_was_made_and_shows_it(toast, request, kind: str) -> None:
    path = request.getfixturevalue(kind)
    assert not toast.isVisible()
    toast.tell(path, "Recorded")
    assert toast.isVisible()
    assert (toast.sentence.text(), toast.place.toolTip()) == ("Recorded", str(path))
    shown = toast.picture.pixmap().toImage()
    color = shown.pixelColor(shown.width() // 2, shown.height() // 2)
    assert color.green() > 150 > color.red()


def test_it_lies_in_the_corner_whatever_the_size(toast, stage, picture) -> None:
    toast.tell(picture, "Saved")
    for width, height in ((300, 200), (1000, 700)):
        stage.resize(width, height)
        assert stage.rect().contains(toast.geometry())
        assert stage.height() - toast.geometry().bottom() < 20


def test_a_window_that_is_closed_reads_nothing_any_more(toast, stage, picture) -> None:
    stage.hide()
    toast.tell(picture, "Recorded")
    assert toast.path is None


def test_it_goes_after_a_while(toast, picture) -> None:
    toast.tell(picture, "Saved")
    assert toast._timer.isActive()
    toast._timer.timeout.emit()
    assert not toast.isVisible()


def test_it_stays_while_the_mouse_or_the_keyboard_is_on_it(toast, stage, picture, qtbot) -> None:
    toast.tell(picture, "Saved")
    toast.enterEvent(None)
    assert not toast._timer.isActive()
    toast.leaveEvent(None)
    assert toast._timer.isActive()
    stage.activateWindow()
    qtbot.waitUntil(stage.isActiveWindow)
    toast.copy.setFocus()
    toast._timer.timeout.emit()
    assert toast.isVisible()
    toast.close_button.click()
    assert not toast.isVisible()


def test_more_is_said_while_it_is_still_about_that(toast, picture, video) -> None:
    toast.tell(picture, "Painting")
    toast.tell_more(picture, "Painted")
    assert toast.sentence.text() == "Painted"
    toast.tell(video, "Recorded")
    toast.tell_more(picture, "Painted")
    assert toast.sentence.text() == "Recorded"
    toast.hide()
    toast.tell_more(video, "More")
    assert not toast.isVisible()


def test_a_picture_is_copied_as_a_picture(toast, picture) -> None:
    toast.tell(picture, "Saved")
    toast.copy.click()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (160, 90)
    assert toast.copy.text() == "Copied"


def test_a_video_is_copied_as_a_file(toast, video) -> None:
    toast.tell(video, "Recorded")
    assert toast.copy.toolTip() == "Copy the file"
    toast.copy.click()
    assert QGuiApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(video))]


@pytest.mark.parametrize(
    ("platform", "call"),
    [
        ("win32", 'explorer /select,"{path}"'),
        ("darwin", ["open", "-R", "{path}"]),
    ],
)
def test_it_is_shown_in_its_folder(toast, picture, monkeypatch, platform: str, call) -> None:
    calls: list[object] = []
    monkeypatch.setattr(made.sys, "platform", platform)
    monkeypatch.setattr(made.subprocess, "Popen", calls.append)
    toast.tell(picture, "Saved")
    toast.folder.click()
    filled = call.format(path=picture) if isinstance(call, str) else [part.format(path=picture) for part in call]
    assert calls == [filled]


def test_where_no_file_manager_answers_the_folder_is_opened(picture, monkeypatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(made.sys, "platform", "linux")
    monkeypatch.setattr(made, "_asked_file_manager", lambda _: False)
    monkeypatch.setattr(made.QDesktopServices, "openUrl", opened.append)
    made.show_in_folder(picture)
    assert opened == [QUrl.fromLocalFile(str(picture.parent))]


def test_what_is_gone_has_no_picture(tmp_path: Path) -> None:
    assert made.thumbnail_of(tmp_path / "a.mp4").isNull()
    assert made.thumbnail_of(tmp_path / "a.png").isNull()


class Never(Background):
    """Has not come to it yet."""

    def _start(self, do: Callable[[], None]) -> None:
        pass


def test_the_first_one_has_room_before_its_picture_is_read(qtbot, picture) -> None:
    stage = QWidget()
    qtbot.addWidget(stage)
    toast = Toast(Never(), stage)
    stage.resize(800, 600)
    stage.show()
    QGuiApplication.processEvents()
    stage.resize(900, 700)
    QGuiApplication.processEvents()
    toast.tell(picture, "Saved")
    assert toast.height() >= toast.sizeHint().height()
