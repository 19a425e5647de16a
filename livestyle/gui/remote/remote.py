"""Everything that steers the window from outside, as the settings have it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from livestyle.errors import LivestyleError
from livestyle.gui.actions import ACTIONS, Keys, keys_of
from livestyle.gui.background import Background
from livestyle.gui.model import ShowModel
from livestyle.gui.remote.controls import CONTROLS, takes
from livestyle.gui.remote.hotkeys import Hotkeys, advice
from livestyle.gui.remote.inbox import Inbox
from livestyle.gui.remote.midi import Midi
from livestyle.gui.remote.osc import Osc, parse_address

if TYPE_CHECKING:
    from livestyle.settings import Settings


class Remote(QObject):
    """Global keys, MIDI and OSC: opens what the settings ask for, and does what comes in.

    Args:
        model: What is set, and what controls set.
        run: Does an action.
        background: Where to open what takes its time.

    Attributes:
        told: A sentence for the user.
        learned: While `learns`: what was turned or pressed.
    """

    told = pyqtSignal(str)
    learned = pyqtSignal(str)
    _turned = pyqtSignal(str)

    def __init__(
        self,
        model: ShowModel,
        run: Callable[[str], None],
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._run = run
        self._background = background
        self._inbox = Inbox(self._take, self)
        self._key_inbox = Inbox(self._take_key, self)
        self._global_keys: Keys = {}
        self._midi_controls: Keys = {}
        self._midi_names: dict[str, str] = {}
        """Knobs and keys, and the names of what they do; replaced and never changed, as threads look into it."""
        self._osc_address = ""
        self._hotkeys: Hotkeys | None = None
        self._midi: Midi | None = None
        self._osc: Osc | None = None
        self._pressed: set[str] = set()
        self._unknown: set[str] = set()
        self._opening_midi = False
        self._is_closed = False
        self.learns = False
        """Whether what is turned is told as `learned`, and does nothing."""
        self._turned.connect(self._learn)

    def start(self) -> None:
        """Opens what the settings ask for, and follows them from now on."""
        self._follow()
        self._model.changed.connect(self._follow)

    def look_for_midi(self) -> None:
        """Listens to MIDI devices, those too that have been plugged in since."""
        if self._midi is not None:
            self._midi.look()
        elif not self._opening_midi and not self._is_closed:
            self._opening_midi = True
            self._background.run("Opening MIDI", self._open_midi, self._have_midi, partial(self._have_midi, None))

    def close(self) -> None:
        """Listens to nothing any longer."""
        self._is_closed = True
        for open_one in (self._hotkeys, self._midi, self._osc):
            if open_one is not None:
                open_one.close()
        self._hotkeys = self._midi = self._osc = None

    def _follow(self) -> None:
        settings = self._model.settings
        if settings.midi != self._midi_controls:
            self._midi_controls = settings.midi
            self._midi_names = {control: name for name, control in settings.midi.items() if takes(name)}
            if self._midi is None:
                self.look_for_midi()
        self._follow_keys(settings)
        self._follow_osc(settings)

    def _follow_keys(self, settings: Settings) -> None:
        if settings.global_keys == self._global_keys:
            return
        self._global_keys = settings.global_keys
        if self._hotkeys is not None:
            self._hotkeys.close()
            self._hotkeys = None
        keys = {name: key for name, key in self._global_keys.items() if takes(name)}
        if not keys:
            return
        try:
            self._hotkeys = Hotkeys(keys, self._key_inbox.put)
        except LivestyleError as error:
            self.told.emit(str(error))
            return
        if advice():
            self.told.emit(advice())

    def _follow_osc(self, settings: Settings) -> None:
        if settings.osc == self._osc_address:
            return
        self._osc_address = settings.osc
        if self._osc is not None:
            self._osc.close()
            self._osc = None
        if not settings.osc:
            return
        try:
            self._osc = Osc(self._inbox.put, *parse_address(settings.osc))
        except LivestyleError as error:
            self.told.emit(str(error))
            return
        self.told.emit(f"OSC is heard on port {self._osc.port}.")

    def _open_midi(self) -> Midi | str:
        try:
            midi = Midi(self._on_turn)
        except LivestyleError as error:
            return str(error)
        midi.look()
        return midi

    def _have_midi(self, midi: Midi | str | None) -> None:
        """Goes on with MIDI, or without it until somebody asks again."""
        self._opening_midi = False
        if isinstance(midi, str):
            self.told.emit(midi)
        elif midi is not None and self._is_closed:
            midi.close()
        else:
            self._midi = midi

    def _take(self, name: str, value: float) -> None:
        if self._is_closed:
            return
        if name in CONTROLS and value == value:  # a number, and not NaN
            least, most = CONTROLS[name].range
            # OSC sends single precision: 0.6 comes as 0.6000000238.
            CONTROLS[name].set(self._model, round(min(most, max(least, value)), 6))
        elif takes(name):
            if value > 0:
                self._run(name)
        elif name not in self._unknown:
            self._unknown.add(name)
            self.told.emit(f"There is no action or control called {name}: docs/remote.md lists them.")

    def _take_key(self, name: str, value: float) -> None:
        """Does what a global key asks for, unless the window has heard the same key, or a dialog has the keyboard."""
        is_heard = self._global_keys.get(name) in keys_of(self._model.settings.keys).values()
        is_typed = QApplication.activeModalWidget() is not None
        if QApplication.activeWindow() is None or not (is_heard or is_typed):
            self._take(name, value)

    def _learn(self, control: str) -> None:
        if self.learns:
            self.learned.emit(control)

    # In threads of the driver's:

    def _on_turn(self, control: str, share: float) -> None:
        if self.learns:
            # A key that is let go is no wish.
            if share > 0:
                self._turned.emit(control)
            return
        name = self._midi_names.get(control)
        if name in CONTROLS:
            self._inbox.put(name, CONTROLS[name].at(share))
        elif name in ACTIONS:
            was_pressed, is_pressed = control in self._pressed, share >= 0.5
            (self._pressed.add if is_pressed else self._pressed.discard)(control)
            if is_pressed and not was_pressed:
                self._inbox.put(name, 1.0)
