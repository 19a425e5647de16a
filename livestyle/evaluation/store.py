"""Figures and pictures kept on disk under the digest of all they were made from, so that none is made twice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from livestyle.errors import SinkError
from livestyle.frame import Image
from livestyle.sinks.part import write_error
from livestyle.sinks.picture_file import write_picture
from livestyle.sources.pictures import read_picture

Row = dict[str, float]
"""Figures by their names."""


class Store:
    """A folder of what has been made. Several runs may share it.

    Args:
        folder: Made if it is missing.

    Raises:
        SinkError: The folder can't be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SinkError(f"The folder {folder} can't be made ({error.strerror}): choose another.") from error

    def figures(self, key: str, make: Callable[[], Row]) -> Row:
        """The figures of that key, made if they are not there."""
        path = self.folder / f"{key}.json"
        if path.exists():
            return {name: float(value) for name, value in json.loads(path.read_text("utf-8")).items()}
        row = make()
        self._write(path, lambda part: part.write_text(json.dumps(row), "utf-8"))
        return row

    def picture(self, key: str, make: Callable[[], Image]) -> Image:
        """The picture of that key, RGB uint8 (H, W, 3), made if it is not there."""
        path = self.folder / f"{key}.png"
        if path.exists():
            return read_picture(path)
        image = make()
        self._write(path, lambda part: write_picture(part, image, overwrite=True))
        return image

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        """Makes a file that is whole from the start, whatever other runs make at the same time."""
        part = path.with_name(f"{os.getpid()}-{path.name}")
        try:
            write(part)
            part.replace(path)
        except OSError as error:
            raise write_error(path, error) from error
