"""Undo: what was set before, and what was set before it was undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui.model import ShowModel
from livestyle.settings import Settings

STEPS = 200
"""How many are remembered."""
ONE_STEP_S = 1.0
"""Changes of one setting that follow each other faster than this are one: a slider on its way."""
COLLECTED = (
    *("favorites", "scenes", "keys", "global_keys", "midi", "osc"),
    *("webcam_lines", "webcam_fps", "camera_lines", "screen", "stream_to"),
    *("record_lines", "sound", "microphone", "folder"),
)
"""What stays through undo and reset: somebody who goes back fifty steps means the picture, not what was kept, what is
asked of the camera, where it goes, how it is recorded and what steers it."""


@dataclass(frozen=True, slots=True)
class History:
    """Settings one after the other, and where among them one is.

    Attributes:
        present: What is set.
        past: What was set before, the last one last.
        future: What was undone, the next one last.
        last: The names of the fields that were changed last, and when.
    """

    present: Settings
    past: tuple[Settings, ...] = ()
    future: tuple[Settings, ...] = ()
    last: tuple[frozenset[str], float] | None = None

    def after(self, settings: Settings, time_s: float) -> History:
        """The history once something else is set."""
        names = _changed(self.present, settings)
        if not names:
            return replace(self, present=settings)
        goes_on = self.last is not None and self.last[0] == names and time_s - self.last[1] < ONE_STEP_S
        is_one_step = goes_on and set(self.present.mix) == set(settings.mix)
        past = self.past if is_one_step else (*self.past, self.present)[-STEPS:]
        return History(settings, past, last=(names, time_s))

    def undone(self) -> History:
        """One step back; itself at the beginning."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redone(self) -> History:
        """One step forth; itself at the end."""
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])


def _changed(before: Settings, after: Settings) -> frozenset[str]:
    """The names of the fields that differ, of those that can be taken back; where the window stands is none."""
    names = (each.name for each in fields(Settings) if each.name not in ("window", *COLLECTED))
    return frozenset(name for name in names if getattr(before, name) != getattr(after, name))


def reset(settings: Settings) -> Settings:
    """Everything as it was at first, but for the style that leads, and what the user has collected."""
    kept = ("source", "window", "panels", *COLLECTED)
    leading = dict.fromkeys(list(settings.mix)[:1], 1.0)
    return Settings(mix=leading, **{name: getattr(settings, name) for name in kept})


class Undo(QObject):
    """Remembers what is set, and goes back to it.

    Args:
        model: What is set.
        use: Sets it all.
        clock: Monotonic seconds.

    Attributes:
        told: A sentence for the user.
    """

    told = pyqtSignal(str)

    def __init__(
        self,
        model: ShowModel,
        use: Callable[[Settings], None],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._use = use
        self._clock = clock
        self._history = History(model.settings)
        self._other: Callable[[], bool] | None = None
        self._looks_away = False
        model.changed.connect(self._see)

    def see_other(self, take_back: Callable[[], bool]) -> None:
        """Takes note of something that was done and is no setting: until something is set it is the last change.

        Args:
            take_back: Takes it back; returns False if that has been done already.
        """
        self._other = take_back

    def undo(self) -> None:
        """Takes the last change back."""
        take_back, self._other = self._other, None
        if take_back is not None and take_back():
            return
        self._go(self._history.undone(), "There is nothing to undo.")

    def redo(self) -> None:
        """Makes a change again that was undone."""
        self._go(self._history.redone(), "There is nothing to redo.")

    def reset(self) -> None:
        """Sets everything as it was at first; that can be undone too."""
        self._use(reset(self._model.settings))

    def use_unseen(self, settings: Settings) -> None:
        """Sets what nobody did, so that nobody has to undo it."""
        self._looks_away = True
        try:
            self._use(settings)
        finally:
            self._looks_away = False
        self._history = replace(self._history, present=self._model.settings, last=None)

    def _go(self, history: History, nothing: str) -> None:
        if history is self._history:
            self.told.emit(nothing)
            return
        self._history = history
        now = self._model.settings
        self.use_unseen(replace(history.present, **{name: getattr(now, name) for name in COLLECTED}))

    def _see(self) -> None:
        if self._looks_away:
            return
        before, self._history = self._history, self._history.after(self._model.settings, self._clock())
        if self._history.last is not before.last:
            self._other = None
