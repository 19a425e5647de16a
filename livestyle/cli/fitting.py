"""`--fit`: a style that is a picture is learnt on what is to be painted, before that is painted."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from livestyle.cli.numbers import positive
from livestyle.cli.options import Shared
from livestyle.cli.progress import ProgressBar
from livestyle.errors import LivestyleError, SourceError
from livestyle.jobs.job import How

if TYPE_CHECKING:
    from livestyle.frame import Image
    from livestyle.styles.file import Style

LOOKED_AT = 16
"""Photos that a style is learnt on, besides views of the demo scene."""
OUTSIDE_TORCH = "cpu"
"""Where it is learnt if what paints is nothing that torch knows."""


def add_fit(parser: argparse.ArgumentParser) -> None:
    """Adds the option."""
    parser.add_argument(
        "--fit",
        type=positive,
        metavar="SECONDS",
        help="learn a style that is a picture on what is to be painted, so that it comes out nearer: 5 steps a second, "
        "which take about so long on two fast cores, longer on fewer or slower ones, and give the same style on all",
    )


def learnt_styles(how: How, seconds: float, inputs: Iterable[Path | str], shared: Shared) -> Mapping[str, Style]:
    """Learns the styles that are pictures, one after the other, with a progress bar.

    The same inputs and the same time give the same styles.

    Args:
        how: Names them.
        seconds: For each.
        inputs: The photos and videos that are to be painted.
        shared: The network, and what paints.

    Returns:
        Path of a picture, as it was named -> its style, for the network that will paint it.

    Raises:
        LivestyleError: No style is a picture, or the network takes pictures as they are.
        SourceError: A picture can't be read.
        StyleError: As of `jobs.opened.choose_file`.
    """
    from livestyle.hardware import pick_device
    from livestyle.jobs.opened import looks_of
    from livestyle.networks.families import family_of
    from livestyle.sources.pictures import read_picture
    from livestyle.styles.catalog import Catalog
    from livestyle.styles.from_picture import with_pictures
    from livestyle.training.compute import Compute
    from livestyle.training.learning import learn
    from livestyle.training.learnt import STEPS_A_SECOND

    names = list(dict.fromkeys(name for look in looks_of(how) for name, _ in look.mix))
    catalog = Catalog.installed(shared.network, shared.device)
    file = with_pictures(catalog, names).files_with(names)[0]
    pictures = [name for name in names if name not in catalog.names]
    if not pictures:
        raise LivestyleError("--fit learns a style that is a picture: name one with --style, or leave out --fit.")
    if family_of(file.spec.family).reads_pictures:
        raise LivestyleError(f"The network {file.name} takes any picture as it is: leave out --fit.")
    device = pick_device(shared.device if shared.device in ("auto", "cuda", "mps") else OUTSIDE_TORCH)
    photos, learnt = _photos(list(inputs)), {}
    for name in pictures:
        newest, steps = partial(next, iter(photos), None), max(1, round(seconds * STEPS_A_SECOND))
        style = file.styles[name]
        picture = read_picture(Path(name).expanduser())
        compute = Compute.seeded(device, 0)
        with ProgressBar(f"learning {style.title}", "step") as bar:
            for each in learn(file, style, picture, newest, steps, compute=compute):
                style = replace(style, codes=each.codes)
                bar(each.steps, each.steps if each.is_over else steps)
        learnt[name] = style
    return learnt


def _photos(inputs: list[Path | str]) -> list[Image]:
    """Photos and frames of what is to be painted, evenly chosen. What can't be read is told when its turn comes."""
    from livestyle.sources.animation import moves
    from livestyle.sources.glimpses import glimpses
    from livestyle.sources.pictures import SUFFIXES, read_picture

    files = [each for each in inputs if isinstance(each, Path)]
    files = files[:: max(1, len(files) // LOOKED_AT)][:LOOKED_AT]
    photos: list[Image] = []
    for path in files:
        try:
            if path.suffix.lower() in SUFFIXES and not moves(path):
                photos.append(read_picture(path))
            else:
                photos += glimpses(path, max(1, LOOKED_AT // len(files)))
        except SourceError:
            continue
    return photos
