"""The section of the panel that plays: how looks fade, scenes, what goes on by itself, and the way back."""

from __future__ import annotations

from math import log

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from livestyle.fade import MOST_S
from livestyle.gui.actions import ACTIONS, set_tip
from livestyle.gui.language import number, tr
from livestyle.gui.widgets import Choice, Scale, ValueSlider, named_row
from livestyle.settings import FASTEST_S, SCENES, SLOWEST_S, Auto, Settings

COLUMNS = 4

AUTO: tuple[tuple[Auto, str], ...] = (
    ("off", "Off"),
    ("favorites", "Favourites"),
    ("scenes", "Scenes"),
    ("mixes", "Chance"),
)
"""What the show can go through by itself, for the settings and for the eye."""

SECONDS = Scale(
    (0, round(10 * MOST_S)),
    lambda place: place / 10,
    lambda seconds: 10 * seconds,
    lambda seconds: tr("{seconds} s", seconds=number(seconds, 1)) if seconds > 0 else tr("At once"),
)
"""How long a fade takes."""
RATIO = SLOWEST_S / FASTEST_S
EVERY = Scale(
    (0, 100),
    lambda place: float(round(FASTEST_S * RATIO ** (place / 100))),
    lambda seconds: 100 * log(seconds / FASTEST_S) / log(RATIO),
    lambda seconds: (
        tr("{seconds} s", seconds=number(seconds))
        if seconds < 120
        else tr("{minutes} min", minutes=number(seconds / 60, 1))
    ),
)
"""How often something else comes, in steps that are equal factors."""


class PlaySection(QWidget):
    """Shows how the show plays, and tells what the user changes.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        kept: What is set is to be kept as a scene; its name.
        forgotten: A scene is not to be kept any longer; its name.
        buttons: Name of an action -> its button.
    """

    changed = pyqtSignal(str, object)
    kept = pyqtSignal(str)
    forgotten = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fade = ValueSlider(tr("Fade"), tr("How long one look takes to turn into another"), 1.0, SECONDS)
        self.scenes = {name: _SceneButton(name) for name in SCENES}
        self.auto = Choice("")
        set_tip(self.auto, "auto")
        self.auto.setAccessibleName(tr("Auto"))
        for value, text in AUTO:
            self.auto.addItem(tr(text), value)
        self.every = ValueSlider(tr("Every"), tr("How often something else comes"), 20.0, EVERY)
        self.buttons: dict[str, QPushButton] = {
            **{f"scene {name}": button for name, button in self.scenes.items()},
            **{name: _button(name) for name in ("undo", "redo", "reset")},
        }
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, button in enumerate(self.scenes.values()):
            grid.addWidget(button, *divmod(at, COLUMNS))
        way_back = QGridLayout()
        way_back.setSpacing(6)
        way_back.addWidget(self.buttons["undo"], 0, 0)
        way_back.addWidget(self.buttons["redo"], 0, 1)
        # A line of its own, where its words have room in every language.
        way_back.addWidget(self.buttons["reset"], 1, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.fade)
        layout.addWidget(QLabel(tr("Scenes")))
        layout.addLayout(grid)
        layout.addWidget(named_row(tr("Auto"), self.auto))
        layout.addWidget(self.every)
        layout.addLayout(way_back)

        self.fade.moved.connect(lambda value: self.changed.emit("fade_s", value))
        self.every.moved.connect(lambda value: self.changed.emit("auto_every_s", value))
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.auto.activated.connect(lambda row: self.changed.emit("auto", self.auto.itemData(row)))
        for name, button in self.scenes.items():
            button.customContextMenuRequested.connect(lambda at, name=name: self.menu_of(name, at))

    def show_settings(self, settings: Settings) -> None:
        """Shows settings, without a signal."""
        self.fade.show_value(settings.fade_s)
        self.every.show_value(settings.auto_every_s)
        self.every.setVisible(settings.auto != "off")
        self.auto.setCurrentIndex(self.auto.findData(settings.auto))
        for name, button in self.scenes.items():
            button.setChecked(name in settings.scenes)

    def menu_of(self, name: str, at: QPoint) -> QMenu:
        """Opens the menu of a scene's button, at a place of it."""
        button = self.scenes[name]
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Keep what is set as this scene"), lambda: self.kept.emit(name))
        forget = menu.addAction(tr("Forget this scene"), lambda: self.forgotten.emit(name))
        assert forget is not None
        forget.setEnabled(button.isChecked())
        menu.popup(button.mapToGlobal(at))
        return menu


class _SceneButton(QPushButton):
    """A scene: marked while one is kept there, whatever is clicked."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(0)
        set_tip(self, f"scene {name}", f"keep scene {name}")
        self.setAccessibleName(tr("Scene {number}", number=name))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def nextCheckState(self) -> None:
        """Stays as it is."""


def _button(name: str) -> QPushButton:
    button = QPushButton(tr(ACTIONS[name].label))
    set_tip(button, name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
