"""Settings: what the window and the command line remember between two runs, in one JSON file.

A file of settings must never keep the program from starting: a missing, damaged or partly wrong file counts as far as
it can be understood, and the rest falls back.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs

from livestyle.errors import StyleError
from livestyle.fade import MOST_S
from livestyle.live.decisions import Pace
from livestyle.look import MOST_STYLES, STEADY, Manner, Region
from livestyle.masks import as_address, feathered

log = logging.getLogger(__name__)

FORMAT_VERSION = 1


def settings_path() -> Path:
    """Where the settings live. Neither the file nor its folder need exist."""
    return platformdirs.user_config_path("livestyle", appauthor=False) / "settings.json"


SCENES = tuple("12345678")
"""The names of the scenes there is room for."""
FASTEST_S, SLOWEST_S = 5.0, 600.0
"""How often auto goes on, at most and at least."""

CAMERA_LINES = (360, 720, 1080)
"""What the virtual camera's pictures may have."""

WEBCAM_LINES = (360, 720, 1080, 2160)
"""What may be asked of a camera that is the source; its pictures are 16:9 then."""
WEBCAM_RATES = (30, 60)
"""Frames a second that may be asked of it."""

Auto = Literal["off", "favorites", "scenes", "mixes"]
"""What the show goes through by itself."""

SoundFrom = Literal["none", "video", "microphone"]
"""What is heard in a recording: nothing, the sound of the video that is on show, or a microphone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Manner):
    """A whole look with its source, to be called up again.

    Attributes:
        source: Where frames come from, as the command line writes it; None for the first camera that works, and in a
            scene for whatever is on.
        mix: Names of styles and their shares, 0 to 1, the one that leads first; empty for the first one installed.
        steady: As in `Manner`, from the start on what live pictures need.
        region: What is painted.
        outside: The name of the style of all else; empty for none, which leaves it as it is.
        brushed: What somebody has brushed over, as `masks` writes them; empty for nothing.
    """

    source: str | None = None
    mix: Mapping[str, float] = field(default_factory=dict)
    steady: float = STEADY
    region: Region = "everything"
    outside: str = ""
    brushed: str = ""

    def changes(self) -> dict[str, Any]:
        """The look of the scene, as a timeline's cue sets it; how steady it is only where that was set."""
        mix = tuple((name, share) for name, share in self.mix.items() if share > 0)
        manner = {each.name: getattr(self, each.name) for each in fields(Manner)}
        if self.steady == STEADY:
            del manner["steady"]
        is_brushed = self.region == "brushed"
        part = {
            "region": self.region,
            "mask": as_address(feathered(self.brushed)) if is_brushed else "",
            "outside": ((self.outside, 1.0),) if self.outside and self.region != "everything" else (),
        }
        return {**({"mix": mix} if mix else {}), **manner, **part}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Scene):
    """What is remembered. Immutable: `dataclasses.replace` makes changed ones.

    Attributes:
        mirror: Show cameras as a mirror does.
        pace: What the size is to favour where the device chooses it: motion, both, or strokes.
        lines: Lines of the short side that the network paints; None for what the device paints at this pace.
        inbetweens: Move paintings along where not every frame can be painted.
        window: The window's place and size, as hexadecimal digits of what Qt saves; empty for the default.
        panels: Whether the panels around the picture are shown.
        fade_s: How long one look takes to turn into another.
        favorites: Names of styles that the user likes.
        scenes: Name of a scene, of `SCENES` -> the scene; those that are kept.
        auto: What the show goes through by itself.
        auto_every_s: How often it goes on.
        webcam_lines: The size that is asked of a camera that is the source, one of `WEBCAM_LINES`; None for its own.
        webcam_fps: Frames a second that are asked of it, one of `WEBCAM_RATES`.
        camera_lines: The size of the virtual camera, one of `CAMERA_LINES`; it is 16:9.
        stream_to: The address that the stream goes to; empty for the usual one on this computer.
        screen: The name of the screen that the clean output fills; empty for one that the window is not on.
        keys: Names of actions and their keys, of those that have not the usual one; empty for none.
        global_keys: Names of actions and the keys that do them whichever window has the keyboard.
        midi: Names of actions and controls, and the MIDI knobs or keys that move them.
        osc: Where OSC is heard: a port, or an address of this computer and a port; empty for nowhere.
        record_lines: Lines of the short side of a recording; None for the source's own.
        sound: What is heard in a recording.
        microphone: The name of the microphone; None for the one that the system is set to.
        folder: Where recordings and snapshots go; None for the system's folders of videos and pictures.
    """

    mirror: bool = True
    pace: Pace = "balanced"
    lines: int | None = None
    inbetweens: bool = True
    window: str = ""
    panels: bool = True
    favorites: tuple[str, ...] = ()
    fade_s: float = 1.0
    scenes: Mapping[str, Scene] = field(default_factory=dict)
    auto: Auto = "off"
    auto_every_s: float = 20.0
    webcam_lines: int | None = 720
    webcam_fps: int = 30
    camera_lines: int = 720
    screen: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    global_keys: Mapping[str, str] = field(default_factory=dict)
    midi: Mapping[str, str] = field(default_factory=dict)
    osc: str = ""
    stream_to: str = ""
    record_lines: int | None = None
    sound: SoundFrom = "video"
    microphone: str | None = None
    folder: str | None = None


