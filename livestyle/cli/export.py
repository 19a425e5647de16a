"""The command that makes files for phones and other run-times."""

from __future__ import annotations

import argparse
from pathlib import Path

from livestyle.cli.look import add_overwrite
from livestyle.cli.numbers import size
from livestyle.cli.options import Commands, Shared, command
from livestyle.cli.progress import tell
from livestyle.look import Look, parse_mix


def add_export(commands: Commands) -> None:
    """Adds `livestyle export`."""
    does = "a style and its network as an ONNX file, for phones and other run-times"
    parser = command(commands, "export", does, _export, {"network": "the narrowest one"})
    parser.add_argument("style", metavar="STYLE", help="a name, a picture, or a mix of them: NAME:0.6,carpet.jpg:0.4")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the .onnx file to write")
    parser.add_argument("--size", type=size, metavar="WxH", help="the only size it is to take (any)")
    add_overwrite(parser)


def _export(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.export import export
    from livestyle.jobs.opened import choose_file

    mix = parse_mix(args.style)
    file = choose_file(shared.network, "cpu", Look(mix))
    tell(f"exporting {file.name} and trying it; that takes a while.")
    least_db = export(args.output, file, mix, args.size, overwrite=args.overwrite)
    megabytes = args.output.stat().st_size / 1e6
    print(f"Wrote {args.output} ({megabytes:.1f} MB), which paints as torch does (PSNR {least_db:.0f} dB or more).")
    return 0
