"""The command line. Heavy modules are imported inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livestyle import __version__
from livestyle.errors import LivestyleError
from livestyle.look import STEADY, STEADY_OFFLINE, STROKES, Look, parse_mix
from livestyle.stills.commands import add_doodle, add_optimize
from livestyle.textures.commands import add_texture
from livestyle.training.commands import add_fit

if TYPE_CHECKING:
    from livestyle.painter import Painter
    from livestyle.regions import Mask
    from livestyle.styles.catalog import Catalog
    from livestyle.stylizer.stylizer import Paint

USAGE_ERROR = 2
DEVICES = ("auto", "cuda", "cpu", "mps")
DEMO_FILE = Path("livestyle-demo.mp4")
DEFAULT_STYLE = "starry_night"
UNPAINTED = "none"
"""What --outside takes in place of a style."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs livestyle; returns the exit code: 0, 2 for an error the user can put right, 130 after Ctrl-C."""
    args = _parser().parse_args(argv)
    if threading.current_thread() is threading.main_thread():
        # What a task manager or `timeout` sends should clean up like Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(args.command(args))
    except LivestyleError as error:
        print(f"livestyle: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print("livestyle: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # `livestyle styles | head`: nobody reads on. Without this Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


# ---- the parser --------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="livestyle",
        description="Turns a webcam or a video into a moving painting, live. Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"livestyle {__version__}")
    parser.add_argument("--source", help="what to open in the window: demo, camera, camera:NAME, a file or a URL")
    _add_style(parser)
    _add_steady(parser, "as it was last")
    _add_device(parser)
    parser.set_defaults(command=_window)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the drawn demo scene in all styles or in one, to a video")
    demo.add_argument("-o", "--output", type=Path, default=DEMO_FILE, help=f"the video to write ({DEMO_FILE})")
    demo.add_argument("--seconds", type=_positive, default=10.0, help="how long (10)")
    demo.add_argument("--size", type=_size, default=(360, 640), metavar="WxH", help="in pixels (640x360)")
    _add_look(demo, "all, one after the other")
    _add_steady(demo, f"{STEADY:g}")
    _add_overwrite(demo)
    _add_device(demo)
    demo.set_defaults(command=_demo)

    convert = commands.add_parser("convert", help="paint videos: every frame, audio kept")
    convert.add_argument("inputs", type=Path, nargs="+", metavar="VIDEO")
    convert.add_argument("-o", "--output", type=Path, required=True, help="a video, or a folder for several")
    _add_look(convert, DEFAULT_STYLE)
    _add_mask(convert)
    _add_steady(convert, f"{STEADY_OFFLINE:g}")
    convert.add_argument("--scale", type=_positive, default=1.0, help="size of the result relative to the source (1)")
    convert.add_argument("--start", type=_not_negative, metavar="S", help="first second to convert")
    convert.add_argument("--end", type=_positive, metavar="S", help="second to stop at")
    convert.add_argument(
        "--crf", type=int, help="quality on the encoder's scale, lower is better (the encoder's default)"
    )
    convert.add_argument("--encoder", default="auto", help="libx264, h264_nvenc, ... (auto: one that works)")
    convert.add_argument("--batch", type=int, help="frames at a time (1 on a CPU, 4 on a GPU)")
    _add_overwrite(convert)
    _add_device(convert)
    convert.set_defaults(command=_convert)

    stylize = commands.add_parser("stylize", help="paint photos and folders of photos")
    stylize.add_argument("inputs", type=Path, nargs="+", metavar="PHOTO")
    stylize.add_argument("-o", "--output", type=Path, required=True, help="a picture, or a folder for several")
    _add_look(stylize, DEFAULT_STYLE)
    _add_mask(stylize)
    _add_overwrite(stylize)
    _add_device(stylize)
    stylize.set_defaults(command=_stylize)

    styles = commands.add_parser("styles", help="the styles that are installed; add more")
    styles.add_argument("--json", action="store_true", help="as JSON")
    _add_device(styles)
    styles.set_defaults(command=_styles)
    style_commands = styles.add_subparsers(metavar="COMMAND")
    add = style_commands.add_parser("add", help="install a style file, or make a style of a picture and install it")
    add.add_argument("file", type=Path, metavar="FILE", help="a style file or a picture")
    add.add_argument("--name", help="what to call the style (as the picture's file is called)")
    _add_device(add)
    add.set_defaults(command=_styles_add)
    sheet = style_commands.add_parser("sheet", help="your own picture in every style, on one sheet")
    sheet.add_argument("photo", type=Path)
    sheet.add_argument("-o", "--output", type=Path, default=Path("sheet.png"), help="the picture to write (sheet.png)")
    _add_overwrite(sheet)
    _add_device(sheet)
    sheet.set_defaults(command=_styles_sheet)

    add_fit(style_commands)
    add_optimize(commands)
    add_doodle(commands)
    add_texture(commands, _size)

    bench = commands.add_parser("bench", help="frames a second, milliseconds a stage, and flicker on this machine")
    bench.add_argument(
        "--size", type=_size, action="append", metavar="WxH", help="may be repeated (640x360 1280x720 1920x1080)"
    )
    bench.add_argument("--batch", type=int, default=1, help="frames at a time (1)")
    _add_style(bench, "the first one")
    _add_steady(bench, f"{STEADY:g}")
    bench.add_argument("--json", action="store_true", help="as JSON")
    _add_device(bench)
    bench.set_defaults(command=_bench)
    return parser


# What is also valid before a command has no default: a command's would overwrite what was given there.


def _add_style(parser: argparse.ArgumentParser, default: str = "as it was last") -> None:
    parser.add_argument(
        "--style",
        default=argparse.SUPPRESS,
        help="a name, as `livestyle styles` lists them, or a picture to take the style from, or a mix of up to four: "
        f"NAME:0.6,carpet.jpg:0.4 ({default})",
    )


def _add_look(parser: argparse.ArgumentParser, default_style: str) -> None:
    _add_style(parser, default_style)
    parser.add_argument("--strength", type=float, default=1.0, help="from 0, the photo, to 1, the full style (1)")
    finest, boldest = STROKES
    parser.add_argument(
        "--stroke",
        type=float,
        default=1.0,
        help=f"size of the strokes, from {finest:g} to {boldest:g}; 1 is as in the painting (1)",
    )
    colors = parser.add_mutually_exclusive_group()
    colors.add_argument(
        "--keep-colors",
        dest="colors",
        action="store_const",
        const="camera",
        default="painting",
        help="keep the colours of the source",
    )
    colors.add_argument(
        "--colors-only", dest="colors", action="store_const", const="only", help="take nothing but the style's colours"
    )


def _add_mask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mask", type=Path, metavar="PICTURE", help="paint only where this picture is white; grey blends"
    )
    parser.add_argument(
        "--outside", metavar="STYLE", help=f"how to paint where the mask is black ({UNPAINTED}: it stays the photo)"
    )


