from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from livestyle.gui.countdown import Countdown


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def over(qtbot) -> QWidget:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(200, 100)
    over.show()
    return over


@pytest.fixture
def countdown(over, done) -> Countdown:
    return Countdown(over, lambda: done.append("done"))


def test_it_counts_3_2_1_and_then_does_it(countdown, done) -> None:
    countdown.toggle()
    seen = [countdown.left]
    for _ in range(3):
        assert not done
        countdown.tick()
        seen.append(countdown.left)
    assert seen == [3, 2, 1, 0]
    assert done == ["done"]
    assert not countdown.isVisible()
    countdown.tick()
    assert done == ["done"]


def test_thought_better_of_nothing_is_done(countdown, done) -> None:
    countdown.toggle()
    countdown.tick()
    countdown.toggle()
    assert not countdown.isVisible()
    countdown.tick()
    assert done == []


def test_it_covers_the_picture_and_draws_the_number_on_it(countdown, over) -> None:
    countdown.toggle()
    over.resize(300, 200)
    assert countdown.geometry() == over.rect()
    counting = over.grab().toImage()
    countdown.toggle()
    assert over.grab().toImage() != counting


def test_its_key_saves_a_picture(window, qtbot, tmp_path) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert window.countdown.isVisible()
    for _ in range(3):
        window.countdown.tick()
    qtbot.waitUntil(lambda: "Saved to" in window.bar.status.text())
    assert len(list((tmp_path / "Pictures").iterdir())) == 1
