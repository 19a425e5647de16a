"""All that keys and buttons do, in one table: keys, buttons, tool tips and the page of keys are made from it.

An action is known by its name, to the settings and to whatever steers the window from outside: names stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QIcon, QKeySequence
from PyQt6.QtWidgets import QWidget

from livestyle.gui import icons
from livestyle.gui.comparison import HOLD_KEY
from livestyle.gui.language import PLACEHOLDER, tr
from livestyle.gui.model import ShowModel
from livestyle.gui.outlet_table import OUTLETS
from livestyle.gui.widgets import FACTOR, SHARE
from livestyle.settings import SCENES

if TYPE_CHECKING:
    from livestyle.gui.window import MainWindow

STEP = 5
"""How many places of a slider one press of a key moves it."""
FILM_STEP_S = 5.0
"""How far one press of a key goes in a film."""
FIRST_STYLES = tuple("123456789")
"""The numbers of the first styles, which have keys."""

Keys = Mapping[str, str]
"""Name of each action -> its key, as `QKeySequence` reads it; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do.

    Attributes:
        key: The usual one, as `QKeySequence` reads it.
        does: What it does, on the page of keys and in the tool tip of its button.
        run: Does it; None where another part of the window listens to the key.
        label: What its button says; empty for a button without words.
        icon: Makes the picture on its button.
        is_checkable: Whether its button stays down while it is on.
        also: How it is done otherwise, in the tool tip; the name of an action in braces stands for its key.
        repeats: Whether it goes on while its key is held; a held R would make a hundred recordings.
        number: Which of several that do the same; empty where there is but one.
    """

    key: str
    does: str
    run: Callable[[MainWindow], object] | None
    label: str = ""
    icon: Callable[[], QIcon] = QIcon
    is_checkable: bool = False
    also: str = ""
    repeats: bool = False
    number: str = ""


def _numbered(
    name: str,
    keys: str,
    numbers: Iterable[str],
    does: str,
    do: Callable[[MainWindow, str], object],
    also: str = "",
) -> dict[str, Action]:
    """Actions that do the same with one of several things, which has a number."""

    def run(number: str, window: MainWindow) -> None:
        do(window, number)

    return {
        f"{name} {number}": Action(f"{keys}{number}", does, partial(run, number), also=also, number=number)
        for number in numbers
    }


def _with_style(do: Callable[[ShowModel, str], None]) -> Callable[[MainWindow, str], None]:
    """Does something with the style of a card, by the card's number; nothing where there is no such card."""

    def run(window: MainWindow, number: str) -> None:
        for name in window.model.names[int(number) - 1 : int(number)]:
            do(window.model, name)

    return run


def _of_outputs() -> dict[str, Action]:
    """Switches for all outputs, by their names."""

    def run(name: str, window: MainWindow) -> None:
        window.outlets[name].toggle()

    return {each.name: Action(each.key, each.does, partial(run, each.name)) for each in OUTLETS}


