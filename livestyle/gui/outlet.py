"""An output beside the window: what it is, whether it is on, and why it can't be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QWidget

from livestyle.errors import SinkError
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.language import number, told, tr
from livestyle.gui.model import ShowModel
from livestyle.live.message import Written
from livestyle.settings import Settings
from livestyle.sinks.sink import FrameSink

Choice = tuple[str, object]
"""What is read in a list, and the value that it stands for."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output that the user can switch on.

    Attributes:
        key: Switches it on and off; as `QKeySequence` reads it.
        does: What it does.
        name: What its action and its sink are called.
        label: What its switch says.
        icon: Makes its picture.
        setting: The field of the settings that its list sets; empty for an output without one.
        choices: What its list has.
        make: Makes its sink as the settings say. In the GUI thread, so whatever takes time is left to opening. None for
            an outlet that makes it itself.
    """

    key: str
    does: str
    name: str
    label: str
    icon: Callable[[], QIcon]
    setting: str = ""
    choices: Callable[[], Sequence[Choice]] = tuple
    make: Callable[[Settings], FrameSink] | None = None


class Outlet(QObject):
    """One output of a window: off at first, then as it is switched, until it fails.

    Args:
        output: Which one.
        live: The show.
        background: Where it is found out whether it can be used.
        model: What is set.
        window: The window that it is beside.

    Attributes:
        changed: It is on, off, or can't be used, other than before.
        told: Why it can't be used; a sentence for the user. Why it failed is told by the show.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(
        self, output: Output, live: LiveAdapter, background: Background, model: ShowModel, window: QWidget
    ) -> None:
        super().__init__(window)
        self.output = output
        self.is_on = False
        """Whether it is wanted on: its sink may still be opening, or the one before it closing."""
        self._live = live
        self._background = background
        self._model = model
        self._lack, self._failure = "", ""
        self._sink: FrameSink | None = None
        self._is_added = False
        self._is_let_go = False
        live.sink_ended.connect(self._on_ended)

    # ---- what the user does ------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Switches it on, or off."""
        if self.is_on:
            self.stop()
        else:
            self.start()

    def start(self) -> None:
        """Switches it on."""
        self.is_on, self._lack, self._failure = True, "", ""
        self._follow()
        self.changed.emit()

    def stop(self, failure: str = "") -> None:
        """Switches it off; `failure` says why if that is not what the user wants."""
        self.is_on, self._failure = False, failure
        self._let_go()
        self.changed.emit()

    def choose(self, value: object) -> None:
        """Takes something else of its list; while it is on it goes on with that."""
        self._model.set(self.output.setting, value)
        self.restart()

    def restart(self) -> None:
        """Goes on with a new sink, if it is on."""
        self._let_go()
        self._follow()

    def check(self) -> None:
        """Finds out whether it could be switched on; what it lacks is to be seen then."""
        if not self.is_on:
            self._background.run("Looking for outputs", self.make().why_not, self._on_checked)

    # ---- how it goes -------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> object:
        """What is chosen of its list."""
        return getattr(self._model.settings, self.output.setting, None)

    @property
    def fault(self) -> str:
        """Why it is off though it was wanted, or could not be on; a sentence, or empty."""
        return told(self._failure or self._lack)

    @property
    def line(self) -> str:
        """What it gives while it is on; else what it does."""
        if not self.is_on or self._sink is None:
            return tr(self.output.does)
        line = spoken(self._sink)
        return tr("{what}, seen as {name}", what=line, name=self._sink.seen_as) if self._sink.seen_as else line

    @property
    def copyable(self) -> str:
        """What one may want to copy: the command that helps, or the address to open; empty for nothing."""
        if self.fault:
            return command_in(self.fault) or self.fault
        seen_as = "" if self._sink is None else self._sink.seen_as
        return seen_as if "://" in seen_as else ""

    # ---- its sink ----------------------------------------------------------------------------------------------------

    def make(self) -> FrameSink:
        """A sink as the settings say."""
        assert self.output.make is not None
        return self.output.make(self._model.settings)

    def _follow(self) -> None:
        """Makes a sink if one is wanted and none is there."""
        if not self.is_on or self._sink is not None:
            return
        self._sink = sink = self.make()
        self._is_added = self._is_let_go = False
        self._background.run("Looking for outputs", sink.why_not, partial(self._on_known, sink), self.stop)

    def _let_go(self) -> None:
        """Has the sink closed. One that is being looked at is forgotten."""
        self._is_let_go = True
        if self._sink is not None and self._is_added:
            self._live.remove_sink(self._sink)
        else:
            self._sink = None

    def _on_known(self, sink: FrameSink, lack: str | None) -> None:
        if sink is not self._sink:
            return
        if lack is None:
            self._is_added = True
            self._live.add_sink(sink)
            return
        self._sink, self.is_on, self._lack = None, False, lack
        self.told.emit(lack)
        self.changed.emit()

    def _on_checked(self, lack: str | None) -> None:
        self._lack = lack or ""
        self.changed.emit()

    def _on_ended(self, sink: FrameSink, error: SinkError | None, written: Written) -> None:
        if sink is not self._sink:
            return
        self._sink = None
        if error is not None or not self._is_let_go:
            self.is_on, self._failure = False, "" if error is None else str(error)
        self._follow()
        self.changed.emit()


def spoken(sink: FrameSink) -> str:
    """What a sink gives, in few words."""
    size_hw, rate_fps = sink.wants.size_hw, sink.wants.rate_fps
    if size_hw is None:
        return tr("Live")
    height, width = size_hw
    if rate_fps is None:
        return tr("{width}x{height}", width=width, height=height)
    return tr("{width}x{height}, {fps} fps", width=width, height=height, fps=number(rate_fps))


def command_in(sentence: str) -> str:
    """What stands in a sentence in backticks: a command to type, an address to open; empty for none."""
    found = re.search("`(.+?)`", sentence)
    return "" if found is None else found[1]
