"""Repaints the cards from the present frame, one after the other, in idle time."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QImage

from livestyle.errors import LivestyleError
from livestyle.frame import Image
from livestyle.gui.background import Background
from livestyle.gui.choices import paints_live
from livestyle.gui.model import ShowModel
from livestyle.live.message import Picture
from livestyle.look import Look
from livestyle.styles.file import StyleFile

if TYPE_CHECKING:
    from livestyle.painter import Painter
    from livestyle.stylizer.stylizer import Stylizer

log = logging.getLogger(__name__)

CARD_HW = (180, 320)
FIRST_SHARE, SHARE = 1 / 20, 1 / 200
"""How much of one core repainting takes: until each card in sight has been painted once, and from then on."""
LOOK_AGAIN_MS = 500
"""After so long it is looked whether there is something to paint."""
NICE = 10
"""How far repainting stands back (Linux). Not further: a thread that never gets to run may hold Python's lock."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a card shows: the frame, and the style by its preview, which is another one for other codes."""

    index: int
    preview: bytes


class Repainter(QObject):
    """Has the cards that are in sight painted from the present frame, the one that waits longest first.

    It paints one at a time in a thread, on one core, and then rests so long that it takes a small share of that core.

    Args:
        background: Where to work.
        model: Has the styles.
        in_sight: Names of the styles whose cards are seen.
        newest: The picture on show, if there is one.
        open_stylizer: Opens a network.

    Attributes:
        painted: A style, and the present frame in it.
    """

    painted = pyqtSignal(str, QImage)

    def __init__(
        self,
        background: Background,
        model: ShowModel,
        in_sight: Callable[[], list[str]],
        newest: Callable[[], Picture | None],
        open_stylizer: Callable[[StyleFile], Stylizer],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._model = model
        self._in_sight = in_sight
        self._newest = newest
        self._painters = CardPainters(open_stylizer)
        self._painted: dict[str, _Shown] = {}
        """Names of styles and what their cards show, the one that was painted last at the end."""
        self._refused: set[str] = set()
        """Those that can't be painted here."""
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._paint_next)

    def start(self) -> None:
        """Begins, and goes on until it is stopped."""
        self._timer.start(LOOK_AGAIN_MS)

    def stop(self) -> None:
        """Ends it, once a card that is being painted is done."""
        self._is_stopped = True
        self._timer.stop()
        self._painters.close()

    def _paint_next(self) -> None:
        picture = self._newest()
        name = None if picture is None or not picture.is_painted else self._next(picture.frame.index)
        if picture is None or name is None:
            self._timer.start(LOOK_AGAIN_MS)
            return
        file, shown = self._model.network_of(name), self._shown_at(picture.frame.index, name)
        work = partial(self._painters.paint, file, name, picture.photo)
        self._background.run("Painting the cards", work, partial(self._show, name, shown))

    def _next(self, index: int) -> str | None:
        """The style whose card is to be painted; None if all that are in sight show this frame."""
        shown = {name: self._shown_at(index, name) for name in self._in_sight() if name not in self._refused}
        due = [name for name in shown if self._painted.get(name) != shown[name]]
        names = [name for name in due if paints_live(self._model.network_of(name))]
        order = list(self._painted)
        return min(names, key=lambda name: -1 if self._is_first(name, shown[name]) else order.index(name), default=None)

    def _shown_at(self, index: int, name: str) -> _Shown:
        return _Shown(index, self._model.catalog.find(name).preview)

    def _is_first(self, name: str, shown: _Shown) -> bool:
        """Whether a card has not been painted yet in its style as that is now."""
        return name not in self._painted or self._painted[name].preview != shown.preview

    def _show(self, name: str, shown: _Shown, painted: tuple[Image, float] | None) -> None:
        if self._is_stopped:
            return
        if painted is None:
            self._refused.add(name)
            self._timer.start(LOOK_AGAIN_MS)
            return
        image, took_s = painted
        is_first = self._is_first(name, shown)
        self._painted.pop(name, None)
        self._painted[name] = shown
        height, width = image.shape[:2]
        self.painted.emit(name, QImage(image.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy())
        share = FIRST_SHARE if is_first else SHARE
        self._timer.start(round(1000 * took_s * (1 / share - 1)))


def idle_stylizer(file: StyleFile) -> Stylizer:
    """A stylizer for a network that takes one core."""
    from livestyle.stylizer.idle import IdleStylizer

    return IdleStylizer(file)


class CardPainters:
    """Paints small pictures in threads, one at a time, and keeps the networks open that it needed.

    Args:
        open_stylizer: Opens a network.
    """

    def __init__(self, open_stylizer: Callable[[StyleFile], Stylizer]) -> None:
        self._open_stylizer = open_stylizer
        self._lock = threading.Lock()
        self._is_closed = False
        self._painters: dict[str, Painter | None] = {}
        """Digests of networks and what paints with them; None where nothing can."""

    def paint(self, file: StyleFile, name: str, photo: Image) -> tuple[Image, float] | None:
        """Paints a photo at the size of a card.

        Args:
            file: The network.
            name: The style.
            photo: RGB uint8 (H, W, 3).

        Returns:
            RGB uint8 (`CARD_HW`, 3), and how many seconds of a core it took; None if it can't be painted here.
        """
        with self._lock:
            if self._is_closed:
                return None
            stand_back()
            if file.digest not in self._painters:
                self._painters[file.digest] = self._opened(file)
            painter = self._painters[file.digest]
            if painter is None:
                return None
            start_s = time.thread_time()
            painter.use_styles(file)
            painter.forget()
            image = painter.paint(_cut(photo)[None], Look(((name, 1.0),)))[0]
            return image, time.thread_time() - start_s

    def close(self) -> None:
        """Frees the networks, once nothing is painted with them."""
        with self._lock:
            self._is_closed = True
            for painter in self._painters.values():
                if painter is not None:
                    painter.stylizer.close()

    def _opened(self, file: StyleFile) -> Painter | None:
        from livestyle.painter import Painter

        try:
            return Painter(file, self._open_stylizer(file))
        except (LivestyleError, ImportError) as error:
            log.info("cards of the network %s are not repainted: %s", file.name, error)
            return None


def _cut(photo: Image) -> Image:
    """The middle of a photo in the shape and size of a card."""
    import cv2

    height, width = photo.shape[:2]
    scale = max(CARD_HW[0] / height, CARD_HW[1] / width)
    rows, columns = (min(side, round(card / scale)) for side, card in zip((height, width), CARD_HW, strict=True))
    top, left = (height - rows) // 2, (width - columns) // 2
    middle = photo[top : top + rows, left : left + columns]
    return np.asarray(cv2.resize(middle, CARD_HW[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def stand_back() -> None:
    """Has this thread, and those that it starts, get what the others leave."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
