"""The command for textures."""

from __future__ import annotations

import argparse
from pathlib import Path

from livestyle.cli.look import add_overwrite
from livestyle.cli.numbers import size
from livestyle.cli.options import DEVICE, Commands, Shared, command
from livestyle.errors import LivestyleError

SIZE_HW = (512, 512)


def add_texture(commands: Commands) -> None:
    """Adds `livestyle texture`."""
    does = "as much as you like of a painting's texture, or a photo made of it"
    parser = command(commands, "texture", does, _texture, DEVICE)
    parser.add_argument("texture", metavar="STYLE", help="the name of a texture, or a texture file")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the picture to write")
    parser.add_argument("--size", type=size, metavar="WxH", help="in pixels (512x512; a photo keeps its own)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another picture (0)")
    parser.add_argument("--photo", type=Path, help="a photo to paint, with a texture that has learnt to")
    add_overwrite(parser)


def _texture(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.hardware import pick_device
    from livestyle.sinks.part import PartFile
    from livestyle.sinks.picture_file import kind_of, write_picture
    from livestyle.sources.pictures import read_picture
    from livestyle.textures.file import find_texture
    from livestyle.textures.paint import load_texture, paint_texture

    if not 0 <= args.seed < 2**63:
        raise LivestyleError("A seed is a whole number of 0 or more, with 18 digits at most.")
    if args.photo is not None and args.size is not None:
        raise LivestyleError("A photo is painted in its own size: leave --size away, or scale the photo.")
    kind_of(args.output)
    PartFile(args.output, overwrite=args.overwrite, source=args.photo).check()
    file = find_texture(args.texture)
    if file.paints_photos and args.photo is None:
        raise LivestyleError(f"{args.texture} has learnt to paint photos: give one with --photo.")
    if args.photo is not None and not file.paints_photos:
        raise LivestyleError(f"{args.texture} paints textures, not photos: leave --photo away.")
    photo = None if args.photo is None else read_picture(args.photo)
    wanted = (args.size or SIZE_HW) if photo is None else photo
    picture = paint_texture(load_texture(file), wanted, args.seed, pick_device(shared.device))
    write_picture(args.output, picture, overwrite=args.overwrite, source=args.photo)
    print(f"Wrote {args.output}.")
    return 0
