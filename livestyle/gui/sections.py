"""Which styles the gallery shows: found by words, or one of its sections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style
from livestyle.styles.palette import Palette, palette_of


class Section(StrEnum):
    """What a gallery can be narrowed down to."""

    ALL = "all"
    FAVOURITES = "favourites"
    MINE = "mine"
    WARM = "warm"
    COOL = "cool"
    QUIET = "quiet"
    SLOW = "slow"


TITLES: Mapping[Section, str] = {
    Section.ALL: "All styles",
    Section.FAVOURITES: "Favourites",
    Section.MINE: "Mine",
    Section.WARM: "Warm colours",
    Section.COOL: "Cool colours",
    Section.QUIET: "Quiet colours",
    Section.SLOW: "Slow ones",
}


@dataclass(frozen=True)
class Styles:
    """The styles there are, as a gallery looks at them.

    Attributes:
        ordered: In the order to show them in.
        mine: Names of the user's own.
        slow: Names of those whose networks are too slow for live pictures here.
        palettes: Name -> what colours it has, where that is known.
    """

    ordered: Sequence[Style] = ()
    mine: Collection[str] = ()
    slow: Collection[str] = ()
    palettes: Mapping[str, Palette] = field(default_factory=dict)


def in_order(catalog: Catalog, own: Collection[str], slow: Collection[str]) -> list[str]:
    """The names of all styles as they ship, the strongest first; the user's own after them, and the slow ones last."""
    return sorted(catalog.names, key=lambda name: (name in slow, name in own))


def styles_of(catalog: Catalog, names: Iterable[str], own: Collection[str], slow: Collection[str]) -> Styles:
    """What a gallery has to know of the styles of a catalog.

    Args:
        catalog: The styles.
        names: Their names, in the order to show them in.
        own: Those that are the user's own.
        slow: Those whose networks are too slow for live pictures here.
    """
    ordered = [catalog.find(name) for name in names]
    palettes = {style.name: palette for style in ordered if (palette := palette_of(style)) is not None}
    return Styles(ordered, own, slow, palettes)


def shown(styles: Styles, section: Section, words: str, favourites: Collection[str]) -> list[str]:
    """The names of the styles in a section that have all the words in title, artist, year or name."""
    wanted = words.casefold().split()
    return [
        style.name
        for style in styles.ordered
        if _is_in(style.name, section, styles, favourites) and all(word in _text_of(style) for word in wanted)
    ]


def _is_in(name: str, section: Section, styles: Styles, favourites: Collection[str]) -> bool:
    match section:
        case Section.ALL:
            return True
        case Section.FAVOURITES:
            return name in favourites
        case Section.MINE:
            return name in styles.mine
        case Section.SLOW:
            return name in styles.slow
    return name not in styles.slow and styles.palettes.get(name) == section.value


def _text_of(style: Style) -> str:
    return f"{style.title} {style.artist} {style.year} {style.name}".casefold()
