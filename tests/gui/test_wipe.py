from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from livestyle.gui.wipe import PLACES, WipeLine

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def parent(qtbot) -> QWidget:
    parent = QWidget()
    parent.resize(640, 400)
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def line(parent) -> WipeLine:
    line = WipeLine(parent)
    line.show_over(QRectF(100, 20, 400, 300))
    line.setVisible(True)
    parent.show()
    return line


def middle(line: WipeLine) -> float:
    return line.x() + line.width() / 2


def test_it_stands_over_the_picture(line) -> None:
    assert middle(line) == 300
    assert (line.y(), line.height()) == (20, 300)
    line.setValue(PLACES // 4)
    assert middle(line) == 200
    line.show_over(QRectF(0, 0, 640, 400))
    assert middle(line) == 160


def test_it_is_dragged_no_further_than_the_picture(line, qtbot) -> None:
    parent = line.parentWidget()
    qtbot.mousePress(line, LEFT, pos=line.rect().center())
    for x, share in ((150, 0.125), (450, 0.875), (620, 1.0), (10, 0.0)):
        QTest.mouseMove(line, line.mapFrom(parent, QPoint(x, 100)))
        assert line.share == pytest.approx(share, abs=0.01)
    qtbot.mouseRelease(line, LEFT)
    QTest.mouseMove(line, line.mapFrom(parent, QPoint(300, 100)))
    assert line.share == 0


def test_arrows_move_it(line, qtbot) -> None:
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Right)
    assert line.share > 0.5
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(line, key)
    assert line.share < 0.5
    assert line.accessibleName()


def test_a_double_click_takes_it_back_to_the_middle(line, qtbot) -> None:
    line.setValue(100)
    qtbot.mouseDClick(line, LEFT)
    assert line.share == 0.5


def test_it_is_seen_that_it_has_the_keyboard(line, qtbot) -> None:
    line.parentWidget().activateWindow()
    line.clearFocus()
    before = line.grab().toImage()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    assert line.grab().toImage() != before
