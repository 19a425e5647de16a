"""MIDI: knobs, faders, keys and pads, by mido and python-rtmidi (`pip install mido python-rtmidi`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from livestyle.gui.remote.extras import module_of

log = logging.getLogger(__name__)

MISSING = "MIDI needs more packages: pip install mido python-rtmidi"

Turn = Callable[[str, float], None]
"""Takes a knob or a key, as `turned` calls it, and how far it is turned or whether it is pressed: 0 to 1."""


class MidiMessage(Protocol):
    """What this reads of mido's messages."""

    type: str
    channel: int
    control: int
    value: int
    note: int
    velocity: int
    pitch: int


class Port(Protocol):
    """What this asks of mido's ports."""

    name: str

    def close(self) -> None:
        """Lets go of it."""


def turned(message: MidiMessage) -> tuple[str, float] | None:
    """A knob or a key, and how far it is turned or whether it is pressed; None for what is neither.

    It is called by its kind, its channel as devices count them, and its number: "cc 1 74", "note 10 36", "pitch 1 0".
    """
    match message.type:
        case "control_change":
            return f"cc {message.channel + 1} {message.control}", message.value / 127
        case "note_on" | "note_off":
            is_pressed = message.type == "note_on" and message.velocity > 0
            return f"note {message.channel + 1} {message.note}", float(is_pressed)
        case "pitchwheel":
            return f"pitch {message.channel + 1} 0", (message.pitch + 8192) / 16383
    return None


def said(control: str) -> str:
    """A knob or a key as it is shown: "CC 74", or "Note 36 · 10" with its channel where that is not the first."""
    kind, channel, number = control.split()
    word = {"cc": "CC", "note": "Note", "pitch": "Pitch"}[kind]
    return f"{word} {number}" if channel == "1" else f"{word} {number} · {channel}"


def is_control(text: str) -> bool:
    """Whether a text is a knob or a key as `turned` calls it."""
    kind, *numbers = text.split(" ")
    return kind in ("cc", "note", "pitch") and len(numbers) == 2 and all(number.isdecimal() for number in numbers)


class Midi:
    """Listens to all MIDI devices that are plugged in, from the start.

    Args:
        turn: Takes what is turned or pressed, in threads of the driver's.

    Raises:
        LivestyleError: The packages are missing, or there is no MIDI here.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._ports: dict[str, Port] = {}
        module_of("rtmidi", MISSING)
        self._mido = module_of("mido", MISSING)

    @property
    def names(self) -> list[str]:
        """What the devices are called that it listens to."""
        return list(self._ports)

    def look(self) -> None:
        """Listens to devices too that have been plugged in since, and lets those go that are gone."""
        try:
            names = list(dict.fromkeys(self._mido.get_input_names()))
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            log.warning("MIDI devices can't be listed: %s", error)
            return
        for gone in [name for name in self._ports if name not in names]:
            self._ports.pop(gone).close()
        for name in names:
            if name not in self._ports:
                try:
                    self._ports[name] = self._mido.open_input(name, callback=self._on_message)
                except Exception as error:  # noqa: BLE001 - and so when it is in use by another program
                    log.warning("The MIDI device %s can't be opened: %s", name, error)

    def close(self) -> None:
        """Lets go of all. Safe to call twice."""
        while self._ports:
            self._ports.popitem()[1].close()

    def _on_message(self, message: MidiMessage) -> None:
        known = turned(message)
        if known is not None:
            self._turn(*known)
