"""A timeline: what is set about the painting, and when. Written by hand (docs/timeline.md), or kept of a show."""

from __future__ import annotations

import json
import math
import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from livestyle.errors import StyleError
from livestyle.fade import Fade
from livestyle.look import Look, Manner, Region, parse_mix

if TYPE_CHECKING:
    from livestyle.frame import Mask

MANNER = tuple(each.name for each in fields(Manner))
PART = ("region", "mask", "outside")
KEYS = ("at", "fade", "scene", "style", *MANNER, *PART, "mirror")
"""What may stand in a cue of a file."""
UNPAINTED = "none"
"""What stands in place of a style where all else stays the photo."""

MOST = 1e9
"""No number in a file is as large: what is would be nan, or infinite."""
Scenes = Mapping[str, Mapping[str, Any]]
"""Name of a scene -> what a cue that calls it up sets, as in `Cue.changes`."""

_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)", re.ASCII)
_ANY = Look((("any", 1.0),))


@dataclass(frozen=True, slots=True)
class Cue:
    """What is set at a moment.

    Attributes:
        time_s: When; what lies before 0 has begun before the film.
        changes: Names of fields of `Look` and `Part` and their values, the part outside as a mix, empty for none; all
            others stay as they are.
        fade_s: How long the look of before takes to turn into this one. At 0 what changes of the same styles counts at
            once, as in a show, and a fade of theirs goes on.
        mirror: Whether left and right are swapped from now on; None for as it is.
    """

    time_s: float
    changes: Mapping[str, Any] = field(default_factory=dict)
    fade_s: float = 0.0
    mirror: bool | None = None

    def at(self, time_s: float) -> Cue:
        """The same at another time."""
        return replace(self, time_s=time_s)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of the picture is painted in the look.

    Attributes:
        region: What is painted.
        mask: Where it is painted, if that was brushed, (H, W) of any size; or its text, or the path of a picture. Empty
            for none: then all is painted.
        outside: The look of all else; None leaves the photo there.
    """

    region: Region = "everything"
    mask: str | Mask = ""
    outside: Look | None = None

    def after(self, cue: Cue, look: Look) -> Part:
        """What comes of it with a cue.

        Args:
            cue: What is set. The manner of the look is that of all else, too.
            look: The look that comes of it.
        """
        part = {name: cue.changes[name] for name in ("region", "mask") if name in cue.changes}
        manner = {name: cue.changes[name] for name in MANNER if name in cue.changes}
        outside = None if self.outside is None else replace(self.outside, **manner)
        if "outside" in cue.changes:
            mix = cue.changes["outside"]
            outside = replace(outside or look, mix=mix) if mix else None
        return replace(self, outside=outside, **part)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is set in the course of a film.

    Attributes:
        cues: In order of time; those of one time count one after the other.
        every_s: After how long they begin again; None for never.

    Raises:
        StyleError: Cues that come again don't fit in between.
    """

    cues: tuple[Cue, ...] = ()
    every_s: float | None = None

    def __post_init__(self) -> None:
        if any(one.time_s > other.time_s for one, other in pairwise(self.cues)):
            raise ValueError("cues out of order")
        if self.every_s is None:
            return
        if not 0 < self.every_s < math.inf:
            raise StyleError(f"A timeline begins again every so many seconds, above 0, not {self.every_s:g}.")
        if any(cue.time_s < 0 or cue.time_s + cue.fade_s > self.every_s for cue in self.cues):
            raise StyleError(f"A timeline of every {self.every_s:g} s has all its cues and fades between 0 s and then.")

    @property
    def styles(self) -> list[str]:
        """The names of the styles in it."""
        mixes = (mix for cue in self.cues for mix in (cue.changes.get("mix", ()), cue.changes.get("outside", ())))
        return list(dict.fromkeys(name for mix in mixes for name, _ in mix))


