"""The commands that paint photos at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from livestyle.cli.look import DEFAULT_STYLE, add_look, add_mask, add_overwrite, look_of
from livestyle.cli.options import MACHINE, Commands, Shared, command
from livestyle.cli.painting import open_painter, parted, read_mask_of
from livestyle.cli.progress import Bar


def add_stylize(commands: Commands) -> None:
    """Adds `livestyle stylize`."""
    takes = {"style": DEFAULT_STYLE, **MACHINE}
    parser = command(commands, "stylize", "paint photos and folders of photos", _stylize, takes)
    parser.add_argument("inputs", type=Path, nargs="+", metavar="PHOTO")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a picture, or a folder for several")
    add_look(parser)
    add_mask(parser)
    add_overwrite(parser)


def _stylize(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.large import LargePainter
    from livestyle.stylize import stylize_pictures
    from livestyle.stylizer.fastest import open_stylizer

    look = look_of(args, shared)
    mask, outside = read_mask_of(args.mask, args.outside, look)
    painter = open_painter(shared, look, *outside)
    large = LargePainter(painter, lambda file: open_stylizer(file, shared.device)[0])
    paint = parted(lambda look: lambda photos: large.paint(photos, look), look, mask, outside)
    with painter.stylizer, large, Bar("painting", "picture") as bar:
        report = stylize_pictures(args.inputs, args.output, paint, overwrite=args.overwrite, on_progress=bar)
    for warning in report.warnings:
        print(f"livestyle: {warning}", file=sys.stderr)
    for path in report.written:
        print(f"Wrote {path}.")
    return 0
