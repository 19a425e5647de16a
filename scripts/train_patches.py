"""Trains the autoencoder of a patch network, on any pictures. A quarter of an hour on two CPU cores will do.

    python scripts/train_patches.py --content photos/ paintings/ --styles starry_night.jpg -o patches.safetensors

Stop it whenever you like, or let it be killed: the same command goes on from the last checkpoint. Watch it in the
browser with `--monitor`, or look at `preview.png` in the run's folder.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from livestyle.errors import LivestyleError
from livestyle.hardware import pick_device
from livestyle.training.autoencoder import AutoencoderConfig, AutoencoderTrainer
from livestyle.training.board import add_monitor, board
from livestyle.training.paintings import find_paintings
from livestyle.training.photos import find_pictures


def arguments() -> argparse.Namespace:
    """The command line."""
    defaults = AutoencoderConfig()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--content", type=Path, nargs="+", required=True, help="pictures to learn on: photos and paintings"
    )
    parser.add_argument("--styles", type=Path, nargs="+", required=True, help="paintings to put into the style file")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to write")
    parser.add_argument("--minutes", type=float, default=defaults.minutes, help="time to train for (%(default)g)")
    parser.add_argument("--about", type=Path, help="a TOML file with title, artist, year and licence of the paintings")
    parser.add_argument("--run", type=Path, help="folder for checkpoints, log and preview (default runs/NAME)")
    parser.add_argument("--width", type=int, default=defaults.width, help="of the network (%(default)d)")
    parser.add_argument("--batch", type=int, default=defaults.batch, help="pictures a step (%(default)d)")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="for everything random (%(default)d)")
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
        config = AutoencoderConfig(width=args.width, minutes=args.minutes, batch=args.batch, seed=args.seed)
        paintings = find_paintings(args.styles, args.about)
        pictures = find_pictures(args.content)
        folder.mkdir(parents=True, exist_ok=True)
        device = pick_device(args.device)
        with board(folder, args.monitor):
            AutoencoderTrainer(config, pictures, paintings, folder, device, args.vgg).run(args.output)
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