def _add_steady(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--steady",
        type=float,
        default=argparse.SUPPRESS,
        metavar="S",
        help=f"how much of what flickers is held still, from 0 to 1 ({default})",
    )


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=DEVICES, default=argparse.SUPPRESS, help="what computes (auto)")
    parser.add_argument(
        "--network",
        default=argparse.SUPPRESS,
        metavar="NAME",
        help="what paints, as `livestyle styles` lists them (the one that suits the device)",
    )


def _add_overwrite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")


def _number(text: str, allowed: Callable[[float], bool], rule: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not allowed(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number {rule}")
    return number


def _positive(text: str) -> float:
    return _number(text, lambda number: 0 < number < float("inf"), "above 0")


def _not_negative(text: str) -> float:
    return _number(text, lambda number: 0 <= number < float("inf"), "of 0 or more")


def _size(text: str) -> tuple[int, int]:
    """WxH -> (height, width)."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isascii() and width.isdecimal() and height.isascii() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1280x720")
    if min(int(width), int(height)) < 16:
        raise argparse.ArgumentTypeError("a size is at least 16x16")
    return int(height), int(width)


# ---- the commands ------------------------------------------------------------------------------------------------


def _catalog(args: argparse.Namespace, *looks: Look) -> Catalog:
    """What is installed, for the network and the device asked for, with the pictures in the looks as styles."""
    from livestyle.styles.catalog import Catalog

    catalog = Catalog.installed(getattr(args, "network", None), _device(args))
    if not looks:
        return catalog
    from livestyle.styles.from_picture import with_pictures

    return with_pictures(catalog, _names(*looks))


def _names(*looks: Look) -> list[str]:
    """The styles of looks."""
    return [name for look in looks for name, _ in look.mix]


def _open_painter(args: argparse.Namespace, *looks: Look) -> Painter:
    """The painter for looks on the device asked for; says on standard error what it could not use, and why."""
    from livestyle.painter import Painter
    from livestyle.stylizer.fastest import open_stylizer

    file = _catalog(args, *looks).files_with(_names(*looks))[0]
    stylizer, refusals = open_stylizer(file, _device(args))
    for refusal in refusals:
        print(f"livestyle: {refusal}", file=sys.stderr)
    return Painter(file, stylizer)


def _device(args: argparse.Namespace) -> str:
    return getattr(args, "device", "auto")


def _look(args: argparse.Namespace, *, steady: float = 0.0) -> Look:
    """The look asked for."""
    mix = parse_mix(getattr(args, "style", DEFAULT_STYLE))
    steady = getattr(args, "steady", steady)
    return Look(mix, strength=args.strength, stroke=args.stroke, colors=args.colors, steady=steady)


def _window(args: argparse.Namespace) -> int:
    from livestyle.gui.app import display_available, run

    if display_available():
        mix = parse_mix(args.style) if "style" in args else None
        return run(
            source=args.source,
            mix=mix,
            steady=getattr(args, "steady", None),
            network=getattr(args, "network", None),
            device=_device(args),
        )
    print(f"There is no display here, so the demo goes to a video: {DEMO_FILE}")
    given = [name for name in ("style", "steady", "network", "device") if name in args]
    return _demo(_parser().parse_args(["demo", *(f"--{name}={getattr(args, name)}" for name in given)]))


def _demo(args: argparse.Namespace) -> int:
    from livestyle.demo import render_demo

    look = _look(args, steady=STEADY)
    is_chosen = "style" in args
    painter = _open_painter(args, look) if is_chosen else _open_painter(args)
    with painter.stylizer, _Bar("painting", "frame") as bar:
        render_demo(
            painter,
            args.output,
            look,
            names=() if is_chosen else list(painter.file.styles),
            size_hw=args.size,
            duration_s=args.seconds,
            overwrite=args.overwrite or args.output == DEMO_FILE,
            on_progress=bar,
        )
    print(f"Wrote {args.output}.")
    return 0


def _convert(args: argparse.Namespace) -> int:
    from livestyle.convert import ConvertOptions, convert_video, targets_for

    look = _look(args, steady=STEADY_OFFLINE)
    mask, outside = _mask(args, look)
    targets = targets_for(args.inputs, args.output, overwrite=args.overwrite)
    painter = _open_painter(args, look, *outside)
    on_gpu = painter.stylizer.info.backend == "cuda"
    options = ConvertOptions(
        batch=args.batch if args.batch is not None else 4 if on_gpu else 1,
        scale=args.scale,
        start_s=args.start or 0.0,
        end_s=args.end,
        crf=args.crf,
        encoder=args.encoder,
        overwrite=args.overwrite,
    )
    with painter.stylizer:
        for source, target in zip(args.inputs, targets, strict=True):
            # Anew for each: nothing is held still from one clip to the next.
            paint = _parted(_afresh(painter), look, mask, outside)
            with _Bar(source.name, "frame") as bar:
                report = convert_video(source, target, paint, options, on_progress=bar)
            for warning in report.warnings:
                print(f"livestyle: {warning}", file=sys.stderr)
            print(f"Wrote {target}: {report.frames} frames at {report.fps:.1f} frames a second.")
    return 0


def _stylize(args: argparse.Namespace) -> int:
    from livestyle.large import LargePainter
    from livestyle.stylize import stylize_pictures
    from livestyle.stylizer.fastest import open_stylizer

    look = _look(args)
    mask, outside = _mask(args, look)
    painter = _open_painter(args, look, *outside)
    large = LargePainter(painter, lambda file: open_stylizer(file, _device(args))[0])
    paint = _parted(lambda look: lambda photos: large.paint(photos, look), look, mask, outside)
    with painter.stylizer, large, _Bar("painting", "picture") as bar:
        report = stylize_pictures(args.inputs, args.output, paint, overwrite=args.overwrite, on_progress=bar)
    for warning in report.warnings:
        print(f"livestyle: {warning}", file=sys.stderr)
    for path in report.written:
        print(f"Wrote {path}.")
    return 0


def _mask(args: argparse.Namespace, look: Look) -> tuple[Mask | None, tuple[Look, ...]]:
    """The mask, and the look outside of it; an empty tuple leaves the photo there."""
    if args.mask is None:
        if args.outside is not None:
            raise LivestyleError("--outside says how to paint outside of a mask: give one with --mask.")
        return None, ()
    from livestyle.regions import read_mask

    unpainted = args.outside in (None, UNPAINTED)
    return read_mask(args.mask), () if unpainted else (replace(look, mix=parse_mix(args.outside)),)


def _parted(bound: Callable[[Look], Paint], look: Look, mask: Mask | None, outside: Sequence[Look]) -> Paint:
    """What paints a look, or two looks parted by a mask; `bound` makes what paints one of them."""
    from livestyle.regions import by_mask

    if mask is None:
        return bound(look)
    return by_mask(mask, bound(look), bound(outside[0]) if outside else None)


def _afresh(painter: Painter) -> Callable[[Look], Paint]:
    """Makes what paints a look and has painted nothing before: what one region holds still is nothing to another."""
    from livestyle.painter import Painter

    def bound(look: Look) -> Paint:
        own = Painter(painter.file, painter.stylizer)
        return lambda photos: own.paint(photos, look)

    return bound


def _styles(args: argparse.Namespace) -> int:
    catalog = _catalog(args)
    styles = [catalog.find(name) for name in catalog.names]
    if args.json:
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
    print(f"\nNetworks, to choose with --network: {', '.join(file.name for file in catalog.files)}")
    return 0


def _styles_add(args: argparse.Namespace) -> int:
    from livestyle.sources.pictures import SUFFIXES
    from livestyle.styles.catalog import Catalog, add_style_file
    from livestyle.styles.from_picture import add_picture

    if args.file.suffix.lower() in SUFFIXES:
        added = add_picture(args.file, _catalog(args), args.name)
    elif args.name is not None:
        raise LivestyleError("--name is for the style made of a picture: the styles in a style file have names.")
    else:
        added = add_style_file(args.file)
    print(f"Installed {', '.join(added.styles)}.")
    catalog = Catalog.installed(device=_device(args))
    network = catalog.network_of(added)
    hidden = [name for name in added.styles if catalog.find(name) is not network.styles[name]]
    if hidden:
        print(f"Another network has {', '.join(hidden)} too, and comes first: add --network {network.name} for these.")
    return 0


def _styles_sheet(args: argparse.Namespace) -> int:
    from livestyle.sheet import contact_sheet
    from livestyle.sinks.picture_file import write_picture
    from livestyle.sources.pictures import read_picture

    photo = read_picture(args.photo)
    painter = _open_painter(args)
    with painter.stylizer:
        write_picture(args.output, contact_sheet(painter, photo), overwrite=args.overwrite, source=args.photo)
    print(f"Wrote {args.output}.")
    return 0


def _bench(args: argparse.Namespace) -> int:
    from livestyle.bench import DEFAULT_SIZES_HW, run_bench
    from livestyle.styles.catalog import mixed_code

    sizes_hw = args.size or DEFAULT_SIZES_HW
    steady = getattr(args, "steady", STEADY)
    look = Look(parse_mix(args.style), steady=steady) if "style" in args else None
    catalog = _catalog(args, look) if look else _catalog(args)
    look = look or Look(((catalog.names[0], 1.0),), steady=steady)
    file = catalog.file_for(look)
    code = mixed_code(file, look, min(sizes_hw[0]))
    report = run_bench(file, code, sizes_hw=sizes_hw, batch=args.batch, device=_device(args), steady=look.steady)
    print(json.dumps(report.to_dict(), indent=2) if args.json else report.to_text())
    return 0


class _Bar:
    """A progress bar with speed and time left, called as `on_progress(done, total)`."""

    def __init__(self, what: str, unit: str) -> None:
        from tqdm import tqdm

        self._bar: Any = tqdm(desc=what, unit=f" {unit}s", dynamic_ncols=True)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._bar.leave = kind is None  # an error's sentence stands alone
        self._bar.close()

    def __call__(self, done: int, total: int | None) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)


if __name__ == "__main__":
    sys.exit(main())
