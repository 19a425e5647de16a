r"""Learns to make a style of any picture, with an encoder of your choice (Ghiasi et al. 2017).

For a network that is there, which stays as it is:

    python scripts/train_predictor.py --encoder mobilenet_v3 --network weights/s2d-64.safetensors \
        --styles paintings/ --passers pictures/ --content photos/ --minutes 30 -o predictor.safetensors

Without --network a new one is trained along with the predictor. With `--encoder scratch` (the "normalisation network")
it always is: nothing comes from ImageNet then but the losses, and nothing is frozen. 32 paintings or fewer in --styles
are good to begin with.

The result is a style file like any other: `livestyle styles add` installs it, and `--style picture.jpg` paints with it.
Stop it whenever you like: the same command goes on from the last checkpoint.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from livestyle.errors import LivestyleError
from livestyle.hardware import pick_device
from livestyle.networks.encoders import ENCODERS
from livestyle.styles.file import read_style_file
from livestyle.training.board import add_monitor, board
from livestyle.training.config import read_config
from livestyle.training.paintings import find_paintings
from livestyle.training.photos import find_pictures
from livestyle.training.prediction import SCRATCH, fit_predictor
from livestyle.training.trainer import Trainer


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", choices=list(ENCODERS), required=True, help="what looks at the pictures")
    parser.add_argument("--network", type=Path, help="a style file whose network is kept; default: train a new one")
    parser.add_argument("--styles", type=Path, nargs="+", required=True, help="paintings: pictures, or folders of them")
    parser.add_argument("--passers", type=Path, nargs="+", required=True, help="other pictures to learn from; many")
    parser.add_argument("--content", type=Path, nargs="+", required=True, help="photos to learn on")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to write")
    parser.add_argument("--minutes", type=float, help="time to train for (default 60)")
    parser.add_argument("--about", type=Path, help="a TOML file with title, artist, year and licence of the paintings")
    parser.add_argument("--run", type=Path, help="folder for checkpoints, log and preview (default runs/NAME)")
    parser.add_argument("--config", type=Path, help="a TOML file with any of the settings in livestyle.training.config")
    parser.add_argument("--width", type=int, help="channels of a new network's trunk (default 64)")
    parser.add_argument("--seed", type=int, help="for everything random (default 0)")
    parser.add_argument("--device", default="auto", help="auto, cuda, cpu or mps")
    parser.add_argument("--vgg", type=Path, help="VGG-16 weights as safetensors (default: download)")
    parser.add_argument(
        "--encoder-weights",
        type=Path,
        help="the encoder's, as safetensors with torchvision's names (default: download)",
    )
    add_monitor(parser)
    return parser.parse_args()


def main() -> int:
    """Trains; returns the exit code."""
    args = arguments()
    folder: Path = args.run or Path("runs") / args.output.stem
    try:
        chosen = {name: getattr(args, name) for name in ("encoder", "minutes", "width", "seed")}
        config = read_config(args.config, chosen, SCRATCH if args.encoder == "scratch" else None)
        paintings = find_paintings(args.styles, args.about)
        passers, photos = find_pictures(args.passers), find_pictures(args.content)
        device = pick_device(args.device)
        folder.mkdir(parents=True, exist_ok=True)
        with board(folder, args.monitor):
            if args.network:
                file = read_style_file(args.network)
                eyes = args.vgg, args.encoder_weights
                fit_predictor(file, config, paintings, passers, photos, args.output, folder, device, *eyes)
            else:
                eyes = args.vgg, passers, None, args.encoder_weights
                Trainer(config, paintings, photos, folder, device, *eyes).run(args.output)
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
