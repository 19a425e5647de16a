"""What is dropped on the window, or chosen for it: a source, the picture of a style, or a style file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from pathlib import Path, PurePosixPath
from typing import cast

import numpy as np
from PyQt6.QtCore import QMimeData, QMimeDatabase, Qt, QUrl
from PyQt6.QtGui import QImage, QPainter

from livestyle.frame import Image
from livestyle.gui.fetch import fetch_picture
from livestyle.sources.several import as_list

STYLE_SUFFIX = ".safetensors"
WEB_SCHEMES = ("http", "https", "data")


class Use(Enum):
    """What can be done with something that is dropped."""

    SOURCE = auto()
    """It is shown, painted."""
    PHOTO = auto()
    """The same, for a photo."""
    STYLE = auto()
    """Its style is taken."""
    STYLE_FILE = auto()
    """It is opened."""


@dataclass(frozen=True, slots=True)
class PictureToRead:
    """A picture that is still to be read, which takes its time.

    Attributes:
        stem: The name of its file, without the suffix; empty if it has none.
        read: Reads it, RGB uint8 (H, W, 3); raises `SourceError`. To be called in a thread.
    """

    stem: str
    read: Callable[[], Image]


def picture_file(path: Path) -> PictureToRead:
    """The picture in a file."""
    return PictureToRead(path.stem, partial(_read, path))


def is_style_file(path: str) -> bool:
    """Whether a path is that of a style file, by its name."""
    return path.lower().endswith(STYLE_SUFFIX)


def dropped_style_file(data: QMimeData | None) -> str:
    """The path of the style file that is dragged; empty if it is something else."""
    path = "" if data is None else _url(data).toLocalFile()
    return path if is_style_file(path) else ""


def is_picture(data: QMimeData | None) -> bool:
    """Whether what is dragged is a picture. Asks for nothing that has to be transferred first."""
    if data is None:
        return False
    url = _url(data)
    # A file manager may add the file's icon as an image.
    return _names_picture(url) if url.isLocalFile() else data.hasImage() or _names_picture(url)


def uses_of(data: QMimeData | None) -> tuple[Use, ...]:
    """What can be done with what is dragged; nothing if it is neither a file nor an address nor a picture.

    A photo that is a file can be painted, or painted with; a picture out of a browser is painted with. Several files
    are shown one after the other.
    """
    if data is None:
        return ()
    if dropped_style_file(data):
        return (Use.STYLE_FILE,)
    if len(data.urls()) > 1:
        return (Use.SOURCE,)
    if is_picture(data):
        return (Use.PHOTO, Use.STYLE) if _url(data).isLocalFile() else (Use.STYLE,)
    return () if _url(data).isEmpty() else (Use.SOURCE,)


def dropped_picture(data: QMimeData) -> PictureToRead:
    """The picture that was dropped: a file, else the picture itself as a browser hands it over, else its address."""
    url = _url(data)
    if url.isLocalFile():
        return picture_file(Path(url.toLocalFile()))
    stem = PurePosixPath(url.path()).stem if url.scheme() != "data" else ""
    image = QImage(data.imageData()) if data.hasImage() else QImage()
    if not image.isNull():
        return PictureToRead(stem, partial(_as_array, image))
    return PictureToRead(stem, partial(fetch_picture, _address(url)))


def dropped_source(data: QMimeData) -> str:
    """The source that was dropped, or the list of several, as the command line writes it."""
    return as_list(url.toLocalFile() if url.isLocalFile() else _address(url) for url in data.urls())


def dropped_inputs(data: QMimeData | None) -> list[Path | str]:
    """The files, folders and addresses that are dragged."""
    urls = [] if data is None else data.urls()
    return [Path(url.toLocalFile()) if url.isLocalFile() else _address(url) for url in urls]


def _read(path: Path) -> Image:
    from livestyle.sources.pictures import read_picture

    return read_picture(path)


def _url(data: QMimeData) -> QUrl:
    urls = data.urls()
    return urls[0] if urls else QUrl()


def _names_picture(url: QUrl) -> bool:
    if url.scheme() == "data":
        return url.path().startswith("image/")
    types = QMimeDatabase()
    if url.isLocalFile():
        names = [types.mimeTypeForFile(url.toLocalFile()).name()]
    elif url.scheme() in WEB_SCHEMES:
        names = [kind.name() for kind in types.mimeTypesForFileName(url.path())]
    else:
        names = []
    # A GIF moves: it is shown, not painted with.
    return any(name.startswith("image/") and name != "image/gif" for name in names)


def _address(url: QUrl) -> str:
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)


def _as_array(image: QImage) -> Image:
    """The pixels (H, W, 3), RGB uint8; what is transparent becomes white, as in a picture that is read from a file."""
    opaque = QImage(image.size(), QImage.Format.Format_RGB888)
    opaque.fill(Qt.GlobalColor.white)
    painter = QPainter(opaque)
    painter.drawImage(0, 0, image)
    painter.end()
    bits = opaque.constBits()
    assert bits is not None
    rows = np.frombuffer(cast("bytes", bits.asarray(opaque.sizeInBytes())), np.uint8)
    rows = rows.reshape(opaque.height(), opaque.bytesPerLine())
    return rows[:, : opaque.width() * 3].reshape(opaque.height(), opaque.width(), 3).copy()
