"""Paints one photo in one style by every method, and writes a page: a grid of pictures and a table of figures.

    python scripts/compare_methods.py photo.jpg painting.jpg --photos photos/ --vgg vgg16.safetensors -o comparison

Without a photo and a painting, the demo scene is painted in a style that is drawn by code. Each method is the commands
that a user would type, run one after the other, so that its seconds and its memory are what a user would meet. Those
that have to learn the style first get `--minutes` for it, far less than in their papers.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
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
from livestyle.sheet import labelled_sheet
from livestyle.sinks.part import write_error
from livestyle.sinks.picture_file import write_picture
from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.sources.pictures import read_picture

SCENE_S = 2.0
SCENE_HW = (216, 384)
"""Small, as optimisation takes time in proportion."""
OPTIMIZE_ITERATIONS = 150
DOODLE_ITERATIONS = 40
GIB = 2**30


@dataclass(frozen=True)
class Entry:
    """One method: how it is called, and what a user types, after `livestyle` or with a script; the last one paints."""

    name: str
    source: str
    commands: list[list[str]]


@dataclass(frozen=True)
class Cost:
    """What commands took."""

    seconds: float = 0.0
    memory_bytes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, max(self.memory_bytes, other.memory_bytes))


def methods(size_hw: tuple[int, int], photos: Sequence[Path], minutes: float, vgg: Path | None) -> list[Entry]:
    """All methods, as commands in a folder that holds `photo.png`, of that size, and `style.png`.

    Each writes `NAME.png`. Those that learn do so on the photos, files and folders, for so many minutes.
    """
    eyes = ["--vgg", str(vgg)] if vgg else []
    slow = ["--style", "style.png", "--size", str(max(size_hw)), "--architecture", "vgg16", *eyes]
    places = [str(place) for place in photos]

    def learns(name: str) -> list[str]:
        return ["--minutes", f"{minutes:g}", "--run", f"runs/{name}", "-o", f"{name}.safetensors", *eyes]

    def stylize(name: str, style: str, network: str) -> list[str]:
        return ["stylize", "photo.png", "-o", f"{name}.png", "--style", style, "--network", network]

    johnson = ["train", "styles", "--preset", "johnson", "--styles", "style.png", "--content", *places]
    texture = ["train", "texture", "--styles", "style.png", "--content", *places]
    fit = ["styles", "fit", "style.png", "--network", "s2d-64", "--photos", *places]
    return [
        Entry(
            "optimize",
            "Gatys et al. 2015",
            [["optimize", "photo.png", "-o", "optimize.png", *slow, "--iterations", f"{OPTIMIZE_ITERATIONS}"]],
        ),
        Entry(
            "doodle",
            "Champandard 2016, patches",
            [["doodle", "photo.png", "-o", "doodle.png", *slow, "--iterations", f"{DOODLE_ITERATIONS}"]],
        ),
        Entry("patches", "Champandard 2016, forward", [stylize("patches", "style.png", "patches")]),
        Entry(
            "johnson",
            "Johnson et al. 2016",
            [
                [*johnson, *learns("johnson")],
                ["styles", "add", "johnson.safetensors"],
                stylize("johnson", "style", "johnson"),
            ],
        ),
        Entry(
            "texture",
            "Ulyanov et al. 2016",
            [
                [*texture, *learns("texture")],
                ["texture", "texture.safetensors", "--photo", "photo.png", "-o", "texture.png"],
            ],
        ),
        Entry(
            "fit",
            "Dumoulin et al. 2016",
            [[*fit, *learns("fit")], ["styles", "add", "fit.safetensors"], stylize("fit", "style", "s2d-64")],
        ),
        Entry("adain", "Huang & Belongie 2017", [stylize("adain", "style.png", "adain")]),
        Entry("predicted", "Ghiasi et al. 2017", [stylize("predicted", "style.png", "s2d-64")]),
    ]


def run(command: Sequence[str], folder: Path) -> Cost:
    """Runs a command in a folder, with a catalog of its own there.

    Raises:
        TrainingError: It failed.
    """
    words = [sys.executable, "-m", "livestyle", *command]
    environment = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    log = folder / "log.txt"
    start_s = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=output, stderr=output)
        # Not `wait`: this one also says what the process has used.
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text("utf-8", "replace").strip().splitlines()
        raise TrainingError(f"`{shlex.join(command)}` failed: {said[-1] if said else process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(time.perf_counter() - start_s, usage.ru_maxrss * unit)


def drawn_painting(height: int = 480, width: int = 640, seed: int = 3) -> Image:
    """A landscape of brush strokes that follow a swirling field: RGB uint8 (height, width, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    turn = np.zeros((height, width), np.float32)
    for _ in range(7):
        far = np.hypot(y - rng.uniform(0, 0.6), x - rng.uniform(0, width / height))
        turn += np.exp(-((far / 0.22) ** 2)) * rng.choice([-1, 1]) * 3
    turn += 0.4 * np.sin(5 * x + 2 * y)
    palette = np.array(
        [(24, 38, 92), (46, 84, 150), (112, 158, 196), (236, 196, 84), (214, 120, 40), (52, 92, 60)], np.float32
    )
    picture = np.full((height, width, 3), palette[0], np.uint8)
    for i in range(9000):
        row, column = int(rng.integers(height)), int(rng.integers(width))
        light = 0.5 + 0.5 * np.sin(2.2 * float(turn[row, column]) + 3 * row / height)
        color = palette[
            5 if row > 0.75 * height and rng.random() < 0.7 else min(4, int(light * 4.2 + rng.normal(0, 0.5)))
        ]
        color = np.clip(color + rng.normal(0, 12, 3), 0, 255)
        length = 26 * (1 - 0.6 * i / 9000)
        step = length * np.array([np.cos(turn[row, column]), np.sin(turn[row, column])])
        start, end = (column - int(step[0]), row - int(step[1])), (column + int(step[0]), row + int(step[1]))
        cv2.line(picture, start, end, color.tolist(), int(rng.integers(2, 6)), cv2.LINE_AA)
    return picture


def main() -> int:
    """Compares; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="*", metavar="PHOTO STYLE", help="default: drawn ones")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="photos for the methods that learn")
    parser.add_argument("--minutes", type=float, default=10.0, help="for each method that learns (10)")
    parser.add_argument("--vgg", type=Path, help="VGG-16 weights as safetensors; default: torchvision's")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these methods alone")
    parser.add_argument("-o", "--output", type=Path, default=Path("methods"), help="of the page, without suffix")
    args = parser.parse_args()
    if len(args.pictures) not in {0, 2}:
        parser.error("give a photo and a style, or neither")
    return attempt(lambda: compare(args))


def compare(args: argparse.Namespace) -> None:
    """Runs the methods and writes the page and its grid."""
    if args.pictures:
        photo, style = (read_picture(path) for path in args.pictures)
    else:
        photo, style = draw_demo_scene(SCENE_S, *SCENE_HW), drawn_painting()
    photos, vgg = [path.resolve() for path in args.photos], args.vgg and args.vgg.resolve()
    chosen = methods((photo.shape[0], photo.shape[1]), photos, args.minutes, vgg)
    if args.only:
        if unknown := set(args.only) - {method.name for method in chosen}:
            raise TrainingError(f"There is no method {', '.join(unknown)}: {', '.join(m.name for m in chosen)}.")
        chosen = [method for method in chosen if method.name in args.only]
    cells = [("photo", photo), ("style", fitted(style, photo))]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judge = Judge(Store(folder / "judged"), vgg, None)
        write_picture(folder / "photo.png", photo)
        write_picture(folder / "style.png", style)
        for method in chosen:
            print(f"{method.name} ...", file=sys.stderr)
            learning = sum((run(command, folder) for command in method.commands[:-1]), Cost())
            painting = run(method.commands[-1], folder)
            picture = read_picture(folder / f"{method.name}.png")
            figures = judge.figures(picture, NamedPicture("photo", photo), NamedPicture("style", style))
            cells.append((f"{method.name}: {method.source}", fitted(picture, photo)))
            rows.append(row(method, learning, painting, figures["content"], figures["style"]))
    grid = args.output.with_suffix(".jpg")
    write_picture(grid, labelled_sheet(cells, columns=2), overwrite=True)
    page = args.output.with_suffix(".md")
    try:
        page.write_text(text(grid.name, rows, args), "utf-8")
    except OSError as error:
        raise write_error(page, error) from error


def fitted(picture: Image, photo: Image) -> Image:
    """A picture at the size of the photo; what does not fit is cut off."""
    height, width = photo.shape[:2]
    scale = max(height / picture.shape[0], width / picture.shape[1])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width])


def row(method: Entry, learning: Cost, painting: Cost, content: float, style: float) -> str:
    """A row of the table."""
    learnt = f"{learning.seconds:.0f} s" if learning.seconds else "-"
    memory = (learning + painting).memory_bytes / GIB
    return (
        f"| {method.name} | {method.source} | {learnt} | {painting.seconds:.1f} s | {memory:.1f} GiB "
        f"| {content:.3f} | {style:.3f} |"
    )


def text(grid: str, rows: Sequence[str], args: argparse.Namespace) -> str:
    """The page, in Markdown."""
    return "\n".join(
        [
            "# One photo, one style, every method",
            "",
            f"![The photo, the style, and what each method makes of them]({grid})",
            "",
            "| method | after | learning | painting | memory | content | style |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            "*content*, *style*: distances from the photo and the style picture at a short side of 256 px, see",
            "`livestyle/training/metrics.py`: 0 is the same, 1 unrelated. *painting*: a whole process, with its start.",
            f"*memory* is the largest of its processes. To learn the style there were {args.minutes:g} minutes.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
