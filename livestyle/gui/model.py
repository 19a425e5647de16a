"""What the user has set, and the styles there are to choose from: the window shows it, and the show obeys it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import StyleError
from livestyle.gui.choices import controls_from, file_of, fitting, network_of, slow_styles, toggled, with_style
from livestyle.gui.shares import with_share
from livestyle.gui.widgets import SHARE, Scale
from livestyle.live.controls import Controls
from livestyle.look import Colors
from livestyle.settings import Settings, save_settings
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style, StyleFile


class ShowModel(QObject):
    """The settings of the show and its catalog of styles.

    Args:
        catalog: The styles.
        settings: What to begin with; what doesn't fit the styles is left out.
        path: Where settings are remembered; None for the usual place.
        device: What paints, as for `open_stylizer`.

    Attributes:
        changed: Something is set otherwise.
        told: Why it is not; a sentence for the user.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(
        self,
        catalog: Catalog,
        settings: Settings,
        path: Path | None = None,
        parent: QObject | None = None,
        device: str = "auto",
    ) -> None:
        super().__init__(parent)
        self.catalog = catalog
        self.names = catalog.names
        """The styles in the order of the gallery."""
        self.settings = fitting(settings, catalog)
        self._path = path
        self._device = device
        self._fades = False
        self._source_is_camera = True
        self._mirrors_film = False

    @property
    def mix(self) -> Mapping[str, float]:
        """Names of the styles in use and their shares, the one that leads first."""
        return self.settings.mix

    @property
    def style(self) -> Style:
        """The style that leads."""
        return self.catalog.find(next(iter(self.mix)))

    @property
    def file(self) -> StyleFile:
        """The style file whose network paints."""
        return file_of(self.settings, self.catalog)

    @property
    def mirror(self) -> bool:
        """Whether the source of the moment is mirrored. Remembered for cameras; a film is mirrored for this time."""
        return self.settings.mirror if self._source_is_camera else self._mirrors_film

    def controls(self) -> Controls:
        """What the show is to obey: it fades to other styles, and what a slider sets counts at once."""
        controls = controls_from(self.settings, self.catalog, mirror=self.mirror)
        return replace(controls, fade_s=self.settings.fade_s if self._fades else 0.0)

    def use(self, settings: Settings) -> None:
        """Goes over to other settings."""
        self._fades = True
        self.settings = fitting(settings, self.catalog)
        self.changed.emit()

    def jump(self, settings: Settings) -> None:
        """Goes over to other settings at once: whoever moves them by hand sees them move."""
        self._fades = False
        self.settings = fitting(settings, self.catalog)
        self.changed.emit()

    def set(self, name: str, value: Any) -> None:
        """Changes a field of the settings."""
        self._fades = name == "mix" and set(value) != set(self.mix)
        if name == "mirror" and not self._source_is_camera:
            self._mirrors_film = value
        else:
            self.settings = fitting(replace(self.settings, **{name: value}), self.catalog)
        self.changed.emit()

    def step(self, name: str, scale: Scale, places: int) -> None:
        """Moves a field of the settings so many places on its scale."""
        self.set(name, scale.moved(getattr(self.settings, name), places))

    def next_colors(self) -> None:
        """Goes on to the next choice of whose colours the picture has."""
        choices = get_args(Colors)
        self.set("colors", choices[(choices.index(self.settings.colors) + 1) % len(choices)])

    def use_style(self, name: str) -> None:
        """Paints in one style, alone."""
        self.set("mix", {name: 1.0})

    def network_of(self, name: str) -> StyleFile:
        """The network that paints a style when it is alone."""
        return network_of(name, self.catalog)

    @property
    def slow(self) -> Collection[str]:
        """The styles whose networks paint but a few frames a second here."""
        return slow_styles(self.catalog, self._device)

    def step_style(self, step: int) -> None:
        """Paints in the style that is so many after the one that leads; slow ones are passed by."""
        leader, slow = self.style.name, self.slow
        names = [name for name in self.names if name == leader or name not in slow]
        self.use_style(names[(names.index(leader) + step) % len(names)])

    def toggle_in_mix(self, name: str) -> None:
        """Mixes a style in, or takes it out again."""
        before = self.file
        try:
            self.set("mix", toggled(self.mix, name, self.catalog))
        except StyleError as error:
            self.told.emit(str(error))
        if self.file is not before:
            self.told.emit(f"What is left of the mix is painted by the network {self.file.name}.")

    def share_style(self, name: str, share: float) -> None:
        """Gives a style of the mix another share; the others divide the rest."""
        self.set("mix", with_share(self.mix, name, share))

    def step_share(self, places: int) -> None:
        """Moves the share of the last style of the mix so many places."""
        name, share = list(self.mix.items())[-1]
        self.share_style(name, SHARE.moved(share, places))

    def add_style(self, file: StyleFile, style: Style) -> Style:
        """Takes in one more style of a network; returns it under the name that it has now."""
        self.catalog, name = with_style(self.catalog, file, style)
        self.names.append(name)
        return self.catalog.find(name)

    def improve(self, style: Style) -> None:
        """Takes a style in place of the one of its name: it is the same one, and paints a little otherwise."""
        self.catalog = self.catalog.with_styles(self.network_of(style.name), [style])

    def use_catalog(self, catalog: Catalog) -> None:
        """Goes on with other styles: new ones come last, and what is set gives way where one is gone."""
        self.catalog = catalog
        there = [name for name in self.names if name in catalog.names]
        self.names = [*there, *(name for name in catalog.names if name not in there)]
        self.settings = fitting(self.settings, catalog)
        self.changed.emit()

    def see_source(self, is_camera: bool) -> None:
        """Takes note of another source."""
        self._source_is_camera, self._mirrors_film = is_camera, False
        self.changed.emit()

    def save(self, window: str) -> None:
        """Remembers the settings, and the window's place and size."""
        self.settings = replace(self.settings, window=window)
        save_settings(self.settings, self._path)
