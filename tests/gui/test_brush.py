from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QImage, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from livestyle.frame import Frame
from livestyle.gui.brush import Brush
from livestyle.gui.view import LiveView
from livestyle.live.message import Picture
from livestyle.masks import from_text

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def parent(qtbot) -> QWidget:
    parent = QWidget()
    parent.resize(640, 400)
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def brush(parent) -> Brush:
    """Over a picture of 320x180 that is shown at 640x360, 20 px below the top."""
    brush = Brush(parent)
    brush.resize(640, 400)
    brush.show_over(QRectF(0, 20, 640, 360), (180, 320))
    parent.show()
    brush.begin()
    return brush


@pytest.fixture
def texts(brush) -> list[str]:
    texts: list[str] = []
    brush.brushed.connect(texts.append)
    return texts


def stroke(brush: Brush, button: Qt.MouseButton, *places: tuple[int, int]) -> None:
    QTest.mousePress(brush, button, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(brush, QPoint(*place))
    QTest.mouseRelease(brush, button, pos=QPoint(*places[-1]))


def grey_of(view: LiveView) -> np.ndarray:
    """What the view shows, (H, W)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    memory = np.array(image.constBits().asarray(image.sizeInBytes()), np.uint8)
    return memory.reshape(image.height(), image.bytesPerLine())[:, : image.width()]


@pytest.mark.parametrize("width_px", [300, 640, 1200])
def test_the_bar_leaves_the_badge_of_a_recording_alone(qtbot, width_px: int) -> None:
    view = LiveView()
    qtbot.addWidget(view)
    view.resize(1200, 500)
    frame = Frame(np.full((500, width_px, 3), 60, np.uint8), 0.0, 0)
    view.show_picture(Picture(frame, frame.image, is_painted=True))
    view.show()
    before = grey_of(view)
    view.set_recording(True)
    badge = np.argwhere(grey_of(view) != before)
    (top, left), (bottom, right) = badge.min(axis=0).tolist(), badge.max(axis=0).tolist()
    view.brush.begin()
    QApplication.processEvents()
    bar = view.brush.bar.geometry()
    assert not bar.intersects(QRect(left, top, right - left + 1, bottom - top + 1))
    assert bar.top() < bottom + 24


def wheel(brush: Brush, notches: int) -> None:
    event = QWheelEvent(
        QPointF(320, 200),
        brush.mapToGlobal(QPointF(320, 200)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(brush, event)


def width_of_a_dab(brush: Brush, texts: list[str]) -> int:
    brush.show_brushed("")
    stroke(brush, LEFT, (320, 200))
    return int((from_text(texts[-1]).max(axis=0) > 0).sum())


def test_a_stroke_is_told_once_at_its_end(brush, texts) -> None:
    stroke(brush, LEFT, (160, 200), (320, 200), (480, 200))
    assert len(texts) == 1
    mask = from_text(texts[0])
    assert mask.shape == (180, 320)
    assert (mask[90, 80:240] == 255).all()
    assert mask[90, 300] == mask[20, 160] == 0


def test_the_right_button_erases(brush, texts) -> None:
    stroke(brush, LEFT, (160, 200), (480, 200))
    stroke(brush, RIGHT, (320, 100), (320, 300))
    mask = from_text(texts[-1])
    assert mask[90, 160] == 0
    assert mask[90, 100] == 255


@pytest.mark.parametrize("way", ["keys", "wheel"])
def test_its_size_can_be_changed(brush, texts, way: str) -> None:
    usual = width_of_a_dab(brush, texts)
    if way == "keys":
        QTest.keyClick(brush, Qt.Key.Key_BracketRight)
    else:
        wheel(brush, 1)
    larger = width_of_a_dab(brush, texts)
    assert larger > usual
    for _ in range(40):
        wheel(brush, -1)
    smallest = width_of_a_dab(brush, texts)
    assert 1 <= smallest < usual
    QTest.keyClick(brush, Qt.Key.Key_BracketLeft)
    assert width_of_a_dab(brush, texts) == smallest


def test_it_can_be_used_from_the_keyboard(brush, texts) -> None:
    for _ in range(4):
        QTest.keyClick(brush, Qt.Key.Key_Left)
    QTest.keyClick(brush, Qt.Key.Key_Up)
    QTest.keyClick(brush, Qt.Key.Key_Return)
    ys, xs = np.nonzero(from_text(texts[-1]))
    assert xs.mean() < 150
    assert ys.mean() < 89
    QTest.keyClick(brush, Qt.Key.Key_Delete)
    assert texts[-1] == ""


def test_what_was_taken_back_is_gone_on_from(brush, texts) -> None:
    stroke(brush, LEFT, (160, 200))
    first = texts[-1]
    stroke(brush, LEFT, (480, 200))
    brush.show_brushed(first)
    stroke(brush, LEFT, (320, 60))
    mask = from_text(texts[-1])
    assert mask[90, 80] == mask[20, 160] == 255
    assert mask[90, 240] == 0


def test_all_can_be_cleared(brush, texts) -> None:
    stroke(brush, LEFT, (160, 200))
    brush.bar.clear.click()
    assert texts[-1] == ""
    stroke(brush, LEFT, (480, 200))
    assert from_text(texts[-1])[90, 80] == 0


@pytest.mark.parametrize("way", ["escape", "done"])
def test_it_ends(brush, way: str) -> None:
    assert brush.isVisible()
    if way == "escape":
        QTest.keyClick(brush, Qt.Key.Key_Escape)
    else:
        brush.bar.done.click()
    assert not brush.isVisible()


def test_without_a_picture_nothing_can_be_brushed(brush, texts) -> None:
    brush.show_over(QRectF(), (0, 0))
    stroke(brush, LEFT, (160, 200), (300, 200))
    QTest.keyClick(brush, Qt.Key.Key_Return)
    assert texts == []


def test_it_waits_for_a_picture(brush) -> None:
    brush.end()
    brush.show_over(QRectF(), (0, 0))
    brush.begin()
    assert not brush.isVisible()


@pytest.mark.parametrize("width", [240, 640, 1600])
def test_its_bar_fits_into_the_view(brush, qtbot, width: int) -> None:
    brush.resize(width, 300)
    qtbot.waitUntil(lambda: brush.bar.geometry().right() < width)
    assert brush.bar.x() >= 0
    assert brush.rect().contains(brush.bar.geometry())
    for button in (brush.bar.clear, brush.bar.done):
        assert brush.bar.rect().contains(button.geometry())


def test_what_is_brushed_shines_during_a_stroke_only(brush) -> None:
    def shines() -> bool:
        color = brush.grab().toImage().pixelColor(160, 202)
        return color.red() > color.blue() + 30

    assert not shines()
    QTest.mousePress(brush, LEFT, pos=QPoint(160, 200))
    assert shines()
    QTest.mouseRelease(brush, LEFT, pos=QPoint(160, 200))
    assert not shines()
