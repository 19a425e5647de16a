"""Opens what paints, as the command line asks for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from livestyle.cli.look import UNPAINTED
from livestyle.cli.options import Shared
from livestyle.errors import LivestyleError
from livestyle.look import Look, parse_mix

if TYPE_CHECKING:
    from livestyle.painter import Painter
    from livestyle.regions import Mask
    from livestyle.styles.catalog import Catalog
    from livestyle.stylizer.stylizer import Paint


def open_catalog(shared: Shared, *looks: Look) -> Catalog:
    """What is installed, for the network and the device asked for, with the pictures in the looks as styles."""
    from livestyle.styles.catalog import Catalog

    catalog = Catalog.installed(shared.network, shared.device)
    if not looks:
        return catalog
    from livestyle.styles.from_picture import with_pictures

    return with_pictures(catalog, _names(*looks))


def _names(*looks: Look) -> list[str]:
    """The styles of looks."""
    return [name for look in looks for name, _ in look.mix]


def open_painter(shared: Shared, *looks: Look) -> Painter:
    """The painter for looks on the device asked for; says on standard error what it could not use, and why."""
    from livestyle.painter import Painter
    from livestyle.stylizer.fastest import open_stylizer

    file = open_catalog(shared, *looks).files_with(_names(*looks))[0]
    stylizer, refusals = open_stylizer(file, shared.device)
    for refusal in refusals:
        print(f"livestyle: {refusal}", file=sys.stderr)
    return Painter(file, stylizer)


def read_mask_of(mask: Path | None, outside: str | None, look: Look) -> tuple[Mask | None, tuple[Look, ...]]:
    """The mask, and the look outside of it; an empty tuple leaves the photo there."""
    if mask is None:
        if outside is not None:
            raise LivestyleError("--outside says how to paint outside of a mask: give one with --mask.")
        return None, ()
    from livestyle.regions import read_mask

    if outside is None or outside == UNPAINTED:
        return read_mask(mask), ()
    return read_mask(mask), (replace(look, mix=parse_mix(outside)),)


def parted(bound: Callable[[Look], Paint], look: Look, mask: Mask | None, outside: Sequence[Look]) -> Paint:
    """What paints a look, or two looks parted by a mask; `bound` makes what paints one of them."""
    from livestyle.regions import by_mask

    if mask is None:
        return bound(look)
    return by_mask(mask, bound(look), bound(outside[0]) if outside else None)


def afresh(painter: Painter) -> Callable[[Look], Paint]:
    """Makes what paints a look and has painted nothing before: what one region holds still is nothing to another."""
    from livestyle.painter import Painter

    def bound(look: Look) -> Paint:
        own = Painter(painter.file, painter.stylizer)
        return lambda photos: own.paint(photos, look)

    return bound
