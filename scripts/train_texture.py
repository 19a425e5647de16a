"""Trains a texture network on a picture, in minutes: then it paints as much of its texture as you like.

    python scripts/train_texture.py carpet.jpg --minutes 10 -o carpet.safetensors
    livestyle texture carpet.safetensors --size 1920x1080 -o wall.png

With photos it learns to paint photos instead. Stop it whenever you like, or let it be killed: the same command goes on
from the last checkpoint. Look at `preview.png` in the run's folder, or watch it with `tensorboard --logdir runs`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from livestyle.errors import LivestyleError, TrainingError
from livestyle.hardware import pick_device
from livestyle.training.board import add_monitor, board
from livestyle.training.paintings import find_paintings
from livestyle.training.photos import find_pictures
from livestyle.training.texture_trainer import TextureConfig, TextureTrainer

DEFAULTS = TextureConfig()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("styles", type=Path, nargs="+", metavar="STYLE", help="pictures of one texture")
    parser.add_argument("--content", type=Path, nargs="+", default=[], help="photos, to learn to paint photos")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the texture file to write")
    parser.add_argument("--minutes", type=float, default=DEFAULTS.minutes, help="time to train for (%(default)g)")
    parser.add_argument(
        "--cut",
        type=float,
        nargs=4,
        default=DEFAULTS.cut,
        metavar=("LEFT", "TOP", "RIGHT", "BOTTOM"),
        help="the part of the picture to learn, as shares of its sides (0 0 1 1)",
    )
    parser.add_argument(
        "--style-px",
        type=int,
        default=DEFAULTS.style_px,
        help="short side at which it is looked at: larger for a coarser texture (%(default)s)",
    )
    parser.add_argument("--about", type=Path, help="a TOML file with title, artist, year and licence of the picture")
    parser.add_argument("--run", type=Path, help="folder for checkpoints, log and preview (default runs/NAME)")
    parser.add_argument("--batch", type=int, default=DEFAULTS.batch, help="pictures a step (%(default)s)")
    parser.add_argument("--seed", type=int, default=DEFAULTS.seed, help="for everything random (%(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cuda, cpu or mps")
    parser.add_argument(
        "--vgg", type=Path, help="VGG-16 weights as safetensors with torchvision's names; default: download"
    )
    add_monitor(parser)
    return parser.parse_args()


def main() -> int:
    """Trains; returns the exit code."""
    args = arguments()
    folder: Path = args.run or Path("runs") / args.output.stem
    try:
        if args.output.suffix != ".safetensors":
            raise TrainingError(f"{args.output} is to be a texture file: end its name in .safetensors.")
        config = TextureConfig(
            style_px=args.style_px, cut=tuple(args.cut), batch=args.batch, minutes=args.minutes, seed=args.seed
        )
        styles = find_paintings(args.styles, args.about)
        photos = find_pictures(args.content)
        folder.mkdir(parents=True, exist_ok=True)
        args.output.parent.mkdir(parents=True, exist_ok=True)
        with board(folder, args.monitor):
            TextureTrainer(config, styles, photos, folder, pick_device(args.device), args.vgg).run(args.output)
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
