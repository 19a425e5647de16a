"""What a user names as inputs: files, patterns, folders and addresses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from livestyle.errors import SourceError
from livestyle.sinks.part import clear_left_over
from livestyle.sources.address import is_address, public

_MOVING = (".gif", ".webp", ".apng", ".png", ".avif")
"""What may be a video in a folder, beside what is."""

Source = Path | str
"""A path, or an address."""

AnySource = TypeVar("AnySource", Path, Source)


def named(texts: Iterable[str]) -> list[Source]:
    """The files, folders and addresses that texts name, patterns expanded: the shell of Windows leaves that to us.

    What is named twice is there once.

    Args:
        texts: Paths, patterns such as `*.mp4`, addresses. A file whose name reads like a pattern is that file.

    Raises:
        SourceError: Some are missing; the sentence names all of them.
    """
    from livestyle.sources.pictures import natural_order  # imports OpenCV

    found: list[Source] = []
    missing: list[str] = []
    for text in texts:
        path = os.path.expanduser(text)
        if is_address(text):
            found.append(text)
        elif os.path.exists(path):
            found.append(Path(path))
        elif has_magic(path) and (matches := glob(path, recursive=True)):
            found += sorted(map(Path, matches), key=lambda match: natural_order(str(match)))
        else:
            missing.append(text)
    if missing:
        if len(missing) == 1:
            raise SourceError(f"There is no file {missing[0]}: check its name.")
        raise SourceError(f"There are no files {', '.join(missing)}: check their names.")
    return list(dict.fromkeys(found))


def named_files(texts: Iterable[str]) -> list[Path]:
    """The same where addresses are of no use.

    Raises:
        SourceError: As of `named`, or there is an address.
    """
    found = named(texts)
    for source in found:
        if isinstance(source, str):
            raise SourceError(f"{public(source)} is an address: download the picture, and give its file.")
    return [Path(source) for source in found]


def clips_among(inputs: Iterable[Source]) -> list[Source]:
    """The inputs, with folders replaced by the videos in them (not in their sub-folders).

    Raises:
        SourceError: There is none in a folder, or it can't be read.
    """
    clips: list[Source] = []
    for source in inputs:
        clips += _clips_in(source) if isinstance(source, Path) and source.is_dir() else [source]
    return clips


def _clips_in(folder: Path) -> list[Path]:
    from livestyle.sources.animation import moves  # imports PyAV
    from livestyle.sources.pictures import natural_order
    from livestyle.sources.playlist import VIDEOS

    def is_clip(path: Path) -> bool:
        kind = path.suffix.lower()
        return path.is_file() and path.name[0] != "." and (kind in VIDEOS or (kind in _MOVING and moves(path)))

    try:
        clips = [path for path in folder.iterdir() if is_clip(path)]
    except OSError as error:
        raise SourceError(f"The folder {folder} can't be read ({error.strerror}).") from error
    if not clips:
        raise SourceError(f"There is no video in {folder}: choose a folder with videos, or name them.")
    return sorted(clips, key=lambda path: natural_order(path.name))


def shown_name(source: Source) -> str:
    """What to call an input: its path, or its address without user and password."""
    return str(source) if isinstance(source, Path) else public(source)


def file_name(source: Source) -> Path:
    """The name of a file that an input is, or that an address ends in."""
    if isinstance(source, Path):
        return source
    return Path(Path(unquote(urlsplit(source).path)).name or "stream")


def without_existing(
    sources: Sequence[AnySource], targets: Sequence[Path], tell: Callable[[str], object]
) -> list[tuple[AnySource, Path]]:
    """The pairs whose target is not there yet, half files of runs that were cut off cleared away. The rest is told."""
    pairs = list(zip(sources, targets, strict=True))
    left = [pair for pair in pairs if not os.path.lexists(pair[1])]
    if len(left) < len(pairs):
        tell(f"Results that are there already are left out: {len(pairs) - len(left)} of {len(pairs)}.")
    for _, target in left:
        clear_left_over(target)
    return left
