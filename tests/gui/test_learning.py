from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from threading import Event

import numpy as np
import pytest

from livestyle.errors import LivestyleError
from livestyle.gui import learning as module
from livestyle.gui.background import Background
from livestyle.gui.drops import PictureToRead
from livestyle.gui.learning import Learning
from livestyle.gui.learning_row import LearningRow
from livestyle.gui.model import ShowModel
from livestyle.networks.families import NetworkSpec
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.training.learnt import Learnt

PICTURE = np.zeros((64, 64, 3), np.uint8)


class FakeLearns:
    """Learns what it is told to have learnt."""

    def __init__(self, *given: object) -> None:
        self.given = given
        self.queue: Queue[Learnt | LivestyleError | None] = Queue()
        self.is_stopped = False

    def rounds(self) -> Iterator[Learnt]:
        while (learnt := self.queue.get(timeout=20)) is not None:
            if isinstance(learnt, LivestyleError):
                raise learnt
            yield learnt

    def stop(self) -> None:
        self.is_stopped = True
        self.queue.put(None)


class Desk:
    """A picture that is learnt, and the row that shows it."""

    def __init__(self, tiny_file: StyleFile, tmp_path) -> None:
        self.photo: np.ndarray | None = None
        self.model = ShowModel(Catalog((tiny_file,)), Settings(mix={"calm": 1.0}), tmp_path / "settings.json")
        self.background, self.learns, self.now_s = Background(), [], 0.0
        self.learning = Learning(
            self.background,
            self.model,
            lambda: self.photo,
            painting=lambda: "cuda",
            start=self.start,
            clock=lambda: self.now_s,
        )
        self.row = LearningRow(self.learning)
        self.settled: list[str] = []
        self.learning.settled.connect(self.settled.append)
        self.first = tiny_file.styles["calm"].codes

    def start(self, *given: object) -> FakeLearns:
        self.learns.append(FakeLearns(*given))
        return self.learns[-1]

    @property
    def codes(self) -> np.ndarray:
        return self.model.catalog.find("calm").codes

    def learnt(self, by: float, closer: float = 0.2) -> np.ndarray:
        """Has something learnt; gives where that goes."""
        goal = (self.first + np.float32(by)).astype(np.float32)
        self.learns[-1].queue.put(Learnt(goal, 8, closer, is_over=False))
        return goal


@pytest.fixture
def desk(qapp, tiny_file, tmp_path, monkeypatch) -> Iterator[Desk]:
    monkeypatch.setattr(module, "MOVE_MS", 1)
    monkeypatch.setattr(module, "LOOK_AGAIN_MS", 1)
    monkeypatch.setattr(module.idle, "can_start", lambda: True)
    monkeypatch.setattr(module, "paints_live", lambda file: True)
    desk = Desk(tiny_file, tmp_path)
    yield desk
    desk.learning.stop()
    desk.background.join(20)


def test_a_style_moves_to_what_is_learnt_in_small_steps(desk, qtbot) -> None:
    seen: list[float] = []
    desk.learning.moved.connect(lambda: seen.append(float(desk.codes[0, 0])))
    desk.learning.begin("calm", PICTURE)
    goal = desk.learnt(0.1)
    qtbot.waitUntil(lambda: np.allclose(desk.codes, goal, atol=1e-6))
    steps = np.diff([float(desk.first[0, 0]), *seen])
    assert (steps > 0).all()
    assert steps.max() < 0.1 * 1.5 * module.SHARE
    qtbot.waitUntil(lambda: not desk.learning._timer.isActive())
    assert desk.model.names == ["calm", "wild", "dark"]


def test_a_picture_that_is_there_from_the_start_waits_for_a_photo(desk, qtbot) -> None:
    desk.learning.begin_with_show("wild", PictureToRead("wild", lambda: PICTURE))
    with qtbot.waitSignal(desk.learning._waiting.timeout):
        pass
    assert desk.learns == []
    desk.photo = PICTURE
    qtbot.waitUntil(lambda: desk.learning.style is not None)
    assert desk.learning.style.name == "wild"
    assert desk.learns[0].given[2] is PICTURE
    assert desk.learns[0].given[4] == "cuda"
    assert not desk.learning._waiting.isActive()


def test_one_that_is_dropped_meanwhile_goes_before(desk, qtbot) -> None:
    def drop_another() -> np.ndarray:
        dropped.set()
        assert go_on.wait(20)
        return PICTURE

    dropped, go_on = Event(), Event()
    desk.photo = PICTURE
    desk.learning.begin_with_show("wild", PictureToRead("wild", drop_another))
    qtbot.waitUntil(dropped.is_set)
    desk.learning.begin("calm", PICTURE)
    go_on.set()
    desk.background._threads[0].join(20)
    qtbot.wait(0)
    assert desk.learning.style.name == "calm"


