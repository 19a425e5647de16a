"""The commands for the styles that are installed."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from livestyle.cli.look import add_overwrite
from livestyle.cli.options import MACHINE, Commands, Shared, command
from livestyle.cli.progress import tell
from livestyle.cli.train import add_fit
from livestyle.errors import LivestyleError


def add_styles(commands: Commands) -> None:
    """Adds `livestyle styles` and its own commands."""
    does = "the styles that are installed; add more"
    parser = command(commands, "styles", does, _list, {"json": "", **MACHINE})
    own = parser.add_subparsers(metavar="COMMAND")
    does = "install a style file, or make a style of a picture and install it"
    add = command(own, "add", does, _add, MACHINE)
    add.add_argument("file", type=Path, metavar="FILE", help="a style file or a picture")
    add.add_argument("--name", help="what to call the style (as the picture's file is called)")
    does = "write a style and its network as one style file, to give it away"
    export = command(own, "export", does, _export, MACHINE)
    export.add_argument("style", metavar="STYLE", help="its name")
    export.add_argument("-o", "--output", type=Path, help="the style file to write (STYLE.safetensors)")
    add_overwrite(export)
    sheet = command(own, "sheet", "your own picture in every style, on one sheet", _sheet, MACHINE)
    sheet.add_argument("photo", type=Path)
    sheet.add_argument("-o", "--output", type=Path, default=Path("sheet.png"), help="the picture to write (sheet.png)")
    add_overwrite(sheet)
    add_fit(own)


def _list(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.styles.catalog import Catalog

    catalog = Catalog.installed(shared.network, shared.device)
    outdated = [replace(kept.style, name=name) for name, (_, kept) in catalog.outdated.items()]
    styles = [*(catalog.find(name) for name in catalog.names), *outdated]
    if shared.json:
        rows = [
            {"name": s.name, "title": s.title, "artist": s.artist, "year": s.year, "licence": s.licence} for s in styles
        ]
        networks = [
            {"name": f.name, "family": f.spec.family, "width": f.spec.width, "styles": list(f.styles)}
            for f in catalog.files
        ]
        print(json.dumps({"styles": rows, "networks": networks}, ensure_ascii=False, indent=2))
        return 0
    width = max(len(style.name) for style in styles)
    for style in styles:
        facts = ", ".join(fact for fact in (style.artist, style.title, style.year) if fact)
        print(f"{style.name:<{width}}  {facts}")
    if outdated:
        names = ", ".join(style.name for style in outdated)
        print(f"\nMade for a network that is no longer there, and made anew of their pictures when used: {names}")
    print(f"\nNetworks, to choose with --network: {', '.join(file.name for file in catalog.files)}")
    return 0


def _add(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.sources.pictures import SUFFIXES
    from livestyle.styles.catalog import Catalog, add_style_file
    from livestyle.styles.from_picture import add_picture
    from livestyle.styles.kept import KeptStyle, read_styles

    if args.file.suffix.lower() in SUFFIXES:
        path = add_picture(args.file, Catalog.installed(shared.network, shared.device), args.name)
    elif args.name is not None:
        raise LivestyleError("--name is for the style made of a picture: the styles in a style file have names.")
    else:
        path = add_style_file(args.file)
    catalog, added = Catalog.installed(device=shared.device), read_styles(path)
    if isinstance(added, KeptStyle):
        places = {**catalog.own, **{name: place for name, (place, _) in catalog.outdated.items()}}
        print(f"Installed {', '.join(name for name, place in places.items() if place == path)}.")
        return 0
    print(f"Installed {', '.join(added.styles)}.")
    network = catalog.network_of(added)
    hidden = [name for name in added.styles if catalog.find(name) is not network.styles[name]]
    if hidden:
        print(f"Another network has {', '.join(hidden)} too, and comes first: add --network {network.name} for these.")
    return 0


def _export(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.styles.catalog import Catalog
    from livestyle.styles.file import write_style_file
    from livestyle.styles.from_picture import with_pictures
    from livestyle.styles.kept import with_network

    catalog = with_pictures(Catalog.installed(shared.network, shared.device), [args.style])
    output = args.output or Path(f"{args.style}.safetensors")
    if output.exists() and not args.overwrite:
        raise LivestyleError(f"{output} exists: choose another name, or add --overwrite.")
    write_style_file(output, with_network(catalog.files_with([args.style])[0], catalog.find(args.style)))
    print(f"Wrote {output}.")
    return 0


def _sheet(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.jobs.opened import Opened
    from livestyle.sheet import contact_sheet
    from livestyle.sinks.picture_file import write_picture
    from livestyle.sources.pictures import read_picture

    photo = read_picture(args.photo)
    with Opened(tell) as opened:
        sheet = contact_sheet(opened.painter(shared.network, shared.device), photo)
    write_picture(args.output, sheet, overwrite=args.overwrite, source=args.photo)
    print(f"Wrote {args.output}.")
    return 0
