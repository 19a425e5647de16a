"""Auto: the show goes on by itself, through favourites, scenes or whatever chance mixes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from livestyle.gui.choices import file_of
from livestyle.gui.model import ShowModel
from livestyle.gui.scenes import called_up, can_show
from livestyle.gui.shares import normalized
from livestyle.look import Colors
from livestyle.settings import Auto as Kind
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog

COUNTS = (1, 2, 2, 3)
"""How many styles chance mixes."""
COLORS: tuple[Colors, ...] = (*("painting",) * 8, "camera", "only")
"""Whose colours it gives them."""

NOTHING: dict[Kind, str] = {
    "favorites": "There are no favourites to go through yet: mark styles that you like.",
    "scenes": "There are no scenes to go through yet: right-click a scene's button to keep one.",
}
"""What to say where there is nothing to go through."""


def following(settings: Settings, catalog: Catalog, scene: str, chance: Random) -> tuple[Settings, str] | None:
    """What comes next.

    Args:
        settings: What is set, and what to go through.
        catalog: The styles at hand.
        scene: The name of the scene that was shown last; empty for none.
        chance: What to mix by.

    Returns:
        What to set, and the name of the scene shown last; None where there is nothing to go through.
    """
    match settings.auto:
        case "favorites":
            names = [name for name in settings.favorites if name in catalog.names]
            leading = next(iter(settings.mix), "")
            return (replace(settings, mix={_after(names, leading): 1.0}), scene) if names else None
        case "scenes":
            names = [name for name, kept in settings.scenes.items() if can_show(kept, catalog)]
            name = _after(names, scene) if names else ""
            called = called_up(settings, name)
            return None if called is None else (called, name)
        case "mixes":
            return mixed_by_chance(settings, list(file_of(settings, catalog).styles), chance), scene
        case _:
            return None


def mixed_by_chance(settings: Settings, names: Sequence[str], chance: Random) -> Settings:
    """Settings with another mix of some of these styles, and another manner."""
    chosen = chance.sample(names, min(chance.choice(COUNTS), len(names)))
    return replace(
        settings,
        mix=normalized({name: chance.uniform(0.2, 1.0) for name in chosen}),
        strength=chance.uniform(0.7, 1.0),
        stroke=2 ** chance.uniform(-0.6, 0.6),
        depth=chance.uniform(0.4, 1.0),
        colors=chance.choice(COLORS),
    )


def _after(names: Sequence[str], name: str) -> str:
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]


class Auto(QObject):
    """Says what comes next every so often. Whatever the user sets stays for as long as anything does.

    Args:
        model: What is set.
        chance: What to mix by.

    Attributes:
        wanted: `Settings` that are to come next.
        told: A sentence for the user.
    """

    wanted = pyqtSignal(object)
    told = pyqtSignal(str)

    def __init__(self, model: ShowModel, parent: QObject | None = None, chance: Random | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chance = chance or Random()
        self._settings: Settings | None = None
        self._before: Kind = "mixes"
        self._scene = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.step)
        model.changed.connect(self._on_change)

    @property
    def is_on(self) -> bool:
        """Whether something is to come."""
        return self._timer.isActive()

    def start(self) -> None:
        """Goes on with what was gone through when the program ended."""
        self._wait()

    def toggle(self) -> None:
        """Stops, or goes on with what was gone through last."""
        if self._model.settings.auto != "off":
            self._before = self._model.settings.auto
        self._model.set("auto", self._before if self._model.settings.auto == "off" else "off")

    def step(self) -> None:
        """Goes on to what comes next."""
        # First of all, so that whatever fails next the show goes on.
        self._wait()
        following_one = following(self._model.settings, self._model.catalog, self._scene, self._chance)
        if following_one is not None:
            settings, self._scene = following_one
            self.wanted.emit(settings)

    def _on_change(self) -> None:
        # A source that comes and goes is nothing that was set: it must not hold the show up.
        if self._model.settings != self._settings:
            self._wait()

    def _wait(self) -> None:
        before, settings = self._settings, self._model.settings
        self._settings = settings
        if settings.auto == "off":
            self._timer.stop()
            return
        self._timer.start(round(1000 * settings.auto_every_s))
        is_new = before is None or before.auto != settings.auto
        if is_new and following(settings, self._model.catalog, self._scene, Random(0)) is None:
            self.told.emit(NOTHING.get(settings.auto, ""))
