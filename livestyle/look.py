"""A look: everything a user sets about how the picture is painted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from livestyle.errors import StyleError

MOST_STYLES = 4
"""In a mix: more turn to mud."""
STROKES = (0.5, 2.0)
"""The finest and the boldest stroke."""

STEADY = 0.5
"""How steady live pictures are by default: what stands still is held, which takes little time."""
STEADY_OFFLINE = 0.75
"""And converted ones: what moves is followed as well, as far as that keeps all sharpness."""

DEPTH = 0.8
"""How deep pictures are by default: over 24 held-out pairs light and dark came from 0.59 to 0.87 of the paintings'."""

Colors = Literal["painting", "camera", "only"]
"""Whose colours: the painting's; the camera's, with the painting's brightness; or only the painting's colours, with the
camera's brightness."""

Region = Literal["everything", "me", "background", "brushed"]
"""What is painted: all; the people alone; all but them; or what somebody has brushed over."""

_IN_A_PATH = re.compile(r"[/\\]|\.[a-z]", re.IGNORECASE)
"""What stands after a colon in a path, and never in a weight."""


def _number(name: str, default: float, least: float = 0.0, most: float = 1.0) -> float:
    """A field that holds a number; the name is what a sentence about a wrong one begins with."""
    return field(default=default, metadata={"name": name, "least": least, "most": most})


def _check_number(value: float, name: str, least: float, most: float) -> None:
    # True is a 1 in Python, but no number to set.
    if isinstance(value, bool) or not least <= value <= most:
        raise StyleError(f"{name} goes from {least:g} to {most:g}, not {value}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to paint in whichever styles: all of a look but its mix.

    Attributes:
        strength: 0 is the camera's own picture, 1 the full style.
        stroke: Size of the strokes: at 1 they are as large as in the painting itself, hung as high as the picture.
        colors: Whose colours the picture has.
        steady: How much of what flickers is held still: 0 is every frame painted on its own, 1 the most.
        depth: How far light and dark are laid out as in the photo, as strong as the style has them: 0 is as the network
            paints them, 1 all the way.
    """

    strength: float = _number("Strength", 1.0)
    stroke: float = _number("The stroke size", 1.0, *STROKES)
    colors: Colors = "painting"
    steady: float = _number("Steadiness", 0.0)
    depth: float = _number("Depth", DEPTH)

    def __post_init__(self) -> None:
        for each in fields(Manner):
            if each.metadata:
                _check_number(getattr(self, each.name), **each.metadata)
        if self.colors not in get_args(Colors):
            raise StyleError(f"Colours are one of {', '.join(get_args(Colors))}, not {self.colors!r}.")


@dataclass(frozen=True, slots=True)
class Look(Manner):
    """How to paint. Immutable: to change it, make another one and hand that over.

    Attributes:
        mix: Style names and their weights, one to four. Weights are positive and are scaled to sum 1 when used.
    """

    mix: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        if not self.mix or any(not weight > 0 for _, weight in self.mix):
            raise StyleError("A look needs at least one style, and every weight above 0.")
        if len(self.mix) > MOST_STYLES:
            raise StyleError(f"A look mixes at most {MOST_STYLES} styles, not {len(self.mix)}.")
        Manner.__post_init__(self)  # super() does not work in a class with slots

    def colorings(self) -> Mapping[Colors, float]:
        """Whose colours the picture has, and how much of each: all of one, but on the way from one to another."""
        return {self.colors: 1.0}


def parse_mix(text: str) -> tuple[tuple[str, float], ...]:
    """Reads a style as the command line writes it: `starry_night` or `starry_night:0.6,carpet.jpg:0.4`.

    A name may be the path of a picture, with colons in it; where it is that of a file, with commas too.

    Raises:
        StyleError: Not of that form, or a weight that is no positive number.
    """
    mix = []
    for part in _parts(text.split(",")):
        name, weight_text = _name_and_weight(part)
        try:
            weight = float(weight_text)
        except ValueError:
            weight = 0.0
        name = name.strip()
        if not name or not 0 < weight < float("inf"):
            raise StyleError(
                f"Can't read the style {text!r}: write NAME, or NAME:WEIGHT,NAME:WEIGHT with weights above 0."
            )
        mix.append((name, weight))
    return tuple(mix)


def _parts(pieces: list[str]) -> Iterator[str]:
    """What stands between commas, put together again where that is the name of a file."""
    while pieces:
        joined = (",".join(pieces[:count]) for count in range(len(pieces), 1, -1))
        part = next((part for part in joined if _names_a_file(part)), pieces[0])
        yield part
        pieces = pieces[part.count(",") + 1 :]


def _names_a_file(part: str) -> bool:
    name, weight = _name_and_weight(part)
    return "," not in weight and _is_file(name)


def _name_and_weight(part: str) -> tuple[str, str]:
    name, colon, weight = part.rpartition(":")
    if not colon or _IN_A_PATH.search(weight) or _is_file(part):  # C:\carpet.jpg, scan 12:30.jpg
        return part, "1"
    return name, weight


def _is_file(name: str) -> bool:
    return os.path.isfile(os.path.expanduser(name.strip()))
