"""All that keys and buttons do, in one table: keys, buttons, tool tips and the list of keys are made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QIcon, QKeySequence

from livestyle.gui import icons
from livestyle.gui.comparison import HOLD_KEY
from livestyle.gui.help import show_help
from livestyle.gui.language import tr
from livestyle.gui.model import ShowModel
from livestyle.gui.widgets import FACTOR, SHARE
from livestyle.settings import SCENES

if TYPE_CHECKING:
    from livestyle.gui.window import MainWindow

STEP = 5
"""How many places of a slider one press of a key moves it."""
FILM_STEP_S = 5.0
"""How far one press of a key goes in a film."""
STYLE_KEYS = tuple("123456789")
"""The keys of the first styles."""
MIX_KEYS = tuple(f"Ctrl+{number}" for number in STYLE_KEYS)


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do.

    Attributes:
        key: As `QKeySequence` reads it.
        does: What it does, in the list of keys and the tool tip of its button.
        run: Does it; None where another part of the window listens to the key.
        label: What its button says; empty for a button without words.
        icon: Makes the picture on its button.
        is_checkable: Whether its button stays down while it is on.
        also: How it is done otherwise, in the tool tip.
        repeats: Whether it goes on while its key is held; a held R would make a hundred recordings.
    """

    key: str
    does: str
    run: Callable[[MainWindow], object] | None
    label: str = ""
    icon: Callable[[], QIcon] = QIcon
    is_checkable: bool = False
    also: str = ""
    repeats: bool = False


def _numbered(keys: Sequence[str], does: str, do: Callable[[ShowModel, str], None]) -> dict[str, Action]:
    """What is done with the styles of the first cards; a key without a card does nothing."""

    def run(row: int, window: MainWindow) -> None:
        for name in window.model.names[row : row + 1]:
            do(window.model, name)

    return {key: Action(key, does, partial(run, row)) for row, key in enumerate(keys)}


def _of_scenes(
    name: str, keys: str, does: str, do: Callable[[MainWindow, str], object], also: str = ""
) -> dict[str, Action]:
    """What is done with scenes, by the function key of their number."""

    def run(scene: str, window: MainWindow) -> None:
        do(window, scene)

    return {f"{name} {scene}": Action(f"{keys}{scene}", does, partial(run, scene), also=also) for scene in SCENES}