class Course:
    """A look on its way through a timeline.

    Args:
        look: What is set before the first cue.
        timeline: What is set then.
        part: Which part is painted before the first cue.

    Attributes:
        looks: All that are set, the first one first. Those in between are mixed of them.
        parts: As many: which part is painted in each.
        mirrors: Whether left and right are ever swapped.
    """

    def __init__(self, look: Look, timeline: Timeline, part: Part | None = None) -> None:
        self._every_s = timeline.every_s
        self._times_s: list[float] = []
        self._fades = [Fade(look, look)]
        self._mirror = [False]
        self.parts = [part or Part()]
        # From the second time on it comes as the time before.
        for first_s in (0.0,) if self._every_s is None else (0.0, self._every_s):
            for cue in timeline.cues:
                time_s, fade = first_s + cue.time_s, self._fades[-1]
                self._times_s.append(time_s)
                look = replace(fade.after, **{name: it for name, it in cue.changes.items() if name not in PART})
                self._fades.append(fade.then(look, time_s, cue.fade_s))
                self.parts.append(self.parts[-1].after(cue, look))
                self._mirror.append(self._mirror[-1] if cue.mirror is None else cue.mirror)
        self.looks: Sequence[Look] = [fade.after for fade in self._fades]
        self.mirrors = any(self._mirror)

    def look_at(self, time_s: float) -> Look:
        """The look at a time."""
        time_s = self._within(time_s)
        return self._fades[bisect_right(self._times_s, time_s)].at(time_s)

    def part_at(self, time_s: float) -> Part:
        """Which part is painted at a time: it changes at once."""
        return self.parts[bisect_right(self._times_s, self._within(time_s))]

    def mirror_at(self, time_s: float) -> bool:
        """Whether left and right are swapped at a time."""
        return self._mirror[bisect_right(self._times_s, self._within(time_s))]

    def _within(self, time_s: float) -> float:
        if self._every_s is None or time_s < self._every_s:
            return time_s
        return self._every_s + (time_s - self._every_s) % self._every_s


def cue_between(before: Look | None, after: Look, time_s: float, fade_s: float = 0.0) -> Cue:
    """The cue that makes one look of another; all of it where none was before."""
    names = (each.name for each in fields(Look))
    changes = {
        name: value
        for name, value in ((name, getattr(after, name)) for name in names)
        if before is None or value != getattr(before, name)
    }
    return Cue(time_s, changes, fade_s if changes else 0.0)


def cues_from(cues: Sequence[Cue], start_s: float) -> list[Cue]:
    """Cues of a show, as those of a film that begins within it.

    Args:
        cues: In order of time; the first one says all that is set.
        start_s: When the film begins; what is over by then is set at its beginning.
    """
    before = [cue for cue in cues if cue.time_s <= start_s]
    later = cues[len(before) :]
    if all(cue.time_s + cue.fade_s <= start_s for cue in before):
        changes: dict[str, Any] = {}
        mirror = None
        for cue in before:
            changes |= cue.changes
            mirror = mirror if cue.mirror is None else cue.mirror
        before = [Cue(start_s, changes, mirror=mirror)]
    return [cue.at(cue.time_s - start_s) for cue in (*before, *later)]


# ---- files -----------------------------------------------------------------------------------------------------------


def read_timeline(path: Path, scenes: Scenes | None = None) -> Timeline:
    """Reads a timeline from a TOML file.

    Args:
        path: The file.
        scenes: What cues may call up.

    Raises:
        StyleError: It can't be read, or says what makes no sense; names the cue, or the line.
    """
    try:
        return parse_timeline(path.read_text("utf-8"), scenes)
    except OSError as error:
        raise StyleError(f"The timeline {path} can't be read ({error.strerror}): check its name.") from error
    except UnicodeDecodeError:
        raise StyleError(f"The timeline {path} is no text: write it as docs/timeline.md says.") from None
    except StyleError as error:
        raise StyleError(f"{path}: {error}") from None


def parse_timeline(text: str, scenes: Scenes | None = None) -> Timeline:
    """Reads a timeline from TOML.

    Args:
        text: The TOML.
        scenes: What cues may call up.

    Raises:
        StyleError: It makes no sense; names the cue, or the line.
    """
    try:
        document = tomllib.loads(text)
    except ValueError as error:  # what is no TOML, and whole numbers of more digits than Python reads
        raise StyleError(f"This is no TOML: {error}.") from None
    except RecursionError:
        raise StyleError("This is no timeline: it nests deeper than any.") from None
    _refuse_others(document, ("every", "cue"), "A timeline")
    every_s = None if "every" not in document else _seconds(document["every"], "every")
    tables = document.get("cue", [])
    if not isinstance(tables, list) or not tables:
        raise StyleError("A timeline needs cues: begin each with a line [[cue]].")
    cues = []
    for number, table in enumerate(tables, 1):
        try:
            cues.append(_cue(table, scenes or {}))
        except StyleError as error:
            raise StyleError(f"Cue {number}: {error}") from None
    return Timeline(tuple(sorted(cues, key=lambda cue: cue.time_s)), every_s)


def write_timeline(path: Path, timeline: Timeline) -> None:
    """Writes a timeline to a TOML file. Raises `OSError`."""
    path.write_text(timeline_text(timeline), "utf-8")


