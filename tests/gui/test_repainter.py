from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.frame import Frame
from livestyle.gui import repainter
from livestyle.gui.background import Background
from livestyle.gui.model import ShowModel
from livestyle.gui.repainter import CARD_HW, CardPainters, Repainter, _Shown
from livestyle.live.message import Picture
from livestyle.networks.families import NetworkSpec
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Stylizer


class Inverting(Stylizer):
    """Inverts pictures; remembers the codes it was given."""

    info = BackendInfo("fake", "a fake device", "float32")

    def __init__(self, file: StyleFile) -> None:
        self.code_size = len(file.identity)
        self.codes: list[np.ndarray] = []
        self.is_closed = False

    def stylize(self, images: np.ndarray, code: np.ndarray) -> np.ndarray:
        self.codes.append(code)
        return 255 - images

    def close(self) -> None:
        self.is_closed = True


class Opener:
    """Opens networks, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[Inverting] = []

    def __call__(self, file: StyleFile) -> Stylizer:
        self.opened.append(Inverting(file))
        return self.opened[-1]


class Desk:
    """A repainter, and what it looks at."""

    def __init__(self, catalog: Catalog, path: Path) -> None:
        self.open_stylizer = Opener()
        self.in_sight = ["calm", "wild"]
        self.picture: Picture | None = self.picture_of(0)
        self.painted: list[str] = []
        self.background = Background()
        model = ShowModel(catalog, Settings(), path)
        self.repainter = Repainter(
            self.background, model, lambda: self.in_sight, lambda: self.picture, self.open_stylizer
        )
        self.repainter.painted.connect(lambda name, _: self.painted.append(name))

    def picture_of(self, index: int, is_painted: bool = True) -> Picture:
        photo = np.full((480, 640, 3), 40, np.uint8)
        return Picture(Frame(photo, 0.0, index), photo, is_painted)

    def paint(self, qtbot) -> None:
        """Has one card painted, without the rest before it."""
        done = len(self.painted) + 1
        self.repainter._paint_next()
        qtbot.waitUntil(lambda: len(self.painted) == done)


@pytest.fixture
def desk(qapp, tiny_file: StyleFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    slow = replace(
        tiny_file, spec=NetworkSpec("adain-2", 8), styles={"statue": replace(tiny_file.styles["calm"], name="statue")}
    )
    for share in ("FIRST_SHARE", "SHARE"):
        monkeypatch.setattr(repainter, share, 1e-4)  # it rests longer than any test takes
    desk = Desk(Catalog((tiny_file, slow)), tmp_path / "settings.json")
    yield desk
    desk.repainter.stop()
    desk.background.join(5.0)


def test_the_card_that_waits_longest_is_painted_next(desk: Desk, qtbot) -> None:
    desk.paint(qtbot)
    desk.paint(qtbot)
    desk.picture = desk.picture_of(1)
    desk.in_sight = ["wild", "calm", "dark"]
    for _ in range(3):
        desk.paint(qtbot)
    assert desk.painted == ["calm", "wild", "dark", "calm", "wild"]
    assert len(desk.open_stylizer.opened) == 1


def test_a_still_picture_is_painted_once_in_each_style(desk: Desk, qtbot) -> None:
    for _ in range(2):
        desk.paint(qtbot)
    desk.repainter._paint_next()
    desk.background.join(5.0)
    assert len(desk.open_stylizer.opened[0].codes) == 2


def test_one_that_has_come_to_paint_otherwise_is_next_on_a_still_picture_too(desk: Desk, qtbot) -> None:
    for _ in range(2):
        desk.paint(qtbot)
    model = desk.repainter._model
    model.improve(replace(model.catalog.find("wild"), preview=b"of other codes"))
    desk.paint(qtbot)
    assert desk.painted == ["calm", "wild", "wild"]
    desk.picture = desk.picture_of(1)
    model.improve(replace(model.catalog.find("wild"), preview=b"of others still"))
    desk.paint(qtbot)
    assert desk.painted[-1] == "wild"


@pytest.mark.parametrize("in_sight", [[], ["statue"]])
def test_what_is_out_of_sight_or_slow_is_not_painted(desk: Desk, in_sight: list[str]) -> None:
    desk.in_sight = in_sight
    desk.repainter._paint_next()
    desk.background.join(5.0)
    assert desk.open_stylizer.opened == []


def test_nothing_is_painted_before_the_live_picture_is(desk: Desk) -> None:
    for picture in (None, desk.picture_of(0, is_painted=False)):
        desk.picture = picture
        desk.repainter._paint_next()
    desk.background.join(5.0)
    assert desk.open_stylizer.opened == []


def test_it_rests_longer_than_it_paints_and_longer_still_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repainter, "FIRST_SHARE", 0.1)
    monkeypatch.setattr(repainter, "SHARE", 0.02)
    image = np.zeros((*CARD_HW, 3), np.uint8)
    desk.repainter._show("calm", _Shown(0, b""), (image, 0.1))
    assert desk.repainter._timer.interval() == 900
    desk.repainter._show("calm", _Shown(1, b""), (image, 0.1))
    assert desk.repainter._timer.interval() == 4900
    desk.repainter.stop()
    desk.repainter._show("calm", _Shown(2, b""), (image, 0.1))
    assert not desk.repainter._timer.isActive()


def test_the_middle_of_the_photo_is_painted_in_the_shape_of_a_card(tiny_file: StyleFile) -> None:
    photo = np.zeros((400, 400, 3), np.uint8)
    photo[90:310] = 255
    painted = CardPainters(Inverting).paint(tiny_file, "wild", photo)
    assert painted is not None
    assert painted[0].shape == (*CARD_HW, 3)


def test_it_is_closed_with_the_window_and_paints_no_more(tiny_file: StyleFile) -> None:
    opener = Opener()
    painters = CardPainters(opener)
    photo = np.zeros((48, 64, 3), np.uint8)
    painters.paint(tiny_file, "wild", photo)
    painters.close()
    assert opener.opened[0].is_closed
    assert painters.paint(tiny_file, "wild", photo) is None
    assert len(opener.opened) == 1


def test_a_network_that_can_not_paint_here_is_tried_once_and_the_others_go_on(
    desk: Desk, tiny_file: StyleFile, qtbot
) -> None:
    tries: list[StyleFile] = []

    def refuse(file: StyleFile) -> Stylizer:
        tries.append(file)
        raise BackendError("OpenVINO is missing.")

    painters = CardPainters(refuse)
    photo = np.zeros((48, 64, 3), np.uint8)
    assert [painters.paint(tiny_file, name, photo) for name in ("wild", "calm")] == [None, None]
    assert len(tries) == 1
    desk.repainter._show("calm", _Shown(0, b""), None)
    desk.paint(qtbot)
    assert desk.painted == ["wild"]
