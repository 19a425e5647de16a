"""The command that fits a style. Heavy modules are imported when it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from livestyle.training.board import add_monitor, board


def add_fit(commands: Any) -> None:
    """Adds `fit` to the subparsers of `livestyle styles`."""
    parser = commands.add_parser("fit", help="learn a picture as a style for a network that is there, in minutes")
    parser.add_argument("picture", type=Path, metavar="PICTURE")
    parser.add_argument(
        "--photos",
        type=Path,
        nargs="+",
        help="photos to learn on, pictures or folders (the demo scene; photos do better)",
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to write")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (5); stop sooner with Ctrl-C")
    parser.add_argument("--network", metavar="NAME", default=None, help="for which network (the one for this device)")
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="for checkpoints and preview.png (runs/NAME)")
    parser.add_argument("--vgg", type=Path, metavar="FILE", help="VGG-16 weights (default: downloaded once)")
    parser.add_argument("--device", choices=["auto", "cuda", "cpu", "mps"], default="auto", help="what computes (auto)")
    add_monitor(parser)
    parser.set_defaults(command=_fit)


def _fit(args: argparse.Namespace) -> int:
    from livestyle.errors import TrainingError
    from livestyle.hardware import pick_device
    from livestyle.styles.catalog import Catalog
    from livestyle.training.drawn import draw_photos
    from livestyle.training.fit import fit_style
    from livestyle.training.paintings import find_paintings
    from livestyle.training.photos import find_pictures

    if args.output.suffix != ".safetensors":
        raise TrainingError(f"{args.output} is to be a style file: end its name in .safetensors.")
    folder: Path = args.run or Path("runs") / args.output.stem
    paintings = find_paintings([args.picture])
    if len(paintings) != 1:
        raise TrainingError(f"{args.picture} is a folder: one picture at a time is fitted.")
    photos = find_pictures(args.photos) if args.photos else []
    file = Catalog.installed(args.network, args.device).files[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"Can't make the folder {folder}: {error.strerror}.") from error
    print(f"The picture so far is in {folder / 'preview.png'}. Stop with Ctrl-C when you like it.", file=sys.stderr)
    device = pick_device(args.device)
    try:
        photos = photos or draw_photos(folder / "photos")
        with board(folder, args.monitor):
            fit_style(file, paintings[0], photos, args.output, folder, args.minutes, device, args.vgg)
    except KeyboardInterrupt:
        kept = f"{args.output} holds it as it is now" if args.output.exists() else "There is nothing to keep yet"
        print(f"\nStopped. {kept}; the same command goes on.", file=sys.stderr)
        return 130
    print(f"Wrote {args.output}. Install it with: livestyle styles add {args.output}")
    return 0
