"""The commands for stills that are painted slowly. Heavy modules are imported when a command runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livestyle.errors import LivestyleError, TrainingError

if TYPE_CHECKING:
    from livestyle.stills.optimize import OptimizeProgress


def add_optimize(commands: Any) -> None:
    """Adds `livestyle optimize` to the subparsers of the command line."""
    parser = commands.add_parser("optimize", help="the slow original, for stills: optimise the picture itself")
    parser.add_argument("photo", type=Path, metavar="PHOTO")
    parser.add_argument(
        "--style", action="append", required=True, metavar="IMG[:WEIGHT]", help="a picture; may be repeated"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="the picture to write")
    parser.add_argument("--size", type=int, default=512, metavar="PX", help="long side of the result (512)")
    parser.add_argument("--iterations", type=int, default=500, metavar="N", help="evaluations of the loss (500)")
    parser.add_argument(
        "--optimizer", choices=["lbfgs", "adam"], default="lbfgs", help="adam takes less memory (lbfgs)"
    )
    parser.add_argument("--start", choices=["photo", "noise"], default="photo", help="where to start from (photo)")
    parser.add_argument(
        "--content-weight", type=float, default=1.0, metavar="W", help="how much of the photo stays (1)"
    )
    parser.add_argument("--style-weight", type=float, default=50.0, metavar="W", help="how much style there is (50)")
    parser.add_argument("--smooth", type=float, default=0.5, metavar="W", help="weight of the total variation (0.5)")
    parser.add_argument("--style-scale", type=float, default=1.0, metavar="S", help="size of the strokes (1)")
    parser.add_argument("--style-layers", metavar="LAYERS", help="comma-separated (relu1_1,relu2_1,...,relu5_1)")
    parser.add_argument("--content-layer", metavar="LAYER", help="(relu4_2)")
    parser.add_argument("--pooling", choices=["max", "average"], default="max", help="of the loss network (max)")
    parser.add_argument(
        "--colors",
        choices=["painting", "camera", "matched"],
        default="painting",
        help="the painting's; the photo's, under the painting's brightness; or the photo's, given to the style first",
    )
    parser.add_argument("--every", type=int, default=50, metavar="N", help="write the picture so far this often (50)")
    parser.add_argument("--seed", type=int, default=0, help="of the noise (0)")
    parser.add_argument("--architecture", choices=["vgg16", "vgg19"], default="vgg19", help="the loss network (vgg19)")
    parser.add_argument(
        "--vgg", type=Path, metavar="FILE", help="its weights as safetensors (default: downloaded once)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--device", choices=["auto", "cuda", "cpu", "mps"], default="auto", help="what computes (auto)")
    parser.set_defaults(command=_optimize)


def weighted(text: str) -> tuple[Path, float]:
    """Reads `picture.jpg` or `picture.jpg:0.7`.

    Raises:
        TrainingError: The weight is not above 0.
    """
    name, colon, number = text.rpartition(":")
    try:
        weight = float(number) if colon and name else None
    except ValueError:  # the colon of a drive
        weight = None
    if weight is None:
        return Path(text), 1.0
    if not 0 < weight < float("inf"):
        raise TrainingError(f"Can't read the style {text!r}: a weight is a number above 0.")
    return Path(name), weight


def _optimize(args: argparse.Namespace) -> int:
    from livestyle.networks.vgg import load_vgg
    from livestyle.sinks.part import PartFile
    from livestyle.sinks.pictures import kind_of, write_picture
    from livestyle.sources.pictures import read_picture
    from livestyle.stills.goal import Weights
    from livestyle.stills.optimize import CONTENT_LAYER, STYLE_LAYERS, OptimizeOptions, Optimizer
    from livestyle.training.trainer import pick_device

    options = OptimizeOptions(
        size_px=args.size,
        iterations=args.iterations,
        optimizer=args.optimizer,
        start=args.start,
        style_scale=args.style_scale,
        colors=args.colors,
        weights=Weights(args.content_weight, args.style_weight, args.smooth),
        style_layers=tuple(args.style_layers.split(",")) if args.style_layers else STYLE_LAYERS,
        content_layer=args.content_layer or CONTENT_LAYER,
        seed=args.seed,
    )
    if args.every < 1:
        raise TrainingError("--every takes a number of iterations, 1 or more.")
    kind_of(args.output)
    part = PartFile(args.output, overwrite=args.overwrite, source=args.photo)
    part.create()  # whether it can be written is found out before any work is done
    part.discard()
    photo = read_picture(args.photo)
    styles = [(read_picture(path), weight) for path, weight in map(weighted, args.style)]
    layers = {*options.style_layers, options.content_layer}
    vgg = load_vgg(layers, args.architecture, args.vgg, args.pooling)
    optimizer = Optimizer(
        photo, styles, vgg, options, pick_device(args.device), lambda text: _say(f"livestyle: {text}\n")
    )

    def write() -> None:
        # What may be replaced was settled above; from here on it is our own picture.
        write_picture(args.output, optimizer.picture(), overwrite=True, source=args.photo)

    def show(progress: OptimizeProgress) -> None:
        height, width = progress.size_hw
        parts = progress.parts
        _say(
            f"\r{progress.done}/{progress.total} {width}x{height}  loss {parts.total:.4f} = content {parts.content:.4f}"
            f" + style {parts.style:.4f} + smooth {parts.smooth:.4f}  "
        )
        if progress.done % args.every == 0:
            write()

    try:
        optimizer.run(show)
    except KeyboardInterrupt:
        _say("\n")
        write()
        print(f"Stopped. Wrote {args.output}, the best so far.")
        return 130
    except MemoryError as error:
        raise LivestyleError(f"{error} Choose a smaller --size, or --optimizer adam.") from error
    _say("\n")
    write()
    print(f"Wrote {args.output}.")
    return 0


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)
