"""Trains one network for one painting or many. Fine on two CPU cores overnight, or on a GPU in minutes.

    python scripts/train_styles.py --styles paintings/ --content photos/ --minutes 60 -o my-styles.safetensors

With `--preset johnson` (one painting) or `--preset dumoulin` (many) it trains as in the paper, for as many steps.

Stop it whenever you like, or let it be killed: the same command goes on from the last checkpoint. Watch it in the
browser with `--monitor`, or look at `preview.png` in the run's folder.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from livestyle.errors import LivestyleError
from livestyle.hardware import pick_device
from livestyle.styles.file import read_style_file
from livestyle.training.board import add_monitor, board
from livestyle.training.config import read_config
from livestyle.training.paintings import find_paintings
from livestyle.training.photos import find_pictures
from livestyle.training.presets import PRESETS
from livestyle.training.trainer import Trainer


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--styles", type=Path, nargs="+", required=True, help="paintings: pictures, or folders of them")
    parser.add_argument(
        "--content", type=Path, nargs="+", required=True, help="photos to learn on; 1000 or more is good"
    )
    parser.add_argument(
        "--passers", type=Path, nargs="+", default=[], help="other pictures, to learn to predict styles from"
    )
    parser.add_argument("--start", type=Path, help="a style file to start from; half the width will do")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to write")
    parser.add_argument("--minutes", type=float, help="time to train for (default 60)")
    parser.add_argument("--about", type=Path, help="a TOML file with title, artist, year and licence of the paintings")
    parser.add_argument("--run", type=Path, help="folder for checkpoints, log and preview (default runs/NAME)")
    parser.add_argument("--preset", choices=list(PRESETS), help="settings of a paper, in place of ours")
    parser.add_argument("--config", type=Path, help="a TOML file with any of the settings in livestyle.training.config")
    parser.add_argument("--width", type=int, help="channels of the network's trunk (default 64)")
    parser.add_argument("--family", choices=["s2d", "johnson"], help="which network (default s2d)")
    parser.add_argument("--batch", type=int, help="pictures a step (default 4)")
    parser.add_argument("--seed", type=int, help="for everything random (default 0)")
    parser.add_argument("--device", default="auto", help="auto, cuda, cpu or mps")
    parser.add_argument(
        "--vgg", type=Path, help="VGG weights as safetensors with torchvision's names; default: download"
    )
    add_monitor(parser)
    return parser.parse_args()


def main() -> int:
    """Trains; returns the exit code."""
    args = arguments()
    folder: Path = args.run or Path("runs") / args.output.stem
    try:
        chosen = {name: getattr(args, name) for name in ("minutes", "width", "family", "batch", "seed")}
        config = read_config(args.config, chosen, PRESETS.get(args.preset))
        paintings = find_paintings(args.styles, args.about)
        photos = find_pictures(args.content)
        folder.mkdir(parents=True, exist_ok=True)
        passers = find_pictures(args.passers)
        start = read_style_file(args.start) if args.start else None
        device = pick_device(args.device)
        with board(folder, args.monitor):
            Trainer(config, paintings, photos, folder, device, args.vgg, passers, start).run(args.output)
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
