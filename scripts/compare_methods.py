"""Paints the same photos after the same paintings by every method, and writes a page: a grid of pictures and a table.

    python scripts/compare_methods.py --content photos/ -o docs/methods

Each method is the commands that a user would type, run one after the other, so that its seconds and its memory are what
a user would meet. Seconds are those of the processor, which don't depend on what else a machine is doing.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from livestyle.cli.progress import attempt
from livestyle.errors import TrainingError
from livestyle.evaluation.judge import Judge
from livestyle.evaluation.picture import NamedPicture
from livestyle.evaluation.store import Store
from livestyle.frame import Image
from livestyle.sheet import BACKGROUND, labelled_sheet
from livestyle.sinks.part import write_error
from livestyle.sinks.picture_file import write_picture
from livestyle.sources.pictures import read_picture

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs/methods"
"""See SOURCES.md there."""
START = ROOT / "weights/s2d-32.safetensors"
OPTIMIZE_ITERATIONS = 100
DOODLE_ITERATIONS = 30
TEXTURE_SHARE, FIT_SHARE = 0.5, 0.1
"""Of the minutes of the method that needs most."""
STYLE, PHOTO, PAINTED = "style.png", "photo.png", "painted.png"
PHOTOS, PAINTINGS = ("astronaut", "temple"), ("tahitian_women", "seascape")
FIGURES = ("content", "style", "swd")
MIB = 2**20


@dataclass(frozen=True)
class Entry:
    """One method: how it is called, and what a user types after `livestyle`.

    Attributes:
        name: Of the method.
        source: Whose it is.
        paint: Paints `PHOTO` after `STYLE`, as `PAINTED`.
        learn: What comes before, once for each style.
    """

    name: str
    source: str
    paint: Sequence[str]
    learn: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Cost:
    """What commands took, of the processor and at most of memory."""

    seconds: float = 0.0
    memory_bytes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, max(self.memory_bytes, other.memory_bytes))


def methods(photo_px: int, content: Sequence[Path], minutes: float) -> list[Entry]:
    """All methods, as commands in a folder that holds `STYLE` and `PHOTO`.

    Args:
        photo_px: Longer side of the photos.
        content: To learn on, files and folders.
        minutes: For the method that needs most.
    """
    slow = ["-o", PAINTED, "--style", STYLE, "--size", f"{photo_px}", "--architecture", "vgg16"]
    places = [str(place) for place in content]

    def learns(name: str, share: float) -> list[str]:
        return ["--minutes", f"{minutes * share:g}", "--run", f"runs/{name}", "-o", f"{name}.safetensors"]

    def stylize(style: str, network: str) -> list[str]:
        return ["stylize", PHOTO, "-o", PAINTED, "--style", style, "--network", network]

    one = ["train", "styles", "--styles", STYLE, "--content", *places, "--start", str(START), "--width", "32"]
    texture = ["train", "texture", "--styles", STYLE, "--content", *places]
    fit = ["styles", "fit", STYLE, "--network", "s2d-64", "--photos", *places]
    return [
        Entry("optimize", "Gatys 2015", ["optimize", PHOTO, *slow, "--iterations", f"{OPTIMIZE_ITERATIONS}"]),
        Entry("doodle", "Champandard 2016", ["doodle", PHOTO, *slow, "--iterations", f"{DOODLE_ITERATIONS}"]),
        Entry(
            "one network, one painting",
            "Johnson 2016",
            stylize("style", "one"),
            [[*one, *learns("one", 1.0)], ["styles", "add", "one.safetensors"]],
        ),
        Entry(
            "texture network",
            "Ulyanov 2016",
            ["texture", "texture.safetensors", "--photo", PHOTO, "-o", PAINTED],
            [[*texture, *learns("texture", TEXTURE_SHARE)]],
        ),
        Entry(
            "fit",
            "Dumoulin 2016",
            stylize("style", "s2d-64"),
            [[*fit, *learns("fit", FIT_SHARE)], ["styles", "add", "fit.safetensors"]],
        ),
        Entry("predicted", "Ghiasi 2017", stylize(STYLE, "s2d-64")),
        Entry("adain", "Huang 2017", stylize(STYLE, "adain")),
        Entry("patches", "Champandard 2016", stylize(STYLE, "patches")),
    ]


def run(command: Sequence[str], folder: Path) -> Cost:
    """Runs a command in a folder, with a catalog of its own there.

    Raises:
        TrainingError: It failed.
    """
    words = [sys.executable, "-m", "livestyle", *command]
    environment = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    log = folder / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=output, stderr=output)
        # Not `wait`: this one also says what the process has used.
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text("utf-8", "replace").strip().splitlines()
        raise TrainingError(f"`{shlex.join(command)}` failed: {said[-1] if said else process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def main() -> int:
    """Compares; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    photos, paintings = ([PICTURES / f"{name}.jpg" for name in names] for names in (PHOTOS, PAINTINGS))
    parser.add_argument("--photos", type=Path, nargs="+", default=photos, help=f"to paint ({' '.join(PHOTOS)})")
    parser.add_argument("--paintings", type=Path, nargs="+", default=paintings, help=f"({' '.join(PAINTINGS)})")
    parser.add_argument("--content", type=Path, nargs="+", required=True, help="photos for the methods that learn")
    parser.add_argument("--minutes", type=float, default=15.0, help="for the method that has to learn most (15)")
    parser.add_argument("--only", nargs="+", metavar="METHOD", help="these methods alone")
    parser.add_argument("-o", "--output", type=Path, default=Path("methods"), help="of the page, without suffix")
    args = parser.parse_args()
    return attempt(lambda: compare(args))


