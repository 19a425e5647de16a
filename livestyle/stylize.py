"""Paints stills and folders of stills."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from livestyle.errors import LivestyleError, SourceError
from livestyle.frame import Image
from livestyle.sinks.part import PartFile, targets_for
from livestyle.sinks.picture_file import SUFFIXES, kind_of, write_picture
from livestyle.sources.pictures import picture_paths, read_picture
from livestyle.stylizer.stylizer import Images


@dataclass(frozen=True, slots=True)
class StylizeReport:
    """What came of painting stills.

    Attributes:
        written: The paintings.
        warnings: A sentence for everything in a folder that is no picture, or none that can be read.
    """

    written: tuple[Path, ...]
    warnings: tuple[str, ...]


def stylize_pictures(
    inputs: Iterable[Path],
    out: Path,
    paint: Callable[[Images], Images],
    on_progress: Callable[[int, int], None] | None = None,
    *,
    overwrite: bool = False,
) -> StylizeReport:
    """Paints pictures, one after the other.

    Args:
        inputs: Pictures, and folders of them (without their sub-folders).
        out: A file for a single picture, else a folder, in which the paintings have the names of their pictures.
        paint: Paints RGB uint8 (1, H, W, 3) into the same shape.
        on_progress: Is told how many pictures are done, of how many, after each. An exception from it ends the work;
            finished paintings stay.
        overwrite: Whether existing files may be replaced; never the source.

    Returns:
        What came of it.

    Raises:
        SourceError: A picture that was named can't be read, or there was none.
        SinkError: A painting can't be written; that its name is taken is found out before anything is painted.
        LivestyleError: A picture is too large for the memory.
    """
    inputs = list(inputs)
    pictures, warnings = _find(inputs)
    targets = targets_for(pictures, out, SUFFIXES, into_folder=any(map(os.path.isdir, inputs)))
    for source, target in zip(pictures, targets, strict=True):
        kind_of(target)
        PartFile(target, overwrite=overwrite, source=source).check()
    written = []
    for done, (source, target) in enumerate(zip(pictures, targets, strict=True), start=1):
        try:
            photo = read_picture(source)
        except SourceError as error:
            if source in inputs:
                raise
            warnings.append(str(error))
        else:
            write_picture(target, _paint(source, photo, paint), overwrite=overwrite, source=source)
            written.append(target)
        if on_progress is not None:
            on_progress(done, len(pictures))
    if not written:
        raise SourceError(f"There is no picture that can be read in {', '.join(map(str, inputs))}.")
    return StylizeReport(tuple(written), tuple(warnings))


def _paint(source: Path, photo: Image, paint: Callable[[Images], Images]) -> Image:
    try:
        paintings = paint(photo[None])
    except MemoryError as error:
        height, width = photo.shape[:2]
        raise LivestyleError(
            f"{source} has {width}x{height} pixels, too many for this machine's memory: make it smaller."
        ) from error
    return np.asarray(paintings[0])


def _find(inputs: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """The pictures among the inputs and in their folders; and a sentence for what else lies there."""
    pictures: list[Path] = []
    warnings: list[str] = []
    for path in inputs:
        if not os.path.isdir(path):
            pictures.append(path)
            continue
        found = picture_paths(path)
        others = {file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")} - set(found)
        pictures += found
        warnings += [f"{file} is no picture, so it is left out." for file in sorted(others)]
    return pictures, warnings
