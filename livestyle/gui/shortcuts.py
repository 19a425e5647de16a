"""The keys of a window: each does what its action says, and they can be changed while it is open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QAbstractButton

from livestyle.gui.actions import ACTIONS, Keys, show_tips
from livestyle.gui.language import tr

if TYPE_CHECKING:
    from livestyle.gui.window import MainWindow


class Shortcuts:
    """Gives a window its keys, and its buttons what they do.

    Args:
        window: The window.
        buttons: Name of an action -> its button.
    """

    def __init__(self, window: MainWindow, buttons: Mapping[str, QAbstractButton]) -> None:
        self._window = window
        self._keys: Keys = {}
        self._bound: dict[str, QAction] = {}
        for name, action in ACTIONS.items():
            if action.run is None:
                continue
            bound = self._bound[name] = QAction(tr(action.does), window)
            bound.setAutoRepeat(action.repeats)
            bound.triggered.connect(partial(self.run, name))
            window.addAction(bound)
            if name in buttons:
                buttons[name].clicked.connect(bound.trigger)

    def run(self, name: str, _: bool = False) -> None:
        """Does what an action does; nothing for one that only a key can do."""
        run = ACTIONS[name].run
        if run is not None:
            run(self._window)

    def use(self, keys: Keys) -> None:
        """Goes over to other keys; whatever shows them follows."""
        if keys == self._keys:
            return
        self._keys = keys
        # First all are let go: a key that changes hands would for a moment be two's.
        for bound in self._bound.values():
            bound.setShortcut(QKeySequence())
        for name, bound in self._bound.items():
            bound.setShortcut(QKeySequence(keys[name]))
        self._window.comparison.key = keys["hold"]
        self._window.gallery.show_keys(keys)
        show_tips(self._window, keys)
