"""The commands that paint one still slowly."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from livestyle.cli.look import add_overwrite
from livestyle.cli.options import DEVICE, Commands, Shared, command
from livestyle.cli.progress import tell
from livestyle.errors import LivestyleError, TrainingError

if TYPE_CHECKING:
    from livestyle.frame import Image
    from livestyle.networks.vgg import Architecture
    from livestyle.stills.descent import Reached


def add_optimize(commands: Commands) -> None:
    """Adds `livestyle optimize`."""
    does = "the slow original, for stills: optimise the picture itself"
    parser = command(commands, "optimize", does, _optimize, DEVICE)
    parser.add_argument("photo", type=Path, metavar="PHOTO")
    parser.add_argument(
        "--style", action="append", required=True, metavar="IMG[:WEIGHT]", help="a picture; may be repeated"
    )
    parser.add_argument("--iterations", type=int, default=500, metavar="N", help="evaluations of the loss (500)")
    parser.add_argument(
        "--optimizer", choices=["lbfgs", "adam"], default="lbfgs", help="adam takes less memory (lbfgs)"
    )
    parser.add_argument("--start", choices=["photo", "noise"], default="photo", help="where to start from (photo)")
    parser.add_argument(
        "--content-weight", type=float, default=2.5, metavar="W", help="how much of the photo stays (2.5)"
    )
    parser.add_argument("--style-weight", type=float, default=50.0, metavar="W", help="how much style there is (50)")
    parser.add_argument("--smooth", type=float, default=0.5, metavar="W", help="weight of the total variation (0.5)")
    parser.add_argument("--style-scale", type=float, default=1.0, metavar="S", help="size of the strokes (1)")
    parser.add_argument("--style-layers", metavar="LAYERS", help="comma-separated (relu1_2,relu2_2,relu3_3,relu4_3)")
    parser.add_argument("--content-layer", metavar="LAYER", help="(relu3_3)")
    parser.add_argument("--pooling", choices=["max", "average"], default="max", help="of the loss network (max)")
    parser.add_argument(
        "--colors",
        choices=["painting", "camera", "matched"],
        default="painting",
        help="the painting's; the photo's, under the painting's brightness; or the photo's, given to the style first",
    )
    _add_shared(parser)


def add_doodle(commands: Commands) -> None:
    """Adds `livestyle doodle`."""
    does = "paint with patches of a painting, and of a drawn map make a painting (slow, for stills)"
    parser = command(commands, "doodle", does, _doodle, DEVICE)
    parser.add_argument("photo", type=Path, nargs="?", metavar="PHOTO", help="none: only the map is painted")
    parser.add_argument("--style", type=Path, required=True, metavar="IMG", help="the painting to take patches from")
    parser.add_argument(
        "--map", type=Path, metavar="MAP", help="what is where in the result: any picture, a colour for each thing"
    )
    parser.add_argument("--style-map", type=Path, metavar="MAP", help="the same in the painting, in the same colours")
    parser.add_argument(
        "--iterations", type=int, default=100, metavar="N", help="evaluations of the loss at each scale (100)"
    )
    parser.add_argument("--scales", type=int, default=3, metavar="N", help="sizes to work at, each twice the last (3)")
    parser.add_argument(
        "--content-weight", type=float, default=10.0, metavar="W", help="how much of the photo stays (10)"
    )
    parser.add_argument("--style-weight", type=float, default=25.0, metavar="W", help="how much style there is (25)")
    parser.add_argument(
        "--semantic-weight", type=float, default=10.0, metavar="W", help="how strictly the maps are followed (10)"
    )
    parser.add_argument("--smooth", type=float, default=50.0, metavar="W", help="weight of the total variation (50)")
    parser.add_argument(
        "--variety", type=float, default=0.0, metavar="V", help="from 0 to 1: use more of the painting's patches (0)"
    )
    _add_shared(parser)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, required=True, help="the picture to write")
    parser.add_argument("--size", type=int, default=512, metavar="PX", help="long side of the result (512)")
    parser.add_argument("--every", type=int, default=50, metavar="N", help="write the picture so far this often (50)")
    parser.add_argument("--seed", type=int, default=0, help="of the noise (0)")
    parser.add_argument(
        "--architecture",
        choices=["vgg16", "vgg19"],
        help="the loss network (vgg19 where PyTorch has downloaded it before, else vgg16, which comes with livestyle)",
    )
    parser.add_argument("--vgg", type=Path, metavar="FILE", help="its weights as safetensors")
    add_overwrite(parser)


def weighted(text: str) -> tuple[Path, float]:
    """Reads `picture.jpg` or `picture.jpg:0.7`.

    Raises:
        TrainingError: The weight is not above 0.
    """
    name, colon, number = text.rpartition(":")
    try:
        weight = float(number) if colon and name and not os.path.isfile(text) else None
    except ValueError:  # the colon of a drive
        weight = None
    if weight is None:
        return Path(text), 1.0
    if not 0 < weight < float("inf"):
        raise TrainingError(f"Can't read the style {text!r}: a weight is a number above 0.")
    return Path(name), weight


def _architecture(args: argparse.Namespace) -> Architecture:
    """The loss network: the deeper one, unless that would have to be downloaded first."""
    from livestyle.pretrained import is_at_hand

    asked: Architecture | None = args.architecture
    if asked or args.vgg or is_at_hand("vgg19"):
        return asked or "vgg19"
    tell("Looking through VGG-16, which comes with livestyle; --architecture vgg19 downloads VGG-19 once.")
    return "vgg16"


def _optimize(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.hardware import pick_device
    from livestyle.pretrained import load_vgg
    from livestyle.sources.pictures import read_picture
    from livestyle.stills.goal import Weights
    from livestyle.stills.optimize import CONTENT_LAYER, STYLE_LAYERS, OptimizeOptions, Optimizer

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
    _check_output(args, [args.photo])
    photo = read_picture(args.photo)
    styles = [(read_picture(path), weight) for path, weight in map(weighted, args.style)]
    layers = {*options.style_layers, options.content_layer}
    vgg = load_vgg(layers, _architecture(args), args.vgg, args.pooling)
    optimizer = Optimizer(photo, styles, vgg, options, pick_device(shared.device), tell)
    return _run(optimizer, args, "Choose a smaller --size, or --optimizer adam.")


def _doodle(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.hardware import pick_device
    from livestyle.pretrained import load_vgg
    from livestyle.sources.pictures import read_picture
    from livestyle.stills.doodle import CONTENT_LAYER, STYLE_LAYERS, DoodleOptions, Doodler
    from livestyle.stills.goal import Weights

    options = DoodleOptions(
        size_px=args.size,
        iterations=args.iterations,
        scales=args.scales,
        weights=Weights(args.content_weight, args.style_weight, args.smooth),
        semantic_weight=args.semantic_weight,
        variety=args.variety,
        seed=args.seed,
    )
    if (args.map is None) != (args.style_map is None):
        raise TrainingError("A map says nothing without the other: give both --map and --style-map, or neither.")
    if args.photo is None and args.map is None:
        raise TrainingError("There is nothing to paint: give a photo, or --map and --style-map, or all three.")
    _check_output(args, [path for path in (args.photo, args.style, args.map, args.style_map) if path is not None])
    photo = None if args.photo is None else read_picture(args.photo)
    style = read_picture(args.style)
    maps = None if args.map is None else (read_picture(args.map), read_picture(args.style_map))
    # The average, as in neural-doodle.
    vgg = load_vgg({*STYLE_LAYERS, CONTENT_LAYER}, _architecture(args), args.vgg, "average")
    doodler = Doodler(photo, style, maps, vgg, options, pick_device(shared.device), tell)
    return _run(doodler, args, "Choose a smaller --size.")


class _Painter(Protocol):
    """A slow method at work on one picture."""

    def run(self, on_progress: Callable[[Reached], None]) -> Image: ...

    def picture(self) -> Image: ...


def _check_output(args: argparse.Namespace, sources: Sequence[Path]) -> None:
    """Finds out whether the result can be written before any work is done.

    Raises:
        LivestyleError: It can't, or is one of the sources, or `--every` makes no sense.
    """
    from livestyle.sinks.part import PartFile
    from livestyle.sinks.picture_file import kind_of

    if args.every < 1:
        raise TrainingError("--every takes a number of iterations, 1 or more.")
    kind_of(args.output)
    for source in sources:
        part = PartFile(args.output, overwrite=args.overwrite, source=source)
        part.create()
        part.discard()


def _run(painter: _Painter, args: argparse.Namespace, remedy: str) -> int:
    """Lets a method paint: shows the loss, writes the picture every so often, and keeps the best after Ctrl-C.

    Args:
        painter: The method.
        args: The output, and how often to write it; `_check_output` has seen them.
        remedy: What a user can do who has too little memory.
    """
    from livestyle.sinks.picture_file import write_picture

    def write() -> None:
        # What may be replaced was settled before; from here on it is our own picture.
        write_picture(args.output, painter.picture(), overwrite=True)

    def show(progress: Reached) -> None:
        height, width = progress.size_hw
        parts = progress.parts
        _say(
            f"\r{progress.done}/{progress.total} {width}x{height}  loss {parts.total:.4f} = content {parts.content:.4f}"
            f" + style {parts.style:.4f} + smooth {parts.smooth:.4f}  "
        )
        if progress.done % args.every == 0:
            write()

    try:
        painter.run(show)
    except KeyboardInterrupt:
        _say("\n")
        write()
        print(f"Stopped. Wrote {args.output}, the best so far.")
        return 130
    except MemoryError as error:
        raise LivestyleError(f"{error} {remedy}") from error
    _say("\n")
    write()
    print(f"Wrote {args.output}.")
    return 0


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)
