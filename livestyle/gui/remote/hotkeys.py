"""Keys that work while another window has the keyboard, by pynput (`pip install pynput`)."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import Protocol

from livestyle.gui.actions import Keys
from livestyle.gui.remote.extras import module_of
from livestyle.gui.remote.inbox import Take

log = logging.getLogger(__name__)

MISSING = "Keys that work everywhere need a package more: pip install pynput"

_NAMES = {
    "Ctrl": "<ctrl>",
    "Meta": "<cmd>",
    "Shift": "<shift>",
    "Alt": "<alt>",
    "Space": "<space>",
    "Left": "<left>",
    "Right": "<right>",
    "Up": "<up>",
    "Down": "<down>",
    "Home": "<home>",
    "End": "<end>",
    "PgUp": "<page_up>",
    "PgDown": "<page_down>",
    "Ins": "<insert>",
    "Del": "<delete>",
    "Return": "<enter>",
    "Tab": "<tab>",
    "Backspace": "<backspace>",
    "Pause": "<pause>",
    "Print": "<print_screen>",
    "ScrollLock": "<scroll_lock>",
    "Media Play": "<media_play_pause>",
    "Media Next": "<media_next>",
    "Media Previous": "<media_previous>",
    **{f"F{number}": f"<f{number}>" for number in range(1, 21)},
}
"""What Qt calls keys -> what pynput calls them."""
_NAMES_ON_MAC = {**_NAMES, "Ctrl": "<cmd>", "Meta": "<ctrl>"}
"""Where Qt calls Ctrl what Apple calls Command."""


class Listener(Protocol):
    """What this asks of pynput's listeners."""

    def start(self) -> None:
        """Begins to listen, in a thread of its own."""

    def stop(self) -> None:
        """Ends it."""


def as_pynput(key: str, platform: str = sys.platform) -> str | None:
    """A key as pynput writes it; None for one that it doesn't know.

    Args:
        key: As `QKeySequence` writes it.
        platform: As `sys.platform`.
    """
    names = _NAMES_ON_MAC if platform == "darwin" else _NAMES
    # The key itself may be a plus: "Ctrl++".
    parts = [*key[:-2].split("+"), "+"] if key.endswith("++") else [key] if key == "+" else key.split("+")
    written = [names.get(part, part.lower() if len(part) == 1 else "") for part in parts]
    return "+".join(written) if all(written) else None


def advice(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> str:
    """What a user has to know about such keys on this system, in a sentence; empty for nothing."""
    if platform == "darwin":
        return (
            "For keys that work everywhere, allow livestyle in System Settings, Privacy & Security, under "
            "Accessibility and Input Monitoring, and start it again."
        )
    if platform.startswith("linux") and (
        environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland"
    ):
        return (
            "Under Wayland no program sees the keys of others: log in to an X11 session for keys that work everywhere."
        )
    return ""


class Hotkeys:
    """Listens to keys, whichever window has the keyboard, from the start.

    Args:
        keys: Names of actions and their keys.
        take: Takes the name of an action, in a thread of pynput's.

    Raises:
        LivestyleError: The package is missing, or can't listen here.
    """

    def __init__(self, keys: Keys, take: Take) -> None:
        keyboard = module_of("pynput.keyboard", MISSING)
        written = {name: as_pynput(key) for name, key in keys.items() if key}
        known = {key: partial(take, name, 1.0) for name, key in written.items() if key is not None}
        self._listener: Listener = keyboard.GlobalHotKeys(known)
        self._listener.start()

    def close(self) -> None:
        """Ends it. Safe to call twice."""
        self._listener.stop()
