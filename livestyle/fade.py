"""A look on its way to another: pure functions of the time, for the live picture as for a film."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from livestyle.look import STROKES, Colors, Look, Manner

MOST_S = 5.0
"""The longest fade to choose."""


@dataclass(frozen=True, slots=True)
class Passing(Look):
    """A look between two others. It has the styles of both, and so more than a look that is set may have.

    Attributes:
        parts: Whose colours, and how much of each.
    """

    parts: tuple[tuple[Colors, float], ...] = ()

    def __post_init__(self) -> None:
        Manner.__post_init__(self)

    def colorings(self) -> Mapping[Colors, float]:
        """Whose colours the picture has, and how much of each; those of `colors` where it can have but one's."""
        return dict(self.parts)


def between(before: Look, after: Look, share: float) -> Look:
    """The look on the way from one to another.

    Styles change as codes do, which are mixed: strokes turn into others, and never are two pictures seen at once.
    Amounts change evenly, the size of strokes by equal factors, and colours, for the strokes are the same, as in a
    cross-fade.

    Args:
        before: Where it comes from.
        after: Where it goes.
        share: How far it is, from 0 to 1; beyond them the looks themselves are given.
    """
    if share <= 0 or before == after:
        return before
    if share >= 1:
        return after
    weights: dict[str, float] = {}
    parts: dict[Colors, float] = {}
    for look, part in ((before, 1 - share), (after, share)):
        total = sum(weight for _, weight in look.mix)
        for name, weight in look.mix:
            weights[name] = weights.get(name, 0.0) + part * weight / total
        for coloring, weight in look.colorings().items():
            parts[coloring] = parts.get(coloring, 0.0) + part * weight
    amounts = {
        name: (1 - share) * getattr(before, name) + share * getattr(after, name)
        for name in ("strength", "steady", "depth")
    }
    stroke = before.stroke ** (1 - share) * after.stroke**share
    # Two weights of next to nothing may add up to nothing.
    mix = tuple((name, weight) for name, weight in weights.items() if weight > 0)
    colors = max(parts, key=lambda coloring: parts[coloring])
    stroke = min(STROKES[1], max(STROKES[0], stroke))
    return Passing(mix, tuple(parts.items()), stroke=stroke, colors=colors, **amounts)


def in_styles_of(look: Look, other: Look) -> Look:
    """A look but for its styles, which are those of another, be that on its way."""
    manner = {each.name: getattr(look, each.name) for each in fields(Manner)}
    if isinstance(other, Passing):
        manner["parts"] = tuple(look.colorings().items())
    return replace(other, **manner)


def styles_of(look: Look) -> set[str]:
    """The names of the styles of a look."""
    return {name for name, _ in look.mix}


def moved(before: Look, after: Look) -> float:
    """How far two looks are apart to a network: 1 is another style, or full strength, or strokes twice as bold."""
    shares: dict[str, float] = {}
    for look, sign in ((before, -1), (after, 1)):
        total = sum(weight for _, weight in look.mix)
        for name, weight in look.mix:
            shares[name] = shares.get(name, 0.0) + sign * weight / total
    styles = sum(abs(share) for share in shares.values()) / 2
    return styles + abs(after.strength - before.strength) + abs(math.log2(after.stroke / before.stroke))


@dataclass(frozen=True, slots=True)
class Fade:
    """A look that goes over to another.

    Attributes:
        before: Where it comes from.
        after: Where it goes, and stays.
        start_s: When it begins.
        seconds: How long it takes; 0 is a jump.
    """

    before: Look
    after: Look
    start_s: float = -math.inf
    seconds: float = 0.0

    def at(self, time_s: float) -> Look:
        """The look at a time: it sets out and arrives gently."""
        if self.is_over(time_s):
            return self.after
        share = max(0.0, (time_s - self.start_s) / self.seconds)
        return between(self.before, self.after, share * share * (3 - 2 * share))

    def is_over(self, time_s: float) -> bool:
        """Whether it has arrived."""
        return time_s >= self.start_s + self.seconds

    def then(self, look: Look, time_s: float, seconds: float = 0.0) -> Fade:
        """What comes of this fade once another look is set.

        Args:
            look: Where it goes now; the one that it goes to already leaves it alone.
            time_s: When that is set.
            seconds: How long it takes from then on. At 0 what changes of the same styles counts at once, and the styles
                go on fading; other styles are there at once.
        """
        if look == self.after:
            return self
        if seconds > 0:
            return self.to(look, time_s, seconds)
        return self.with_set(look) if styles_of(look) == styles_of(self.after) else Fade(look, look)

    def to(self, look: Look, time_s: float, seconds: float) -> Fade:
        """This fade, sent elsewhere from where it is at a time."""
        return Fade(self.at(time_s), look, time_s, seconds)

    def with_set(self, look: Look) -> Fade:
        """This fade with what was set by hand on its way: that counts at once, and the styles go on fading.

        Args:
            look: Where it goes now: the same styles, otherwise set.
        """
        names = [each.name for each in fields(Manner)]
        new = {name: getattr(look, name) for name in names if getattr(look, name) != getattr(self.after, name)}
        if "colors" in new and isinstance(self.before, Passing):
            new["parts"] = ((look.colors, 1.0),)
        return replace(self, before=replace(self.before, **new), after=look)
