"""Paints stills and folders of stills."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from livestyle.errors import LivestyleError, SinkError, SourceError
from livestyle.frame import Image
from livestyle.sinks.part import targets_for
from livestyle.sinks.pictures import SUFFIXES, write_picture
from livestyle.sources.pictures import read_picture
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
        SinkError: A painting can't be written.
        LivestyleError: A picture is too large for the memory.
    """
    inputs = list(inputs)
    pictures, warnings = _find(inputs)
    folder_given = any(path.is_dir() for path in inputs)
    if folder_given and out.is_file():
        raise SinkError(f"{out} is a file: give the name of a folder.")
    targets = targets_for(pictures, out, SUFFIXES)
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
    """The pictures among the inputs and in their folders, by name; and a sentence for what else lies there."""
    pictures: list[Path] = []
    warnings: list[str] = []
    for path in inputs:
        if not path.is_dir():
            pictures.append(path)
            continue
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in SUFFIXES:
                pictures.append(file)
            elif file.is_file():
                warnings.append(f"{file} is no picture, so it is left out.")
    return pictures, warnings
