"""Paints stills, and finds them in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from livestyle.errors import LivestyleError, SourceError
from livestyle.sinks.picture_file import write_picture
from livestyle.sources.color import WHITE, Color
from livestyle.sources.pictures import picture_paths, read_alpha, read_picture
from livestyle.sources.playlist import VIDEOS
from livestyle.stylizer.stylizer import Paint


def stylize_picture(
    source: Path,
    target: Path,
    paint: Paint,
    *,
    overwrite: bool = False,
    background: Color = WHITE,
    keep_alpha: bool = False,
) -> None:
    """Paints a still.

    Args:
        source: The photo.
        target: The painting; its suffix decides the kind.
        paint: Paints RGB uint8 (1, H, W, 3) into the same shape.
        overwrite: Whether an existing file may be replaced; never the source.
        background: What is painted where the photo is transparent.
        keep_alpha: Whether what is transparent stays so.

    Raises:
        SourceError: The photo can't be read.
        SinkError: The painting can't be written.
        LivestyleError: The photo is too large for the memory.
    """
    try:
        photo = read_picture(source, background)
    except SourceError as error:
        if source.is_file() and source.suffix.lower() in VIDEOS:
            raise SourceError(f"{source} is a video: use `livestyle convert` for it.") from error
        raise
    try:
        paintings = paint(photo[None])
    except MemoryError as error:
        height, width = photo.shape[:2]
        raise LivestyleError(
            f"{source} has {width}x{height} pixels, too many for this machine's memory: make it smaller."
        ) from error
    painting = np.asarray(paintings[0])
    alpha = read_alpha(source) if keep_alpha else None
    if alpha is not None:
        painting = np.dstack((painting, alpha))
    write_picture(target, painting, overwrite=overwrite, source=source)


def pictures_among(inputs: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """The pictures among the inputs and in their folders; and a sentence for what else lies there.

    Args:
        inputs: Pictures, and folders of them (without their sub-folders).
    """
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