ACTIONS: dict[str, Action] = {
    "hold": Action(HOLD_KEY, "Show the camera's own picture while held", None),
    **_numbered(STYLE_KEYS, "Paint in this style", ShowModel.use_style),
    **_numbered(MIX_KEYS, "Mix this style in, or take it out", ShowModel.toggle_in_mix),
    "alone": Action("Ctrl+0", "The first style of the mix alone", lambda w: w.model.use_style(w.model.style.name)),
    "style before": Action("Left", "The style before", lambda w: w.model.step_style(-1), repeats=True),
    "style after": Action("Right", "The style after", lambda w: w.model.step_style(1), repeats=True),
    "stronger": Action("Up", "Stronger", lambda w: w.model.step("strength", SHARE, STEP), repeats=True),
    "weaker": Action("Down", "Weaker", lambda w: w.model.step("strength", SHARE, -STEP), repeats=True),
    "bolder": Action("Shift+Up", "Bolder strokes", lambda w: w.model.step("stroke", FACTOR, STEP), repeats=True),
    "finer": Action("Shift+Down", "Finer strokes", lambda w: w.model.step("stroke", FACTOR, -STEP), repeats=True),
    "steadier": Action("Shift+Right", "Steadier", lambda w: w.model.step("steady", SHARE, STEP), repeats=True),
    "livelier": Action("Shift+Left", "Livelier", lambda w: w.model.step("steady", SHARE, -STEP), repeats=True),
    "more": Action("Ctrl+Right", "More of the last style of the mix", lambda w: w.model.step_share(STEP), repeats=True),
    "less": Action("Ctrl+Left", "Less of it", lambda w: w.model.step_share(-STEP), repeats=True),
    "colors": Action("K", "Whose colours the picture has", lambda w: w.model.next_colors()),
    "mirror": Action("M", "Swap left and right, as a mirror does", lambda w: w.model.set("mirror", not w.model.mirror)),
    "compare": Action(
        "C",
        "Show the camera's own picture",
        lambda w: w.comparison.toggle(),
        label="Compare",
        icon=icons.compare_icon,
        is_checkable=True,
        also="or hold Space",
    ),
    "record": Action(
        "R",
        "Record to a video in your Videos folder",
        lambda w: w.toggle_recording(),
        label="Record",
        icon=icons.record_icon,
        is_checkable=True,
    ),
    "take": Action(
        "T",
        "Keep the take: the camera's own picture and all you set, to be painted later",
        lambda w: w.takes.toggle(),
        icon=icons.take_icon,
        is_checkable=True,
    ),
    "paint take": Action(
        "Shift+T", "Paint the take at its full size with the finest network", lambda w: w.takes.paint()
    ),
    "snapshot": Action(
        "S", "Save this picture in your Pictures folder", lambda w: w.take_snapshot(), "Snapshot", icons.snapshot_icon
    ),
    "countdown": Action("Shift+S", "The same after 3, 2, 1", lambda w: w.countdown.toggle()),
    **_of_scenes("scene", "F", "Show this scene", lambda w, scene: w.call_up_scene(scene)),
    **_of_scenes(
        "keep scene",
        "Shift+F",
        "Keep what is set as a scene",
        lambda w, scene: w.keep_scene(scene),
        "or right-click",
    ),
    "auto": Action("A", "Let the show go on by itself, or stop it", lambda w: w.auto.toggle()),
    "undo": Action("Ctrl+Z", "Take the last change back", lambda w: w.undo.undo(), label="Undo"),
    "redo": Action("Ctrl+Shift+Z", "Make it again after all", lambda w: w.undo.redo(), label="Redo"),
    "reset": Action(
        "Ctrl+Shift+R",
        "Set all but the style as it was at first",
        lambda w: w.undo.reset(),
        label="Reset all",
    ),
    "picture": Action(
        "Ctrl+O",
        "Paint in the style of any picture",
        lambda w: w.shelf.picture_card.ask_for_file(),
        also="or drop it onto the window",
    ),
    "all styles": Action("G", "Show all styles as a grid, or as a strip", lambda w: w.shelf.toggle_grid()),
    "find": Action("Ctrl+F", "Find a style", lambda w: w.shelf.look_for()),
    "favourite": Action(
        "F", "Make this style a favourite, or no longer", lambda w: w.toggle_favourite(w.model.style.name)
    ),
    "pause": Action("Ctrl+P", "Pause the film, or go on", lambda w: w.panel.transport.toggle()),
    "film on": Action(
        "Ctrl+Shift+Right", "Some seconds on in the film", lambda w: w.panel.transport.step(FILM_STEP_S), repeats=True
    ),
    "film back": Action(
        "Ctrl+Shift+Left", "Some seconds back", lambda w: w.panel.transport.step(-FILM_STEP_S), repeats=True
    ),
    "file": Action("O", "Open a file", lambda w: w.panel.source_button.ask_for_file()),
    "address": Action("U", "Open an address", lambda w: w.panel.source_button.ask_for_address()),
    "panels": Action(
        "P",
        "Show or hide the panels",
        lambda w: w.model.set("panels", not w.settings.panels),
        icon=icons.panels_icon,
        is_checkable=True,
    ),
    "full screen": Action(
        "F11",
        "Full screen",
        lambda w: w.full_screen.toggle(),
        icon=icons.full_screen_icon,
        also="or double-click the picture",
    ),
    "leave full screen": Action("Esc", "Leave full screen", lambda w: w.full_screen.leave()),
    "help": Action("?", "All keys", lambda w: show_help(w, list_of_keys()), label="?"),
    "quit": Action("Ctrl+Q", "Quit", lambda w: w.close()),
}


def with_keys(sentence: str, *names: str) -> str:
    """A sentence, and the keys of actions behind it: what a tool tip says."""
    return tr("{sentence} ({keys})", sentence=sentence, keys=", ".join(spoken(ACTIONS[name].key) for name in names))


def tip(name: str) -> str:
    """The tool tip of an action."""
    action = ACTIONS[name]
    keys = spoken(action.key) if not action.also else f"{spoken(action.key)}, {tr(action.also)}"
    return tr("{sentence} ({keys})", sentence=tr(action.does), keys=keys)


def spoken(key: str) -> str:
    """A key as the system and the language call it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def from_to(keys: Sequence[str]) -> str:
    """Keys as one says them: "Ctrl+1 to 9"."""
    if len(keys) == 1:
        return spoken(keys[0])
    return tr("{first} to {last}", first=spoken(keys[0]), last=keys[-1].split("+")[-1])


def list_of_keys() -> list[tuple[str, str]]:
    """All keys and what they do; those that do the same have one line."""
    keys: dict[str, list[str]] = {}
    for action in ACTIONS.values():
        keys.setdefault(action.does, []).append(action.key)
    return [(from_to(each), tr(does)) for does, each in keys.items()]


def bind(window: MainWindow) -> None:
    """Gives a window the keys, and its buttons what they do."""
    buttons = {**window.bar.buttons, **window.panel.play.buttons, "pause": window.panel.transport.pause}
    for name, action in ACTIONS.items():
        if action.run is None:
            continue
        bound = QAction(tr(action.does), window)
        bound.setShortcut(QKeySequence(action.key))
        bound.setAutoRepeat(action.repeats)
        bound.triggered.connect(lambda _, run=action.run: run(window))
        window.addAction(bound)
        if name in buttons:
            buttons[name].clicked.connect(bound.trigger)