def _is_name(value: object) -> bool:
    return value is None or (isinstance(value, str) and value != "")


def _is_region(value: object) -> bool:
    return isinstance(value, str) and value in get_args(Region)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_share(value: object) -> bool:
    # bool is an int in Python, but `true` is no number to set.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_mix(value: object) -> bool:
    if not isinstance(value, dict) or len(value) > MOST_STYLES:
        return False
    return all(name and isinstance(name, str) and _is_share(share) for name, share in value.items())


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) and name for name in value)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_pace(value: object) -> bool:
    return value in get_args(Pace)


def _is_size(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and 16 <= value <= 8192)


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and all(c in "0123456789abcdef" for c in value)


def _is_number(least: float, most: float) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _are_camera_lines(value: object) -> bool:
    return type(value) is int and value in CAMERA_LINES


def _are_webcam_lines(value: object) -> bool:
    return value is None or (type(value) is int and value in WEBCAM_LINES)


def _is_webcam_rate(value: object) -> bool:
    return type(value) is int and value in WEBCAM_RATES


def _are_scenes(value: object) -> bool:
    return isinstance(value, dict)


def _are_keys(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value.values())


def _is_address(value: object) -> bool:
    return isinstance(value, str)


def _is_sound(value: object) -> bool:
    return isinstance(value, str) and value in get_args(SoundFrom)


def _is_auto(value: object) -> bool:
    return isinstance(value, str) and value in get_args(Auto)


_VALID: dict[str, Callable[[object], bool]] = {
    "source": _is_name,
    "mix": _is_mix,
    "region": _is_region,
    "outside": _is_text,
    "brushed": _is_text,
    "mirror": _is_switch,
    "pace": _is_pace,
    "lines": _is_size,
    "inbetweens": _is_switch,
    "window": _is_hex,
    "panels": _is_switch,
    "favorites": _are_names,
    "fade_s": _is_number(0.0, MOST_S),
    "scenes": _are_scenes,
    "auto": _is_auto,
    "auto_every_s": _is_number(FASTEST_S, SLOWEST_S),
    "webcam_lines": _are_webcam_lines,
    "webcam_fps": _is_webcam_rate,
    "camera_lines": _are_camera_lines,
    "screen": _is_text,
    "keys": _are_keys,
    "global_keys": _are_keys,
    "midi": _are_keys,
    "osc": _is_address,
    "stream_to": _is_text,
    "record_lines": _is_size,
    "sound": _is_sound,
    "microphone": _is_name,
    "folder": _is_name,
}


def _is_valid(name: str, value: Any) -> bool:
    if name in _VALID:
        return _VALID[name](value)
    try:
        Manner(**{name: value})
    except (StyleError, TypeError):
        return False
    return True


def _usable(kind: type[Scene], document: Mapping[str, object]) -> dict[str, Any]:
    """The values of a JSON object that a kind of settings can take."""
    usable: dict[str, Any] = {
        each.name: document[each.name]
        for each in fields(kind)
        if each.name in document and _is_valid(each.name, document[each.name])
    }
    if "favorites" in usable:
        usable["favorites"] = tuple(usable["favorites"])
    if "scenes" in usable:
        scenes = {name: usable["scenes"].get(name) for name in SCENES}
        usable["scenes"] = {name: Scene(**_usable(Scene, each)) for name, each in scenes.items() if type(each) is dict}
    return usable


def parse_settings(document: object) -> Settings:
    """Takes what is usable from a JSON document; unknown keys are ignored and wrong values fall back to the default."""
    if not isinstance(document, dict):
        return Settings()
    version = document.get("version")
    if not isinstance(version, int) or version > FORMAT_VERSION:
        return Settings()
    return Settings(**_usable(Settings, document))


def load_settings(path: Path | None = None) -> Settings:
    """Reads the settings. Never fails: what can't be read falls back.

    Args:
        path: The file; by default `settings_path()`.
    """
    path = path or settings_path()
    try:
        return parse_settings(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        log.warning("The settings in %s can't be read and start anew: %s", path, error)
        return Settings()


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Writes the settings whole or not at all. A failure is logged: it must not stop a show or the way out.

    Args:
        settings: What to remember.
        path: The file; by default `settings_path()`.
    """
    path = path or settings_path()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"version": FORMAT_VERSION, **asdict(settings)}, indent=2) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        log.warning("The settings can't be saved in %s: %s", path, error.strerror or error)
        with suppress(OSError):
            part.unlink()