def timeline_text(timeline: Timeline) -> str:
    """A timeline as TOML."""
    every = [] if timeline.every_s is None else [f"every = {timeline.every_s!r}\n\n"]
    return "".join([*every, *map(cue_text, timeline.cues)])


def cue_text(cue: Cue) -> str:
    """A cue as it stands in a file; cues follow each other there."""
    values: dict[str, Any] = {"at": cue.time_s}
    if cue.fade_s:
        values["fade"] = cue.fade_s
    values |= {"style" if name == "mix" else name: value for name, value in cue.changes.items()}
    if "outside" in values:
        values["outside"] = values["outside"] or UNPAINTED
    if not isinstance(values.get("mask", ""), str):
        from livestyle.masks import as_address  # imports numpy

        values["mask"] = as_address(values["mask"])
    if cue.mirror is not None:
        values["mirror"] = cue.mirror
    return "".join(["[[cue]]\n", *(f"{name} = {_text(value)}\n" for name, value in values.items()), "\n"])


def _text(value: object) -> str:
    if isinstance(value, tuple):
        (first, weight), *others = value
        if not others and weight == 1 and _is_mix_of(first):
            return _text(first)
        return f"{{ {', '.join(f'{_text(name)} = {_text(weight)}' for name, weight in value)} }}"
    if isinstance(value, str):
        # What JSON escapes, TOML reads, and one letter more.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _is_mix_of(name: str) -> bool:
    """Whether a name is read as such where a mix is expected."""
    try:
        return parse_mix(name) == ((name, 1.0),)
    except StyleError:
        return False


def _cue(table: object, scenes: Scenes) -> Cue:
    if not isinstance(table, dict):
        raise StyleError("it is no table.")
    _refuse_others(table, KEYS, "A cue")
    if "at" not in table:
        raise StyleError('it needs a time: at = 12.5, or at = "1:02.5".')
    fade_s = _seconds(table.get("fade", 0.0), "fade")
    if fade_s < 0:
        raise StyleError(f"A fade takes 0 s or longer, not {fade_s:g}.")
    mirror = table.get("mirror")
    if not isinstance(mirror, bool | None):
        raise StyleError(f"mirror is true or false, not {mirror!r}.")
    changes: dict[str, Any] = {name: table[name] for name in MANNER if name in table}
    for name, value in changes.items():
        if name != "colors":
            changes[name] = _number(value, f"{name} is a number, not {value!r}.")
    if "style" in table:
        changes["mix"] = _mix(table["style"], "style")
    changes |= _part(table)
    if "scene" in table:
        scene = str(table["scene"])
        if scene not in scenes:
            raise StyleError(f"There is no scene {scene!r}: keep it in the window, or write down what it says.")
        changes = {**scenes[scene], **changes}
    replace(_ANY, **{name: it for name, it in changes.items() if name not in PART})  # refuses what can't be set
    return Cue(_seconds(table["at"], "at"), changes, fade_s, mirror)


def _part(table: Mapping[str, object]) -> dict[str, Any]:
    """What a cue says of the part that is painted."""
    part = {name: table[name] for name in PART if name in table}
    if "mask" in part:
        if not isinstance(part["mask"], str):
            raise StyleError("mask is a picture's path in quotes.")
        # Whoever names a mask wants it to count.
        part = {"region": "brushed", **part}
    if "region" in part and part["region"] not in get_args(Region):
        raise StyleError(f"region is one of {', '.join(get_args(Region))}, not {part['region']!r}.")
    if "outside" in part:
        part["outside"] = () if part["outside"] == UNPAINTED else _mix(part["outside"], "outside")
    return part


def _mix(value: object, name: str) -> tuple[tuple[str, float], ...]:
    if isinstance(value, str):
        return parse_mix(value)
    wrong = f"{name} is a name in quotes, or a mix: {{ starry_night = 0.6, irises = 0.4 }}."
    if not isinstance(value, dict):
        raise StyleError(wrong)
    return tuple((style, _number(weight, wrong)) for style, weight in value.items())


def _seconds(value: object, name: str) -> float:
    wrong = f'{name} is a time in seconds, or as minutes and seconds, "1:02.5", not {value!r}.'
    if not isinstance(value, str):
        return _number(value, wrong)
    found = _TIME.fullmatch(value)
    if found is None:
        raise StyleError(wrong)
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


def _number(value: object, wrong: str) -> float:
    # True is a 1 in Python, but no number to set.
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < MOST:
        raise StyleError(wrong)
    return float(value)


def _refuse_others(table: Mapping[str, object], known: Sequence[str], what: str) -> None:
    for name in table:
        if name not in known:
            raise StyleError(f"{what} has no {name!r}: it takes {', '.join(known)}.")
