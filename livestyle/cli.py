"""The command line. Heavy modules are imported inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livestyle import __version__
from livestyle.errors import LivestyleError
from livestyle.look import Look, parse_mix

if TYPE_CHECKING:
    from livestyle.painter import Painter
    from livestyle.stylizer.stylizer import Images

USAGE_ERROR = 2
DEVICES = ("auto", "cuda", "cpu", "mps")
DEMO_FILE = Path("livestyle-demo.mp4")
DEFAULT_STYLE = "starry_night"


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
    _add_device(parser)
    parser.set_defaults(command=_window)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the drawn demo scene in all styles, to a video")
    demo.add_argument("-o", "--output", type=Path, default=DEMO_FILE, help=f"the video to write ({DEMO_FILE})")
    demo.add_argument("--seconds", type=_positive, default=10.0, help="how long (10)")
    demo.add_argument("--size", type=_size, default=(360, 640), metavar="WxH", help="in pixels (640x360)")
    _add_overwrite(demo)
    _add_device(demo)
    demo.set_defaults(command=_demo)

    convert = commands.add_parser("convert", help="paint videos: every frame, audio kept")
    convert.add_argument("inputs", type=Path, nargs="+", metavar="VIDEO")
    convert.add_argument("-o", "--output", type=Path, required=True, help="a video, or a folder for several")
    _add_look(convert)
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
    _add_look(stylize)
    _add_overwrite(stylize)
    _add_device(stylize)
    stylize.set_defaults(command=_stylize)

    styles = commands.add_parser("styles", help="the styles that are installed; add more")
    styles.add_argument("--json", action="store_true", help="as JSON")
    styles.set_defaults(command=_styles)
    style_commands = styles.add_subparsers(metavar="COMMAND")
    add = style_commands.add_parser("add", help="install a style file")
    add.add_argument("file", type=Path)
    add.set_defaults(command=_styles_add)
    sheet = style_commands.add_parser("sheet", help="your own picture in every style, on one sheet")
    sheet.add_argument("photo", type=Path)
    sheet.add_argument("-o", "--output", type=Path, default=Path("sheet.png"), help="the picture to write (sheet.png)")
    _add_overwrite(sheet)
    _add_device(sheet)
    sheet.set_defaults(command=_styles_sheet)

    bench = commands.add_parser("bench", help="frames a second and milliseconds a stage on this machine")
    bench.add_argument(
        "--size", type=_size, action="append", metavar="WxH", help="may be repeated (640x360 1280x720 1920x1080)"
    )
    bench.add_argument("--batch", type=int, default=1, help="frames at a time (1)")
    _add_style(bench, " (the first one)")
    bench.add_argument("--json", action="store_true", help="as JSON")
    _add_device(bench)
    bench.set_defaults(command=_bench)
    return parser


# What is also valid before a command has no default: a command's would overwrite what was given there.


def _add_style(parser: argparse.ArgumentParser, default: str = "") -> None:
    parser.add_argument(
        "--style",
        default=argparse.SUPPRESS,
        help=f"NAME, or a mix NAME:0.6,OTHER:0.4, as `livestyle styles` lists them{default}",
    )


def _add_look(parser: argparse.ArgumentParser) -> None:
    _add_style(parser, f" ({DEFAULT_STYLE})")
    parser.add_argument("--strength", type=float, default=1.0, help="from 0, the photo, to 1, the full style (1)")
    parser.add_argument("--keep-colors", action="store_true", help="keep the colours of the source")


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=DEVICES, default=argparse.SUPPRESS, help="what computes (auto)")


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


def _open_painter(look: Look | None, args: argparse.Namespace) -> Painter:
    """The painter for a look on the device asked for; says on standard error what it could not use, and why."""
    from livestyle.painter import Painter
    from livestyle.styles.catalog import Catalog
    from livestyle.stylizer.choose import open_stylizer

    catalog = Catalog.installed()
    file = catalog.file_for(look) if look else catalog.files[0]
    stylizer, refusals = open_stylizer(file, getattr(args, "device", "auto"))
    for refusal in refusals:
        print(f"livestyle: {refusal}", file=sys.stderr)
    return Painter(file, stylizer)


def _look(args: argparse.Namespace) -> Look:
    mix = parse_mix(getattr(args, "style", DEFAULT_STYLE))
    return Look(mix, strength=args.strength, colors="camera" if args.keep_colors else "painting")


def _window(args: argparse.Namespace) -> int:
    from livestyle.gui.app import display_available, run
    from livestyle.styles.catalog import Catalog

    device = getattr(args, "device", "auto")
    mix = parse_mix(args.style) if "style" in args else None
    if display_available():
        return run(source=args.source, mix=mix, device=device)
    if mix:
        Catalog.installed().file_for(Look(mix))
    print(f"There is no display here, so the demo goes to a video: {DEMO_FILE}")
    return _demo(_parser().parse_args(["demo", "--device", device]))


def _demo(args: argparse.Namespace) -> int:
    from livestyle.demo import render_demo

    painter = _open_painter(None, args)
    with painter.stylizer, _Bar("painting", "frame") as bar:
        render_demo(
            painter,
            args.output,
            size_hw=args.size,
            duration_s=args.seconds,
            overwrite=args.overwrite or args.output == DEMO_FILE,
            on_progress=bar,
        )
    print(f"Wrote {args.output}.")
    return 0


def _convert(args: argparse.Namespace) -> int:
    from livestyle.convert import ConvertOptions, convert_video, targets_for

    look = _look(args)
    targets = targets_for(args.inputs, args.output, overwrite=args.overwrite)
    painter = _open_painter(look, args)
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
            with _Bar(source.name, "frame") as bar:
                report = convert_video(source, target, _bind(painter, look), options, on_progress=bar)
            for warning in report.warnings:
                print(f"livestyle: {warning}", file=sys.stderr)
            print(f"Wrote {target}: {report.frames} frames at {report.fps:.1f} frames a second.")
    return 0


def _stylize(args: argparse.Namespace) -> int:
    from livestyle.stylize import stylize_pictures

    look = _look(args)
    painter = _open_painter(look, args)
    with painter.stylizer, _Bar("painting", "picture") as bar:
        report = stylize_pictures(
            args.inputs, args.output, _bind(painter, look), overwrite=args.overwrite, on_progress=bar
        )
    for warning in report.warnings:
        print(f"livestyle: {warning}", file=sys.stderr)
    for path in report.written:
        print(f"Wrote {path}.")
    return 0


def _bind(painter: Painter, look: Look) -> Callable[[Images], Images]:
    return lambda photos: painter.paint(photos, look)


def _styles(args: argparse.Namespace) -> int:
    from livestyle.styles.catalog import Catalog

    catalog = Catalog.installed()
    styles = [catalog.find(name) for name in catalog.names]
    if args.json:
        rows = [
            {"name": s.name, "title": s.title, "artist": s.artist, "year": s.year, "licence": s.licence} for s in styles
        ]
        print(json.dumps({"styles": rows}, ensure_ascii=False, indent=2))
        return 0
    width = max(len(style.name) for style in styles)
    for style in styles:
        facts = ", ".join(fact for fact in (style.artist, style.title, style.year) if fact)
        print(f"{style.name:<{width}}  {facts}")
    return 0


def _styles_add(args: argparse.Namespace) -> int:
    from livestyle.styles.catalog import add_style_file

    installed = add_style_file(args.file)
    print(f"Installed {', '.join(installed.styles)}.")
    return 0


def _styles_sheet(args: argparse.Namespace) -> int:
    from livestyle.sheet import contact_sheet
    from livestyle.sinks.pictures import write_picture
    from livestyle.sources.pictures import read_picture

    photo = read_picture(args.photo)
    painter = _open_painter(None, args)
    with painter.stylizer:
        write_picture(args.output, contact_sheet(painter, photo), overwrite=args.overwrite, source=args.photo)
    print(f"Wrote {args.output}.")
    return 0


def _bench(args: argparse.Namespace) -> int:
    from livestyle.bench import DEFAULT_SIZES_HW, run_bench
    from livestyle.styles.catalog import Catalog, mixed_code

    catalog = Catalog.installed()
    look = Look(parse_mix(getattr(args, "style", catalog.names[0])))
    file = catalog.file_for(look)
    report = run_bench(
        file,
        mixed_code(file, look, min((args.size or DEFAULT_SIZES_HW)[0])),
        sizes_hw=args.size or DEFAULT_SIZES_HW,
        batch=args.batch,
        device=getattr(args, "device", "auto"),
    )
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
