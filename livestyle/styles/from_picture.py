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
from livestyle.sinks.picture_file import as_jpeg
from livestyle.sources.pictures import SUFFIXES, read_picture
from livestyle.styles.catalog import Catalog, user_folder
from livestyle.styles.file import IDENTITY, Style, StyleFile
from livestyle.styles.kept import by_itself, write_styles
from livestyle.styles.renew import renewed

PICTURE_PX = 256
"""Short side of the picture that is kept with a style: the predictor looks at no more (`predictor.AREA_PX`)."""
JPEG_QUALITY = 80
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
    if any(name in catalog.outdated for name in names):
        catalog = renewed(catalog, names)
    paths = {name: Path(os.path.expanduser(name)) for name in names if name not in catalog.names}
    pictures = {name: read_picture(path) for name, path in paths.items() if _is_picture(path)}
    if not pictures:
        return catalog
    files = catalog.files_with([name for name in names if name not in pictures])
    file = next((file for file in files if file.reads_pictures), files[0])
    return catalog.with_styles(file, [style_of(file, image, name) for name, image in pictures.items()])


def add_picture(path: Path, catalog: Catalog, name: str | None = None) -> Path:
    """Makes a style of a picture and installs it for this user.

    Args:
        path: The picture.
        catalog: What is installed; the style is for the first network that can make styles of pictures.
        name: What to call the style; by default after the picture.

    Returns:
        The file that was installed.

    Raises:
        SourceError: The picture is missing, or is none.
        StyleError: The name can't be used or is taken, or no network can make styles of pictures.
        SinkError: The folder can't be written.
    """
    name = name or name_of(path.stem)
    target = user_folder() / f"{name}.safetensors"
    if not _NAME.fullmatch(name):
        raise StyleError(f"A style can't be called {name!r}: use letters, digits, _ and -.")
    if name in (IDENTITY, *catalog.names, *catalog.outdated) or target.exists():
        raise StyleError(f"There is a style {name!r} already: choose another name with --name.")
    file = next((file for file in catalog.files if file.reads_pictures), catalog.files[0])
    style = painted(file, style_of(file, read_picture(path), name, title_of(path.stem)))
    write_styles(target, by_itself(file, style))
    return target


def style_of(file: StyleFile, picture: Image, name: str, title: str | None = None) -> Style:
    """A style made of a picture, which it carries.

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
    return replace(style, picture=small_picture(picture))


def painted(file: StyleFile, style: Style) -> Style:
    """A style of a network with a preview, which takes another moment.

    Raises:
        StyleError: The file is damaged.
    """
    from livestyle.styles.preview import paint_preview  # imports torch

    return replace(style, preview=paint_preview(file, style))


def name_of(stem: str) -> str:
    """What a style is named after a picture: `Carpet from-Shiraz` is "carpet_from-shiraz"."""
    return re.sub(r"[^\w-]+", "_", stem.casefold()).strip("_-") or "picture"


def title_of(stem: str) -> str:
    """What to call a picture: `carpet_from-Shiraz` is "Carpet from Shiraz"."""
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] or "Picture"


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES or os.path.isfile(path)  # unlike Path.is_file it bears any text


def small_picture(picture: Image) -> bytes:
    """A picture, RGB uint8 (H, W, 3), as styles keep it: a JPEG, and the same one for the same picture."""
    height, width = picture.shape[:2]
    scale = min(1.0, PICTURE_PX / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return as_jpeg(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), JPEG_QUALITY)
