"""Trains AdaIN's decoder, after which any picture is a style. Half an hour on two CPU cores gives a usable one.

    python scripts/train_adain.py --styles pictures/ --content photos/ --minutes 30 -o adain.safetensors

Stop it whenever you like, or let it be killed: the same command goes on from the last checkpoint. Watch it in the
browser with `--monitor`, or look at `preview.png` in the run's folder.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from livestyle.errors import LivestyleError
from livestyle.hardware import pick_device
from livestyle.training.adain import AdainConfig, AdainTrainer
from livestyle.training.board import add_monitor, board
from livestyle.training.paintings import find_paintings
from livestyle.training.photos import find_pictures


def arguments() -> argparse.Namespace:
    """The command line."""
    defaults = AdainConfig()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--styles", type=Path, nargs="+", required=True, help="varied pictures, photos too: files, or folders of them"
    )
    parser.add_argument(
        "--content", type=Path, nargs="+", required=True, help="photos to learn on; 1000 or more is good"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to write")
    parser.add_argument("--paintings", type=Path, nargs="+", help="pictures to bundle as named styles (the --styles)")
    parser.add_argument("--about", type=Path, help="a TOML file with title, artist, year and licence of the paintings")
    parser.add_argument("--run", type=Path, help="folder for checkpoints, log and preview (default runs/NAME)")
    parser.add_argument("--device", default="auto", help="auto, cuda, cpu or mps")
    parser.add_argument(
        "--vgg", type=Path, help="VGG-16 weights as safetensors with torchvision's names; default: download"
    )
    settings = {
        "minutes": "time to train for",
        "width": "channels of the decoder; the paper's has 512",
        "crop_px": "side of what is painted; the paper has 256",
        "batch": "pictures a step",
        "rate": "learning rate at first",
        "style_weight": "how much the style counts beside the content",
        "seed": "for everything random",
    }
    for name, what in settings.items():
        default = getattr(defaults, name)
        option = "--" + name.replace("_", "-")
        parser.add_argument(option, type=type(default), default=default, help=f"{what} (default {default:g})")
    add_monitor(parser)
    return parser.parse_args()


def main() -> int:
    """Trains; returns the exit code."""
    args = arguments()
    folder: Path = args.run or Path("runs") / args.output.stem
    try:
        config = AdainConfig(**{field.name: getattr(args, field.name) for field in dataclasses.fields(AdainConfig)})
        styles, photos = find_pictures(args.styles), find_pictures(args.content)
        paintings = find_paintings(args.paintings or args.styles, args.about)
        folder.mkdir(parents=True, exist_ok=True)
        with board(folder, args.monitor):
            AdainTrainer(config, styles, photos, paintings, folder, pick_device(args.device), args.vgg).run(args.output)
    except KeyboardInterrupt:
        print(f"\nStopped. The same command goes on from {folder}.", file=sys.stderr)
        return 130
    except (LivestyleError, OSError) as error:
        print(f"livestyle: {error}", file=sys.stderr)
        return 2
    print(f"Wrote {args.output}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
