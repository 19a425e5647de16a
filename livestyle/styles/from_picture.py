"""Pictures as styles: wherever a style is named, a picture file may stand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from livestyle.errors import StyleError
from livestyle.frame import Image
from livestyle.sources.pictures import SUFFIXES, read_picture
from livestyle.styles.catalog import Catalog, user_folder
from livestyle.styles.file import Style, StyleFile, write_style_file

PREVIEW_PX = 320
"""Short side of the picture that is kept with a style."""
_NAME = re.compile(r"\w[\w-]*")


def with_pictures(catalog: Catalog, names: Iterable[str]) -> Catalog:
    """The catalog with those of the names that are pictures as styles of theirs.

    They become styles of the first network that has all the other names and can make styles of pictures.

    Args:
        catalog: The styles at hand; a name of one of them is never taken for a picture.
        names: Of styles, and paths of pictures.

    Raises:
        SourceError: A picture is missing, or is none.
        StyleError: A style is unknown, or no network has them all and can make styles of pictures.
    """
    names = list(names)
    paths = {name: Path(os.path.expanduser(name)) for name in names if name not in catalog.names}
    pictures = {name: read_picture(path) for name, path in paths.items() if _is_picture(path)}
    if not pictures:
        return catalog
    files = catalog.files_with([name for name in names if name not in pictures])
    file = next((file for file in files if file.reads_pictures), files[0])
    return catalog.with_styles(file, [style_of(file, image, name) for name, image in pictures.items()])


def add_picture(path: Path, catalog: Catalog, name: str | None = None) -> StyleFile:
    """Makes a style of a picture and installs it for this user.

    Args:
        path: The picture.
        catalog: What is installed; the style is for the first network that can make styles of pictures.
        name: What to call the style; by default after the picture.

    Returns:
        The style file, with the one style.

    Raises:
        SourceError: The picture is missing, or is none.
        StyleError: The name can't be used or is taken, or no network can make styles of pictures.
        SinkError: The folder can't be written.
    """
    name = name or name_of(path.stem)
    target = user_folder() / f"{name}.safetensors"
    if not _NAME.fullmatch(name):
        raise StyleError(f"A style can't be called {name!r}: use letters, digits, _ and -.")
    if name in catalog.names or target.exists():
        raise StyleError(f"There is a style {name!r} already: choose another name with --name.")
    file = next((file for file in catalog.files if file.reads_pictures), catalog.files[0])
    style = style_of(file, read_picture(path), name, title_of(path.stem))
    added = replace(file, styles={name: style}, predictor={}, name=name)
    write_style_file(target, added)
    return added


def style_of(file: StyleFile, picture: Image, name: str, title: str | None = None) -> Style:
    """A style made of a picture, which is its preview too.

    Args:
        file: The network.
        picture: RGB uint8 (H, W, 3).
        name: What to call it.
        title: What to call it in full; by default as the path that `name` is says.

    Raises:
        StyleError: The network can't make styles of pictures.
    """
    from livestyle.styles.predict import predict_style  # imports torch

    style = predict_style(file, picture, name, title_of(Path(name).stem) if title is None else title)
    return replace(style, preview=_preview(picture))


def name_of(stem: str) -> str:
    """What a style is named after a picture: `Carpet from-Shiraz` is "carpet_from-shiraz"."""
    return re.sub(r"[^\w-]+", "_", stem.casefold()).strip("_-") or "picture"


def title_of(stem: str) -> str:
    """What to call a picture: `carpet_from-Shiraz` is "Carpet from Shiraz"."""
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] or "Picture"


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES or os.path.isfile(path)  # unlike Path.is_file it bears any text


def _preview(picture: Image) -> bytes:
    height, width = picture.shape[:2]
    scale = min(1.0, PREVIEW_PX / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.imencode(".jpg", small)[1]).tobytes()
