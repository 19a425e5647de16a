"""A dropped picture gets better while one looks: its codes are learnt beside the show, and its style moves along."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from livestyle import idle
from livestyle.frame import Image
from livestyle.gui.background import Background
from livestyle.gui.choices import paints_live
from livestyle.gui.drops import PictureToRead
from livestyle.gui.model import ShowModel
from livestyle.networks.families import family_of
from livestyle.styles.file import Style, StyleFile
from livestyle.training.beside import Beside
from livestyle.training.giving_way import CPU
from livestyle.training.learnt import Learnt

MOVE_MS = 150
"""Between two small moves of a style towards what has been learnt."""
SHARE = 0.12
"""Of what is left to go, how much such a move does: most of the way in two seconds, and no move is seen as one."""
LOOK_AGAIN_MS = 500
"""After so long it is looked whether there is a photo to learn on."""
ARRIVED = 0.01
"""Of the way to go: so near it is there."""

Codes = npt.NDArray[np.float32]


class Learns(Protocol):
    """What learns a picture, as `Beside` does."""

    def rounds(self) -> Iterator[Learnt]:
        """What is learnt, as it comes."""

    def stop(self) -> None:
        """Ends it."""


Start = Callable[[StyleFile, Style, Image, Callable[[], Image | None], str], Learns]


@dataclass
class _Lesson:
    """One picture that is learnt, or has been."""

    name: str
    predicted: Codes
    goal: Codes
    work: Learns
    start_s: float
    way: float = 0.0
    """How far it was to the goal when that was set."""
    closer: float | None = None
    is_on: bool = True


class Learning(QObject):
    """Learns one picture at a time, the one that came last, and moves its style towards what is learnt.

    Args:
        background: Where to wait for what is learnt.
        model: Has the style.
        newest: The photo of the moment.
        painting: The device that paints, as of `giving_way.painting_device`.
        start: Starts to learn.
        clock: Monotonic seconds.

    Attributes:
        changed: It began, got further, or ended.
        moved: A style paints a little otherwise.
        settled: A style has come to rest, and its preview is to be painted; its name.
    """

    changed = pyqtSignal()
    moved = pyqtSignal()
    settled = pyqtSignal(str)
    _learnt = pyqtSignal(object, object)

    def __init__(
        self,
        background: Background,
        model: ShowModel,
        newest: Callable[[], Image | None],
        parent: QObject | None = None,
        painting: Callable[[], str] = lambda: CPU,
        start: Start = Beside,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._background, self._model, self._newest = background, model, newest
        self._painting, self._start, self._clock = painting, start, clock
        self._lesson: _Lesson | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._move)
        self._waiting = QTimer(self)
        self._learnt.connect(self._on_learnt)

    @property
    def style(self) -> Style | None:
        """The style of the picture that is learnt, or was last; None if there is none, or that was dismissed."""
        lesson = self._lesson
        return None if lesson is None or lesson.name not in self._model.names else self._model.catalog.find(lesson.name)

    @property
    def elapsed_s(self) -> float | None:
        """How long it has been going on; None while nothing is learnt."""
        lesson = self._lesson
        return None if lesson is None or not lesson.is_on else self._clock() - lesson.start_s

    @property
    def closer(self) -> float | None:
        """How much nearer to the picture its style is than at first, 0 to 1; None while that is not known."""
        return None if self._lesson is None else self._lesson.closer

    def begin(self, name: str, picture: Image) -> None:
        """Learns a picture of which there is a style, unless its network takes pictures as they are.

        Args:
            name: The style's.
            picture: RGB uint8 (H, W, 3).
        """
        file = self._model.network_of(name)
        if family_of(file.spec.family).reads_pictures or not paints_live(file) or not idle.can_start():
            return
        self.dismiss()
        style = self._model.catalog.find(name)
        work = self._start(file, style, picture, self._newest, self._painting())
        lesson = _Lesson(name, style.codes, style.codes, work, self._clock())
        self._lesson = lesson
        self._background.run(
            "Learning the picture",
            partial(self._listen, lesson),
            partial(self._end, lesson),
            partial(self._end, lesson),
        )
        self.changed.emit()

    def begin_with_show(self, name: str, picture: PictureToRead) -> None:
        """Learns a picture as `begin` does, once there is a photo to learn on, unless another one is learnt by then."""

        def look() -> None:
            if self._newest() is not None:
                self._waiting.stop()
                self._background.run("Reading the picture", picture.read, begin)

        def begin(image: Image) -> None:
            if self._lesson is None and name in self._model.names:
                self.begin(name, image)

        self._waiting.timeout.connect(look)
        self._waiting.start(LOOK_AGAIN_MS)

    def stop(self) -> None:
        """Leaves the style as it is now."""
        if self._lesson is not None and self._lesson.is_on:
            self._lesson.work.stop()
            self._end(self._lesson)

    def undo(self) -> None:
        """Goes back to how the style was at first."""
        if self._lesson is not None:
            self._head_for(self._lesson, self._lesson.predicted, 0.0)
            self.stop()
            self.changed.emit()

    def settle(self, name: str) -> None:
        """Ends it if it is of this style, which is to be kept as it is, with a preview that whoever keeps it paints."""
        if self._lesson is not None and self._lesson.name == name:
            self._forget(self._lesson)

    def dismiss(self) -> None:
        """Ends it and forgets it: the style is there at once."""
        lesson = self._lesson
        if lesson is not None:
            self._forget(lesson)
            self.settled.emit(lesson.name)

    def close(self) -> None:
        """Ends it with the window."""
        self._waiting.stop()
        self._timer.stop()
        if self._lesson is not None:
            self._lesson.work.stop()
            self._lesson.is_on = False

    def _forget(self, lesson: _Lesson) -> None:
        self.close()
        self._lesson = None
        self._paint_by(lesson, lesson.goal)
        self.changed.emit()

    def _listen(self, lesson: _Lesson) -> None:
        for learnt in lesson.work.rounds():
            self._learnt.emit(lesson, learnt)

    def _on_learnt(self, lesson: _Lesson, learnt: Learnt) -> None:
        if lesson is not self._lesson or not lesson.is_on:
            return
        if lesson.name not in self._model.names:
            self.dismiss()
            return
        self._head_for(lesson, learnt.codes, learnt.closer)
        self.changed.emit()

    def _head_for(self, lesson: _Lesson, goal: Codes, closer: float) -> None:
        style = self.style
        if style is not None:
            lesson.goal, lesson.closer, lesson.way = goal, closer, float(np.abs(goal - style.codes).max())
            self._timer.start(MOVE_MS)

    def _end(self, lesson: _Lesson, _: object = None) -> None:
        if lesson.is_on:
            lesson.is_on = False
            self.changed.emit()
            if not self._timer.isActive():
                self.settled.emit(lesson.name)

    def _move(self) -> None:
        """Moves the style on."""
        lesson, style = self._lesson, self.style
        if lesson is None or style is None:
            self._timer.stop()
            return
        left = lesson.goal - style.codes
        if float(np.abs(left).max()) > ARRIVED * lesson.way:
            self._paint_by(lesson, style.codes + np.float32(SHARE) * left)
            return
        self._timer.stop()
        self._paint_by(lesson, lesson.goal)
        if not lesson.is_on:
            self.settled.emit(lesson.name)

    def _paint_by(self, lesson: _Lesson, codes: Codes) -> None:
        """Has the style paint by other codes; its preview, which was painted by those before, goes."""
        style = self._model.catalog.find(lesson.name) if lesson.name in self._model.names else None
        if style is not None and not np.array_equal(style.codes, codes):
            self._model.improve(replace(style, codes=codes, preview=b""))
            self.moved.emit()