ACTIONS: dict[str, Action] = {
    "hold": Action(HOLD_KEY, "Show the camera's own picture while held", None),
    **_numbered("style", "", FIRST_STYLES, "Paint in this style", _with_style(ShowModel.use_style)),
    **_numbered(
        "mix", "Ctrl+", FIRST_STYLES, "Mix this style in, or take it out", _with_style(ShowModel.toggle_in_mix)
    ),
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
        "Show the camera's own picture beside the painting, with a line to drag",
        lambda w: w.comparison.toggle(),
        label="Compare",
        icon=icons.compare_icon,
        is_checkable=True,
        also="or hold {hold}",
    ),
    "record": Action(
        "R",
        "Record to a video",
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
    "videos": Action(
        "Q",
        "Paint videos, one after the other",
        lambda w: w.videos.toggle(),
        label="Videos",
        icon=icons.videos_icon,
        is_checkable=True,
    ),
    "snapshot": Action("S", "Save this picture", lambda w: w.take_snapshot(), "Snapshot", icons.snapshot_icon),
    "outputs": Action(
        "Shift+O",
        "Choose where else the picture goes",
        lambda w: w.outputs_menu.toggle(),
        label="Outputs",
        icon=icons.outputs_icon,
        is_checkable=True,
    ),
    **_of_outputs(),
    "countdown": Action("Shift+S", "The same after 3, 2, 1", lambda w: w.countdown.toggle()),
    **_numbered("scene", "F", SCENES, "Show this scene", lambda w, scene: w.call_up_scene(scene)),
    **_numbered(
        "keep scene",
        "Shift+F",
        SCENES,
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
    "film before": Action("Shift+N", "The video or photo before", lambda w: w.panel.transport.skip(-1)),
    "next film": Action("N", "The next video or photo", lambda w: w.panel.transport.skip(1)),
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
    "help": Action("?", "All keys", lambda w: w.open_keys(), label="?"),
    "quit": Action("Ctrl+Q", "Quit", lambda w: w.close()),
}


def keys_of(changed: Keys) -> Keys:
    """The keys of all actions. A key does one thing: what was changed goes before what is usual.

    Args:
        changed: Those that are not the usual ones. Names that are unknown here, and keys that are none, are left out.
    """
    keys: dict[str, str] = {}
    taken: set[str] = set()

    def give(name: str, key: str) -> None:
        keys[name] = "" if key in taken else key
        taken.add(keys[name])

    for name, key in changed.items():
        if name in ACTIONS and is_key(key):
            give(name, key)
    for name, action in ACTIONS.items():
        if name not in keys:
            give(name, action.key)
    return keys


USUAL = keys_of({})


def is_key(key: str) -> bool:
    """Whether a text is one key as `QKeySequence` writes it, or none."""
    return not key or (QKeySequence(key).count() == 1 and QKeySequence(key).toString() == key)


def owner_of(key: str, keys: Keys) -> str | None:
    """The name of the action that has a key."""
    return next((name for name, other in keys.items() if key and other == key), None)


def with_key(changed: Keys, name: str, key: str) -> Keys:
    """What is changed once an action has another key, or none. It is taken from the action that has it."""
    before = owner_of(key, keys_of(changed))
    now = {**changed, name: key}
    if before is not None and before != name and before in changed:
        now[before] = ""
    # One that had it as its usual key loses it by `keys_of`, and has it back when it is free again.
    return {each: it for each, it in now.items() if each not in ACTIONS or it != ACTIONS[each].key}


def with_keys(sentence: str, *names: str, keys: Keys = USUAL) -> str:
    """A sentence, and the keys of actions behind it: what a tool tip says."""
    said = [spoken(keys[name]) for name in names if keys[name]]
    return tr("{sentence} ({keys})", sentence=sentence, keys=", ".join(said)) if said else sentence


def tip(name: str, keys: Keys = USUAL) -> str:
    """The tool tip of an action."""
    action = ACTIONS[name]
    named = {each: spoken(keys[each]) for each in PLACEHOLDER.findall(action.also)}
    ways = [spoken(keys[name])] if keys[name] else []
    if action.also and all(named.values()):
        ways.append(tr(action.also, **named))
    return tr("{sentence} ({keys})", sentence=tr(action.does), keys=", ".join(ways)) if ways else tr(action.does)


TIP = "tip of actions"
"""The property of a widget that has a tool tip with keys in it."""


def set_tip(widget: QWidget, *names: str, sentence: str = "") -> None:
    """Gives a widget a tool tip that says the keys of actions, and follows when they change.

    Args:
        widget: The widget.
        names: Of the actions.
        sentence: What the tip says before the keys; what the actions do, each in a line, if it is empty.
    """
    widget.setProperty(TIP, [sentence, *names])
    _show_tip(widget, USUAL)


def show_tips(parent: QWidget, keys: Keys) -> None:
    """Has all tool tips in a window say the present keys."""
    for widget in parent.findChildren(QWidget):
        if widget.property(TIP):
            _show_tip(widget, keys)


def _show_tip(widget: QWidget, keys: Keys) -> None:
    sentence, *names = widget.property(TIP)
    lines = (tip(name, keys) for name in names)
    widget.setToolTip(with_keys(sentence, *names, keys=keys) if sentence else "\n".join(lines))


def spoken(key: str) -> str:
    """A key as the system and the language call it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def described(name: str) -> str:
    """What an action does, with its number where others do the same."""
    action = ACTIONS[name]
    return tr("{sentence} ({keys})", sentence=tr(action.does), keys=action.number) if action.number else tr(action.does)
