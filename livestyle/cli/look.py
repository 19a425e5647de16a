"""The options of commands that paint in a look, and the look that they ask for."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from livestyle.cli.numbers import color
from livestyle.cli.options import Shared
from livestyle.errors import LivestyleError
from livestyle.jobs.job import How
from livestyle.look import DEPTH, STROKES, Look, Region, parse_mix
from livestyle.sources.color import WHITE
from livestyle.timeline import UNPAINTED

DEFAULT_STYLE = "starry_night"
FOUND: tuple[Region, ...] = ("me", "background")
"""What can be found in every picture, and painted alone."""


def add_look(parser: argparse.ArgumentParser) -> None:
    """Adds the options that make a look of a style."""
    parser.add_argument("--strength", type=float, default=1.0, help="from 0, the photo, to 1, the full style (1)")
    finest, boldest = STROKES
    parser.add_argument(
        "--stroke",
        type=float,
        default=1.0,
        help=f"size of the strokes, from {finest:g} to {boldest:g}; 1 is as in the painting (1)",
    )
    parser.add_argument(
        "--depth",
        type=float,
        default=DEPTH,
        help=f"how far light and dark are those of the photo, as strong as in the painting, from 0 to 1 ({DEPTH:g})",
    )
    colors = parser.add_mutually_exclusive_group()
    colors.add_argument(
        "--keep-colors",
        dest="colors",
        action="store_const",
        const="camera",
        default="painting",
        help="keep the colours of the source",
    )
    colors.add_argument(
        "--colors-only", dest="colors", action="store_const", const="only", help="take nothing but the style's colours"
    )


def add_mask(parser: argparse.ArgumentParser) -> None:
    """Adds the options that part a picture in two."""
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument(
        "--mask", type=Path, metavar="PICTURE", help="paint only where this picture is white; grey blends"
    )
    parts.add_argument("--paint", choices=FOUND, help="paint only people, or only what is around them")
    parser.add_argument("--outside", metavar="STYLE", help=f"how to paint all else ({UNPAINTED}: it stays the photo)")


def add_alpha(parser: argparse.ArgumentParser, kinds: str) -> None:
    """Adds the options for what is transparent; it can stay so in results of some kinds."""
    alpha = parser.add_mutually_exclusive_group()
    alpha.add_argument(
        "--background", type=color, default=WHITE, metavar="COLOR", help="what shows where it is transparent (white)"
    )
    alpha.add_argument("--keep-alpha", action="store_true", help=f"keep what is transparent ({kinds})")


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Adds the option that lets results replace files."""
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")


def add_existing(parser: argparse.ArgumentParser) -> None:
    """Adds the options for results that exist, of commands that take many inputs."""
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace files that exist")
    existing.add_argument(
        "--skip-existing", action="store_true", help="paint only what is not there yet, so that a batch goes on"
    )


def base_look(shared: Shared, steady: float = 0.0) -> Look:
    """The look that the shared options ask for.

    Args:
        shared: The style, and how steady.
        steady: How steady it is unless that was said.

    Raises:
        StyleError: It makes no sense.
    """
    mix = parse_mix(DEFAULT_STYLE if shared.style is None else shared.style)
    return Look(mix, steady=steady if shared.steady is None else shared.steady)


def look_of(args: argparse.Namespace, shared: Shared, steady: float = 0.0) -> Look:
    """The same with the options of `add_look`."""
    look = base_look(shared, steady)
    return replace(look, strength=args.strength, stroke=args.stroke, depth=args.depth, colors=args.colors)


def how_of(args: argparse.Namespace, shared: Shared, steady: float = 0.0) -> How:
    """How to paint, with the options of `add_look` and `add_mask`.

    Raises:
        LivestyleError: It makes no sense.
    """
    look = look_of(args, shared, steady)
    if args.mask is None and args.paint is None and args.outside is not None:
        raise LivestyleError("--outside says how to paint all else: say what is painted with --paint or --mask.")
    painted = args.outside not in (None, UNPAINTED)
    outside = replace(look, mix=parse_mix(args.outside)) if painted else None
    return How(look, args.paint or "everything", args.mask, outside, shared.device, shared.network)