def test_stop_leaves_it_as_it_is_and_undo_goes_back(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    goal = desk.learnt(0.1)
    qtbot.waitUntil(lambda: np.allclose(desk.codes, goal, atol=1e-6))
    desk.learning.stop()
    assert desk.learning.elapsed_s is None
    assert np.allclose(desk.codes, goal, atol=1e-6)
    desk.learning.undo()
    qtbot.waitUntil(lambda: np.allclose(desk.codes, desk.first, atol=1e-6))


def test_its_preview_is_painted_once_it_is_at_rest_and_not_at_each_small_move(desk, qtbot) -> None:
    desk.model.improve(replace(desk.model.catalog.find("calm"), preview=b"as predicted"))
    desk.learning.begin("calm", PICTURE)
    goal = desk.learnt(0.1)
    qtbot.waitUntil(lambda: np.array_equal(desk.codes, goal))
    assert desk.model.catalog.find("calm").preview == b""
    assert desk.settled == []
    desk.learning.stop()
    assert desk.settled == ["calm"]
    desk.learning.undo()
    assert desk.settled == ["calm"]
    qtbot.waitUntil(lambda: np.array_equal(desk.codes, desk.first))
    assert desk.settled == ["calm", "calm"]


def test_one_that_is_stopped_on_its_way_is_at_rest_when_it_is_there(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    goal = desk.learnt(0.1)
    qtbot.waitUntil(lambda: desk.learning.closer is not None)
    desk.learning.stop()
    assert desk.settled == []
    qtbot.waitUntil(lambda: desk.settled == ["calm"])
    assert np.array_equal(desk.codes, goal)


def test_one_that_nothing_was_learnt_of_keeps_its_preview(desk, qtbot) -> None:
    desk.model.improve(replace(desk.model.catalog.find("calm"), preview=b"as predicted"))
    desk.learning.begin("calm", PICTURE)
    desk.learning.dismiss()
    assert desk.model.catalog.find("calm").preview == b"as predicted"


def test_one_that_is_kept_is_there_at_once_and_learnt_no_more(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    goal = desk.learnt(0.1)
    qtbot.waitUntil(lambda: desk.learning.closer is not None)
    desk.learning.settle("wild")
    assert desk.learning.elapsed_s is not None
    desk.learning.settle("calm")
    assert np.array_equal(desk.codes, goal)
    assert desk.learning.style is None
    assert desk.row.isHidden()
    assert desk.settled == []  # whoever keeps it paints its preview


def test_another_picture_takes_its_place(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    desk.learning.begin("wild", PICTURE)
    first, second = desk.learns
    assert first.is_stopped
    assert not second.is_stopped
    assert desk.learning.style.name == "wild"
    assert second.given[1].name == "wild"
    assert desk.settled == ["calm"]


def test_the_row_says_how_far_it_is_and_what_can_be_done(desk, qtbot) -> None:
    assert desk.row.isHidden()
    desk.learning.begin("calm", PICTURE)
    desk.now_s = 34.0
    desk.row._show()
    assert desk.row.label.text() == "Learning Calm: 34 s"
    desk.learnt(0.1, closer=0.12)
    qtbot.waitUntil(lambda: desk.row.label.text() == "Learning Calm: 34 s, 12 % closer to the picture")
    assert not desk.row.end.isHidden()
    desk.row.end.click()
    assert desk.row.label.text() == "Calm is learnt: 12 % closer to the picture."
    assert desk.row.end.isHidden()
    desk.row.back.click()
    assert desk.row.label.text() == "Calm paints as at first."
    assert desk.row.back.isHidden()
    desk.row.close_it.click()
    assert desk.row.isHidden()


def test_alone_the_picture_has_no_row(desk) -> None:
    desk.learning.begin("calm", PICTURE)
    desk.row.set_alone(True)
    assert desk.row.isHidden()
    desk.row.set_alone(False)
    assert not desk.row.isHidden()


def test_keep_names_the_style(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    with qtbot.waitSignal(desk.row.kept) as kept:
        desk.row.keep.click()
    assert kept.args == ["calm"]


def test_what_fails_is_told_and_over(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    with qtbot.waitSignal(desk.background.failed) as failed:
        desk.learns[-1].queue.put(LivestyleError("Learning the picture failed: see the log."))
    assert failed.args == ["Learning the picture failed: see the log."]
    qtbot.waitUntil(lambda: desk.learning.elapsed_s is None)


def test_a_style_that_is_deleted_is_learnt_no_more(desk, qtbot) -> None:
    desk.learning.begin("calm", PICTURE)
    desk.model.use_catalog(desk.model.catalog.without("calm"))
    desk.learnt(0.1)
    qtbot.waitUntil(lambda: desk.learning.elapsed_s is None)
    assert desk.row.isHidden()


def test_a_picture_that_becomes_a_style_is_learnt_until_the_style_is_kept(window, qtbot, monkeypatch, tmp_path) -> None:
    begun: list[FakeLearns] = []
    monkeypatch.setattr(module.idle, "can_start", lambda: True)
    monkeypatch.setattr(window.learning, "_start", lambda *given: begun.append(FakeLearns(*given)) or begun[-1])
    window.own_styles.made.emit("calm", PICTURE)
    assert window.learning.style.name == "calm"
    assert not window.learning_row.isHidden()
    window.own_styles.keeping.emit("calm")
    assert window.learning.style is None
    assert begun[0].is_stopped


def test_a_network_that_takes_pictures_as_they_are_has_nothing_to_learn(desk, tiny_file) -> None:
    desk.model.catalog = Catalog((replace(tiny_file, spec=NetworkSpec("patches", 8)),))
    desk.learning.begin("calm", PICTURE)
    assert desk.learns == []
