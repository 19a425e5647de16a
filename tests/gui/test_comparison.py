from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QWidget

from livestyle.gui.comparison import Comparison


@pytest.fixture
def comparison(qtbot) -> Comparison:
    window = QWidget()
    qtbot.addWidget(window)
    return Comparison(window)


@pytest.fixture
def changes(comparison) -> list[bool]:
    changes: list[bool] = []
    comparison.changed.connect(lambda: changes.append(comparison.is_held))
    return changes


def send(comparison: Comparison, kind: QEvent.Type, key: Qt.Key = Qt.Key.Key_Space, *, repeats: bool = False) -> None:
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", repeats)
    QApplication.sendEvent(comparison.parent(), event)


def test_it_lasts_while_the_key_is_held(comparison, changes) -> None:
    send(comparison, QEvent.Type.KeyPress)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        send(comparison, kind, repeats=True)
    assert changes == [True]
    send(comparison, QEvent.Type.KeyRelease)
    assert changes == [True, False]


def test_other_keys_do_nothing(comparison, changes) -> None:
    send(comparison, QEvent.Type.KeyPress, Qt.Key.Key_A)
    send(comparison, QEvent.Type.KeyRelease, Qt.Key.Key_A)
    assert changes == []


def test_a_key_that_is_held_while_the_window_loses_the_keyboard_is_let_go(comparison, changes) -> None:
    send(comparison, QEvent.Type.KeyPress)
    QApplication.sendEvent(comparison.parent(), QEvent(QEvent.Type.ActivationChange))
    assert changes == [True, False]


def test_the_line_stays_whatever_is_held(comparison, changes) -> None:
    comparison.toggle()
    send(comparison, QEvent.Type.KeyPress)
    send(comparison, QEvent.Type.KeyRelease)
    assert comparison.is_on
    comparison.toggle()
    assert not comparison.is_on
    assert changes == [False, True, False, False]
