"""Pictures of clips for lists and previews, read and painted in the background as they are needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage, QPixmap

from livestyle.errors import LivestyleError
from livestyle.frame import Image
from livestyle.gui.background import Background
from livestyle.jobs.inputs import Source
from livestyle.jobs.job import How

if TYPE_CHECKING:
    from livestyle.jobs.opened import Opened

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)

MOST_KEPT = 300
MOST_WAITING = 60
"""What is asked for and not seen any more is forgotten."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a clip is.

    Attributes:
        duration_s: Its length; None if there is no telling.
        size_hw: Height and width in pixels.
        fps: Frames a second.
    """

    duration_s: float | None
    size_hw: tuple[int, int]
    fps: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame of a clip, as it is or painted.

    Attributes:
        source: The clip.
        time_s: When it is shown.
        lines: How high the picture is to be; no clip is enlarged.
        how: How it is painted; None for as it is.
    """

    source: Source
    time_s: float
    lines: int
    how: How | None = None


class ClipPictures(QObject):
    """What is asked for is there, or on its way: then `ready` tells when to ask again.

    Args:
        background: Where to read and paint, one thing at a time: what is large first, and what was asked for last.

    Attributes:
        ready: Something has come; its `Shot`, or the clip whose facts they are.
    """

    ready = pyqtSignal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._painter = PreviewPainter()
        self._facts: dict[Source, Facts | None] = {}
        self._pictures: dict[Shot, QPixmap | None] = {}
        self._waiting: list[Shot | Source] = []
        self._is_busy = self._is_stopped = False

    def facts(self, source: Source) -> Facts | None:
        """What a clip is; None while that is not known, and for what can't be read."""
        if source not in self._facts:
            self._ask(source)
        return self._facts.get(source)

    def picture(self, shot: Shot) -> QPixmap | None:
        """A frame; None while it is not there, and where there is none."""
        if shot not in self._pictures:
            self._ask(shot)
        else:
            self._pictures[shot] = self._pictures.pop(shot)
        return self._pictures.get(shot)

    def is_coming(self, shot: Shot) -> bool:
        """Whether a frame may still come."""
        return shot not in self._pictures

    def rest(self) -> None:
        """Forgets what was asked for, and gives back the memory of what paints."""
        self._waiting.clear()
        self._background.run("Tidying up", self._painter.close, lambda _: None)

    def stop(self) -> None:
        """Ends it: what is on its way is not waited for."""
        self._is_stopped = True
        self.rest()

    def _ask(self, wanted: Shot | Source) -> None:
        if wanted in self._waiting:
            self._waiting.remove(wanted)
        self._waiting = [*self._waiting[1 - MOST_WAITING :], wanted]
        self._work()

    def _work(self) -> None:
        if self._is_busy or not self._waiting:
            return
        self._is_busy = True
        wanted = self._waiting.pop(max(range(len(self._waiting)), key=self._rank))
        if isinstance(wanted, Shot):
            self._background.run("Reading the clip", partial(self._shown, wanted), partial(self._take, wanted))
        else:
            self._background.run("Reading the clip", partial(_quietly, read_facts, wanted), partial(self._note, wanted))

    def _rank(self, place: int) -> tuple[float, bool, int]:
        """Large pictures are looked at; what is quick comes before what is painted."""
        wanted = self._waiting[place]
        return (wanted.lines, wanted.how is None, place) if isinstance(wanted, Shot) else (inf, True, place)

    def _shown(self, shot: Shot) -> QImage | None:
        return _quietly(partial(picture_of, paint=self._painter.paint), shot)

    def _note(self, source: Source, facts: Facts | None) -> None:
        self._facts[source] = facts
        self._go_on(source)

    def _take(self, shot: Shot, image: QImage | None) -> None:
        self._pictures[shot] = None if image is None else QPixmap.fromImage(image)
        for oldest in list(self._pictures)[:-MOST_KEPT]:
            del self._pictures[oldest]
        self._go_on(shot)

    def _go_on(self, wanted: Shot | Source) -> None:
        self._is_busy = False
        if self._is_stopped:
            return
        if wanted in self._waiting:
            self._waiting.remove(wanted)
        self.ready.emit(wanted)
        self._work()


class PreviewPainter:
    """Paints single frames on the processor, in whichever threads, and keeps open what it needed last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: Opened | None = None

    def paint(self, photo: Image, how: How, time_s: float) -> Image:
        """Paints a frame.

        Args:
            photo: RGB uint8 (H, W, 3).
            how: How; a GPU is left to the live picture.
            time_s: When it is shown in its clip.

        Raises:
            LivestyleError: As of `Opened.ready`.
        """
        from livestyle.jobs.opened import Opened

        with self._lock:
            self._opened = self._opened or Opened()
            ready = self._opened.ready(replace(how, device="cpu"))
            return np.asarray(ready.paint_frames().begin(photo[None], [time_s])()[0])

    def close(self) -> None:
        """Frees what is open; the next painting opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()


def read_facts(source: Source) -> Facts:
    """What a clip is.

    Raises:
        SourceError: It can't be read.
    """
    from livestyle.clips.reader import ClipReader

    with ClipReader(source) as clip:
        return Facts(None if clip.duration_s is None else float(clip.duration_s), clip.size_hw, float(clip.rate_fps))


def picture_of(shot: Shot, paint: Callable[[Image, How, float], Image]) -> QImage:
    """A frame as conversion sees it.

    Raises:
        LivestyleError: There is none, or it can't be painted.
    """
    image = _frame(shot)
    if shot.how is not None:
        image = paint(image, shot.how, shot.time_s)
    height, width = image.shape[:2]
    return QImage(image.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _frame(shot: Shot) -> Image:
    import cv2

    from livestyle.clips.reader import ClipReader

    with ClipReader(shot.source, start_s=shot.time_s) as clip:
        image = np.asarray(next(iter(clip)).images[0])
    height, width = image.shape[:2]
    if height <= shot.lines:
        return image
    size = max(1, round(width * shot.lines / height)), shot.lines
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _quietly(read: Callable[[T], R], wanted: T) -> R | None:
    """What can't be read has no picture; painting it says why."""
    try:
        return read(wanted)
    except LivestyleError as error:
        log.info("%s", error)
        return None
