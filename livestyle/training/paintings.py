"""The paintings to learn: the pictures, and what is known about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from livestyle.depth import Tones, tones_of
from livestyle.errors import TrainingError
from livestyle.sources.pictures import read_picture
from livestyle.styles.file import Style
from livestyle.training.material import find_pictures


@dataclass(frozen=True)
class Painting:
    """A painting to learn.

    Attributes:
        path: Its picture.
        name: What the command line will call it.
        title: In full.
        artist: Who painted it; "" if not known.
        year: When; "" if not known.
        licence: Of the painting; "" if not known.
    """

    path: Path
    name: str
    title: str
    artist: str = ""
    year: str = ""
    licence: str = ""

    def style(self, codes: npt.NDArray[np.float32]) -> Style:
        """It as a style, with the codes learnt for it (S, K), without a preview."""
        return Style(self.name, self.title, self.artist, self.year, self.licence, codes, tones=self._tones)

    @cached_property
    def _tones(self) -> Tones:
        return tones_of(read_picture(self.path))


def find_paintings(places: Iterable[Path], about: Path | None = None) -> list[Painting]:
    """The pictures in files and folders, as paintings, those that the table tells of first and in its order.

    Args:
        places: Files and folders.
        about: A TOML file with a table a painting, called as its file without suffix: `[starry_night]` with `title`,
            `artist`, `year` and `licence`. Pictures not in it are called by their file name.

    Raises:
        TrainingError: No pictures, two of one name, or a TOML file that can't be read.
    """
    try:
        known = tomllib.loads(about.read_text("utf-8")) if about else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(f"Can't read {about}: {error}.") from error
    paintings: dict[str, Painting] = {}
    for path in find_pictures(places):
        name = re.sub(r"\W+", "_", path.stem.lower()).strip("_") or "style"
        if name in paintings:
            raise TrainingError(f"Two paintings are called {name}: {paintings[name].path} and {path}. Rename one.")
        facts = {key: str(value) for key, value in known.get(name, {}).items()}
        title = facts.pop("title", name.replace("_", " ").title())
        try:
            paintings[name] = Painting(path, name, title, **facts)
        except TypeError as error:
            raise TrainingError(f"{about} may say title, artist, year and licence of {name}, nothing else.") from error
    place = {name: number for number, name in enumerate(known)}
    return sorted(paintings.values(), key=lambda painting: place.get(painting.name, len(place)))
