"""Writes pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from livestyle.errors import SinkError
from livestyle.frame import Image
from livestyle.sinks.part import PartFile, write_error

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""The kinds of picture that can be written."""

_WITH_ALPHA = (".png", ".webp", ".tif", ".tiff")
_ORDER = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}

_QUALITY = {
    # Brush strokes are fine detail in strong colours: the usual 4:2:0 chroma of JPEG smears them.
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 95],
}


def kind_of(path: Path) -> str:
    """The kind of picture that a file name asks for: one of `SUFFIXES`.

    Raises:
        SinkError: It asks for none of them.
    """
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise SinkError(f"Can't tell the kind of picture from {path.name!r}: end it in {', '.join(SUFFIXES)}.")
    return kind


def check_alpha(path: Path) -> None:
    """Raises `SinkError` if a picture of this name can't be transparent."""
    if kind_of(path) not in _WITH_ALPHA:
        raise SinkError(f"{path.name} can't hold transparency: end it in {', '.join(_WITH_ALPHA)}.")


def write_picture(path: Path, image: Image, *, overwrite: bool = False, source: Path | None = None) -> None:
    """Writes a picture, as `NAME.part` until it is whole.

    Args:
        path: Ends in one of `SUFFIXES`, which decides the kind.
        image: RGB uint8 (H, W, 3), or RGBA (H, W, 4) for kinds that `check_alpha` takes.
        overwrite: Whether an existing file may be replaced.
        source: The file the picture was made from; it is never written over.

    Raises:
        SinkError: The kind is unknown, the name is taken or can't be written, or the picture is too large for its kind.
    """
    kind = kind_of(path)
    height, width = image.shape[:2]
    try:
        whole, data = cv2.imencode(
            kind, cv2.cvtColor(image, _ORDER[image.shape[2]]), _QUALITY.get(kind.replace("jpeg", "jpg"), [])
        )
    except cv2.error:
        whole = False
    if not whole:
        raise SinkError(
            f"A {kind} file can't hold {width}x{height} pixels: write {path.name} as .png, or make it smaller."
        )
    with PartFile(path, overwrite=overwrite, source=source) as part:
        try:
            part.path.write_bytes(data.tobytes())
        except OSError as error:
            raise write_error(path, error) from error


def as_jpeg(picture: Image, quality: int = 88) -> bytes:
    """A picture, RGB uint8 (H, W, 3), as the bytes of a JPEG."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return np.asarray(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]).tobytes()
