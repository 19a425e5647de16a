from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.frame import Frame
from livestyle.gui.background import Background
from livestyle.gui.snapshots import Snapshots, repainting_of
from livestyle.live.message import Picture
from livestyle.look import Look
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Stylizer

FULL = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)
SMALL = np.ascontiguousarray(FULL[::2, ::2])
LOOK = Look((("calm", 1.0),), depth=0.0)


class Inverting(Stylizer):
    def __init__(self, file: StyleFile) -> None:
        self.file, self.is_closed = file, False

    @property
    def info(self) -> BackendInfo:
        return BackendInfo("fake", "a fake device", "float32")

    @property
    def code_size(self) -> int:
        return len(self.file.identity)

    def stylize(self, images: np.ndarray, code: np.ndarray) -> np.ndarray:
        return 255 - images

    def close(self) -> None:
        self.is_closed = True


class LaterBackground(Background):
    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []

    def _start(self, do: Callable[[], None]) -> None:
        self.waiting.append(do)

    def work(self) -> None:
        self.waiting.pop(0)()


def picture(source: np.ndarray | None = FULL, *, is_mirrored: bool = False, age: int = 0) -> Picture:
    return Picture(Frame(255 - SMALL, 0.0, 0), SMALL, True, age, source=source, is_mirrored=is_mirrored)


def wider(file: StyleFile, width: int, *names: str) -> StyleFile:
    return replace(file, spec=NetworkSpec("s2d", width), styles={name: file.styles[name] for name in names})


@pytest.fixture
def setup(qapp, tiny_file, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # The thread that paints here is that of all tests.
    monkeypatch.setattr("livestyle.gui.snapshots.stand_back", lambda: None)

    class Setup:
        catalog = Catalog((tiny_file,))
        background = LaterBackground()
        opened: list[Inverting] = []  # noqa: RUF012
        error: Exception | None = None
        said: list[tuple[object, ...]] = []  # noqa: RUF012
        folder = str(tmp_path)

        def open_stylizer(self, file: StyleFile) -> Inverting:
            if self.error is not None:
                raise self.error
            self.opened.append(Inverting(file))
            return self.opened[-1]

        def take(self, picture: Picture) -> None:
            self.snapshots.take(picture, "calm", LOOK, self.catalog, self.folder)

        def image(self) -> np.ndarray:
            (path,) = tmp_path.glob("*.png")
            return cv2.imread(str(path))[:, :, ::-1]

    setup = Setup()
    setup.opened, setup.said = [], []
    setup.snapshots = Snapshots(setup.background, setup.open_stylizer)
    setup.snapshots.saved.connect(lambda path, more: setup.said.append(("saved", more)))
    setup.snapshots.painted.connect(lambda path: setup.said.append(("painted",)))
    setup.snapshots.given_up.connect(lambda path: setup.said.append(("given up",)))
    return setup


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_the_picture_on_show_is_there_at_once_and_then_in_full_size(setup, is_mirrored: bool) -> None:
    setup.take(picture(is_mirrored=is_mirrored))
    setup.background.work()
    np.testing.assert_array_equal(setup.image(), 255 - SMALL)
    assert setup.said == [("saved", True)]
    setup.background.work()
    np.testing.assert_array_equal(setup.image(), 255 - (FULL[:, ::-1] if is_mirrored else FULL))
    assert setup.said[1:] == [("painted",)]
    assert setup.opened[0].is_closed


def test_what_is_as_fine_as_can_be_is_not_painted_again(setup) -> None:
    setup.take(picture(SMALL))
    setup.background.work()
    assert setup.said == [("saved", False)]
    assert setup.background.waiting == []


def test_a_network_that_can_not_be_opened_leaves_it_as_it_is(setup) -> None:
    setup.error = BackendError("Out of luck.")
    setup.take(picture())
    setup.background.work()
    setup.background.work()
    np.testing.assert_array_equal(setup.image(), 255 - SMALL)
    assert setup.said == [("saved", True), ("given up",)]


def test_one_that_was_thrown_away_meanwhile_stays_so(setup) -> None:
    setup.take(picture())
    setup.background.work()
    (path,) = Path(setup.folder).glob("*.png")
    path.unlink()
    setup.background.work()
    assert not path.exists()
    assert setup.said == [("saved", True), ("given up",)]


def test_none_is_begun_once_it_is_stopped(setup) -> None:
    setup.take(picture())
    setup.snapshots.stop()
    setup.background.work()
    assert setup.background.waiting == []


def test_the_finest_network_that_knows_the_styles_paints(tiny_file) -> None:
    wide, widest = wider(tiny_file, 64, "calm", "wild"), wider(tiny_file, 128, "dark")
    catalog = Catalog((tiny_file, wide, widest))
    calm = repainting_of(picture(), LOOK, catalog)
    assert calm is not None
    assert calm.file is wide
    # A mix is painted by one that knows all of it.
    mixed = repainting_of(picture(), replace(LOOK, mix=(("calm", 0.5), ("dark", 0.5))), catalog)
    assert mixed is not None
    assert mixed.file is tiny_file
    # At its full size already, it is still painted by a finer network.
    full = Picture(Frame(255 - FULL, 0.0, 0), FULL, True, source=FULL)
    assert repainting_of(full, LOOK, catalog) is not None
    assert repainting_of(full, LOOK, Catalog((tiny_file,))) is None
    # What was moved along is painted for itself.
    assert repainting_of(replace(full, age=2), LOOK, Catalog((tiny_file,))) is not None


def test_what_is_no_painting_or_has_a_slow_network_is_left(tiny_file) -> None:
    catalog = Catalog((tiny_file,))
    assert repainting_of(replace(picture(), is_painted=False), LOOK, catalog) is None
    assert repainting_of(picture(None), LOOK, catalog) is None
    assert repainting_of(picture(), replace(LOOK, strength=0.0), catalog) is None
    slow = replace(tiny_file, spec=NetworkSpec("adain-2", 8))
    assert repainting_of(picture(), LOOK, Catalog((slow,))) is None
