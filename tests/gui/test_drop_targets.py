from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PyQt6.QtWidgets import QWidget

from livestyle.gui.drop_targets import DropTargets
from livestyle.gui.drops import Use

LEFT, NO_KEY, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


def files(*names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/home/{name}") for name in names])
    return data


class Hand:
    """Drags over targets, and sees what comes of it."""

    def __init__(self, targets: DropTargets) -> None:
        self.targets = targets
        self.sources: list[str] = []
        self.pictures: list[str] = []
        self.styles: list[Path] = []
        targets.source_dropped.connect(self.sources.append)
        targets.picture_dropped.connect(lambda picture: self.pictures.append(picture.stem))
        targets.style_dropped.connect(self.styles.append)

    def enter(self, data: QMimeData, place: QPoint | None = None) -> bool:
        event = QDragEnterEvent(place or QPoint(5, 5), COPY, data, LEFT, NO_KEY)
        event.ignore()
        self.targets.enter(event)
        return event.isAccepted()

    def move(self, data: QMimeData, place: QPoint) -> None:
        self.targets.move_to(QDragMoveEvent(place, COPY, data, LEFT, NO_KEY))

    def drop(self, data: QMimeData, place: QPoint) -> bool:
        event = QDropEvent(QPointF(place), COPY, data, LEFT, NO_KEY)
        event.ignore()
        self.targets.drop(event)
        return event.isAccepted()


@pytest.fixture
def view(qtbot) -> Iterator[QWidget]:
    window = QWidget()
    window.resize(900, 600)
    view = QWidget(window)
    view.setGeometry(100, 50, 700, 400)
    window.show()
    qtbot.addWidget(window)
    yield view
    window.close()


@pytest.fixture
def hand(view) -> Hand:
    return Hand(DropTargets(view))


PHOTO = files("me.jpg")
OVER_LEFT, OVER_RIGHT, BELOW_RIGHT = QPoint(200, 200), QPoint(600, 200), QPoint(650, 590)


def test_a_photo_has_two_targets_over_the_picture(hand, view) -> None:
    assert hand.enter(PHOTO)
    assert hand.targets.isVisible()
    left, right = hand.targets.rects()
    assert left.right() < right.left()
    assert left.width() == right.width() > 300
    assert view.rect().contains(left.united(right))


def test_where_the_picture_is_narrow_they_are_above_each_other(hand, view) -> None:
    view.resize(300, 400)
    hand.enter(PHOTO)
    upper, lower = hand.targets.rects()
    assert upper.bottom() < lower.top()
    assert upper.width() == lower.width() > 250


def test_the_target_under_the_mouse_or_nearest_to_it_is_aimed_at(hand) -> None:
    hand.enter(PHOTO)
    for place, use in ((OVER_RIGHT, Use.STYLE), (OVER_LEFT, Use.PHOTO), (BELOW_RIGHT, Use.STYLE)):
        hand.move(PHOTO, place)
        assert hand.targets.aim is use


def test_a_photo_is_painted_or_painted_with(hand) -> None:
    hand.enter(PHOTO)
    assert hand.drop(PHOTO, OVER_LEFT)
    assert (hand.sources, hand.pictures) == (["/home/me.jpg"], [])
    assert not hand.targets.isVisible()
    hand.enter(PHOTO)
    assert hand.drop(PHOTO, OVER_RIGHT)
    assert (hand.sources, hand.pictures) == (["/home/me.jpg"], ["me"])


@pytest.mark.parametrize(
    ("data", "use"),
    [
        (files("clip.mp4"), Use.SOURCE),
        (files("a.jpg", "b.mp4"), Use.SOURCE),
        (files("own.safetensors"), Use.STYLE_FILE),
    ],
)
def test_all_else_has_one_target(hand, data, use) -> None:
    assert hand.enter(data)
    assert len(hand.targets.rects()) == 1
    assert hand.targets.aim is use


def test_what_is_dropped_is_told_by_its_kind(hand) -> None:
    hand.drop(files("clip.mp4"), OVER_RIGHT)
    hand.drop(files("a.jpg", "b.mp4"), OVER_RIGHT)
    hand.drop(files("own.safetensors"), OVER_RIGHT)
    image = QMimeData()
    image.setImageData(QImage(4, 4, QImage.Format.Format_RGB888))
    hand.drop(image, OVER_RIGHT)
    assert hand.sources == ["/home/clip.mp4", "/home/a.jpg\n/home/b.mp4"]
    assert hand.styles == [Path("/home/own.safetensors")]
    assert hand.pictures == [""]


def test_what_can_not_be_used_is_not_taken(hand) -> None:
    text = QMimeData()
    text.setText("hello")
    assert not hand.enter(text)
    hand.move(text, OVER_LEFT)
    assert not hand.drop(text, OVER_LEFT)
    assert not hand.targets.isVisible()


def test_a_drag_that_leaves_is_forgotten(hand) -> None:
    hand.enter(PHOTO)
    hand.targets.leave()
    assert not hand.targets.isVisible()
    assert hand.targets.aim is None


def test_the_target_aimed_at_stands_out(hand) -> None:
    hand.enter(PHOTO)
    hand.move(PHOTO, OVER_LEFT)
    first = hand.targets.grab().toImage()
    hand.move(PHOTO, OVER_RIGHT)
    second = hand.targets.grab().toImage()
    left, right = (rect.topLeft() + QPoint(60, 60) for rect in hand.targets.rects())
    assert first.pixelColor(left) == second.pixelColor(right) != first.pixelColor(right)


def test_in_the_window_a_photo_is_a_source_on_the_left_and_a_style_on_the_right(window, world, qtbot, tmp_path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "me.jpg"))])
    made: list[str] = []
    window.drop_targets.picture_dropped.disconnect()
    window.drop_targets.picture_dropped.connect(lambda picture: made.append(picture.stem))
    view = window.view.rect()
    for place in (view.topLeft() + QPoint(50, 50), view.topRight() + QPoint(-50, 50)):
        here = window.view.mapTo(window, place)
        window.dragEnterEvent(QDragEnterEvent(here, COPY, data, LEFT, NO_KEY))
        window.dragMoveEvent(QDragMoveEvent(here, COPY, data, LEFT, NO_KEY))
        assert window.drop_targets.isVisible()
        window.dropEvent(QDropEvent(QPointF(here), COPY, data, LEFT, NO_KEY))
    qtbot.waitUntil(lambda: world.sources[-1].name == str(tmp_path / "me.jpg"))
    assert made == ["me"]