def compare(args: argparse.Namespace) -> None:
    """Runs the methods and writes the page and its grid."""
    photos, paintings = ([NamedPicture.read(path) for path in paths] for paths in (args.photos, args.paintings))
    shape = photos[0].image.shape
    content = [path.resolve() for path in args.content]
    chosen = methods(max(shape[:2]), content, args.minutes)
    if args.only:
        if unknown := set(args.only) - {method.name for method in chosen}:
            raise TrainingError(f"There is no method {', '.join(unknown)}: {', '.join(m.name for m in chosen)}.")
        chosen = [method for method in chosen if method.name in args.only]
    pairs = [(photo, painting) for painting in paintings for photo in photos]
    cells = [(Path(each.name).stem, fitted(each.image, shape)) for each in [*photos, *paintings]]
    # A row of the grid is one method.
    cells += [("", np.full(shape, BACKGROUND, np.uint8))] * (len(pairs) - len(cells))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judge = Judge(Store(folder / "judged"), None, None)
        for method in chosen:
            learning, painting_cost, found = Cost(), Cost(), []
            for painting in paintings:
                place = folder / method.name / Path(painting.name).stem
                place.mkdir(parents=True)
                write_picture(place / STYLE, painting.image)
                print(f"{method.name}, {painting.name} ...", file=sys.stderr)
                learning = sum((run(command, place) for command in method.learn), learning)
                for photo in photos:
                    write_picture(place / PHOTO, photo.image, overwrite=True)
                    (place / PAINTED).unlink(missing_ok=True)
                    painting_cost += run(method.paint, place)
                    picture = read_picture(place / PAINTED)
                    found.append(judge.figures(picture, photo, painting))
                    cells.append((f"{method.name}: {method.source}", fitted(picture, shape)))
            means = {figure: sum(each[figure] for each in found) / len(found) for figure in FIGURES}
            rows.append(row(method, learning, len(paintings), painting_cost, len(pairs), means))
    grid = args.output.with_suffix(".jpg")
    write_picture(grid, labelled_sheet(cells, columns=len(pairs)), overwrite=True)
    page = args.output.with_suffix(".md")
    try:
        page.write_text(text(grid.name, rows), "utf-8")
    except OSError as error:
        raise write_error(page, error) from error


def fitted(picture: Image, shape: tuple[int, ...]) -> Image:
    """A picture in the shape of another; what does not fit is cut off."""
    height, width = shape[:2]
    scale = max(height / picture.shape[0], width / picture.shape[1])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width])


def row(
    method: Entry, learning: Cost, paintings: int, painting: Cost, pictures: int, figures: Mapping[str, float]
) -> str:
    """A row of the table."""
    learnt = f"{learning.seconds / paintings:.0f} s" if learning.seconds else "-"
    memory = (learning + painting).memory_bytes / MIB
    values = " | ".join(f"{figures[name]:.3f}" for name in FIGURES)
    return (
        f"| {method.name} | {method.source} | {learnt} | {painting.seconds / pictures:.1f} s | {memory:.0f} MiB "
        f"| {values} |"
    )


def text(grid: str, rows: Sequence[str]) -> str:
    """The page, in Markdown."""
    return "\n".join(
        [
            "# Two photos, two paintings, every method",
            "",
            f"![The photos, the paintings, and what each method makes of them]({grid})",
            "",
            f"| method | after | learning | painting | memory | {' | '.join(FIGURES)} |",
            "|---|---|---|---|---|" + "---|" * len(FIGURES),
            *rows,
            "",
            "*learning*: seconds of one core for each painting. *painting*: the same for each picture, with the start",
            "of a process. *memory* is the largest of its processes. The figures are distances, means over the",
            "pictures, at a short side of 256 px, where 0 is the same: *content* from the photo, *style* and *swd*",
            "from the painting, see `livestyle/training/metrics.py`.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
