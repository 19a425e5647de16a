"""Reading pictures, and showing them as if they were a video."""

from __future__ import annotations

import io
import os
import re
import struct
import time
import warnings
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from threading import Event

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image
from livestyle.sources.source import FrameSource

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""What is taken for a picture in a folder."""

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)  # what Pillow raises on damaged files
_SHOW_S = 5.0
_LIVE_FPS = 30.0


def read_picture(path: Path) -> Image:
    """Reads a picture as a viewer shows it.

    Its EXIF orientation is applied, its colours are turned into sRGB, and what is transparent becomes white.

    Args:
        path: JPEG, PNG, WebP, TIFF, BMP or what else Pillow and OpenCV read; any depth.

    Returns:
        RGB uint8 (H, W, 3).

    Raises:
        SourceError: It is missing, unreadable or no picture.
    """
    if os.path.isdir(path):  # unlike Path.is_dir it bears names that are too long
        raise SourceError(f"{path} is a folder: choose a picture in it.")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}: check its name.") from error
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): change its permissions or copy it.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(data))
    except Pillow.DecompressionBombError as error:
        raise SourceError(f"{path} has too many pixels to be painted: make it smaller.") from error
    except UnidentifiedImageError as error:
        image = _read_with_opencv(data)
        if image is None:
            raise SourceError(f"{path} is no picture that can be read: use JPEG, PNG, WebP, TIFF or BMP.") from error
        return image
    except _BROKEN as error:
        raise _damaged(path) from error
    try:
        return _shown(picture)
    except _BROKEN as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> SourceError:
    return SourceError(f"{path} is damaged or cut short: copy or download it again.")


def _shown(picture: Pillow.Image) -> Image:
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip instead of scaling
        gray = np.clip(np.asarray(picture) // 257, 0, 255).astype(np.uint8)
        return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), np.uint8)
    profile = picture.info.get("icc_profile")
    has_holes = "A" in picture.getbands() or "transparency" in picture.info
    if has_holes:
        picture = picture.convert("RGBA")
    if profile:
        picture = _in_srgb(picture, profile)
    if has_holes:
        white = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(white, picture.convert("RGBA"))
    return np.array(picture.convert("RGB"), np.uint8)


def _in_srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    """Turns the colours of a picture with an ICC profile into sRGB; phones take photos in Display P3."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return picture
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile, or one for another kind of picture


def _read_with_opencv(data: bytes) -> Image | None:
    """Reads what Pillow doesn't know, such as TIFF with 16 bits of red, green and blue."""
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if image is None else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def picture_paths(folder: Path) -> list[Path]:
    """The pictures in a folder, not in folders within it; "2.jpg" comes before "10.jpg".

    Raises:
        SourceError: There is none, or the folder can't be read.
    """
    try:
        paths = [p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.name[0] != "." and p.is_file()]
    except OSError as error:
        raise SourceError(f"The folder {folder} can't be read ({error.strerror}).") from error
    if not paths:
        raise SourceError(f"There is no picture in {folder}: choose a folder with JPEG, PNG, WebP, TIFF or BMP files.")
    return sorted(paths, key=lambda p: [(int(d or 0), t) for d, t in re.findall(r"(\d+)|(\D+)", p.name.casefold())])


class PictureSource(FrameSource):
    """Pictures as frames, all in the size of the first: others are scaled to fill it and cut at the sides.

    Args:
        pictures: A picture, a folder of pictures, or several pictures.
        live: Show each for five seconds, over and over; otherwise each is one frame.
    """

    is_still = True

    def __init__(self, pictures: Path | Sequence[Path], *, live: bool = False) -> None:
        self.is_live = live
        self._pictures = pictures
        self._paths: list[Path] = []
        self._first: Image | None = None
        self._closed = Event()

    @property
    def name(self) -> str:
        """Name of the file or folder."""
        return self._pictures.name if isinstance(self._pictures, Path) else f"{len(self._pictures)} pictures"

    def open(self) -> None:
        """Finds the pictures and reads the first.

        Raises:
            SourceError: There is none, or it can't be read.
        """
        if not isinstance(self._pictures, Path):
            self._paths = list(self._pictures)
        elif self._pictures.is_dir():
            self._paths = picture_paths(self._pictures)
        else:
            self._paths = [self._pictures]
        if not self._paths:
            raise SourceError("No picture is chosen: choose at least one.")
        self._first = read_picture(self._paths[0])
        self._closed.clear()

    def close(self) -> None:
        """Makes the iteration end."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames.

        Raises:
            SourceError: A picture can't be read.
        """
        first = self._first
        if first is None:
            raise SourceError(f"{self.name} is not open.")
        if self.is_live:
            yield from self._show(first)
            return
        for index, path in enumerate(self._paths):
            if self._closed.is_set():
                return
            yield Frame(first if index == 0 else _filling(read_picture(path), first), index * _SHOW_S, index)

    def _show(self, first: Image) -> Iterator[Frame]:
        start_s, image, shown = time.monotonic(), first, 0
        for index in count():
            time_s = index / _LIVE_FPS
            if self._closed.wait(max(0.0, time_s - (time.monotonic() - start_s))):
                return
            turn = int(time_s / _SHOW_S) % len(self._paths)
            if turn != shown:
                image, shown = _filling(read_picture(self._paths[turn]), first), turn
            yield Frame(image, time_s, index)


def _filling(image: Image, frame: Image) -> Image:
    """A picture scaled to fill the size of another, cut evenly where it stands out."""
    height, width = frame.shape[:2]
    if image.shape == frame.shape:
        return image
    scale = max(height / image.shape[0], width / image.shape[1])
    size = max(height, round(image.shape[0] * scale)), max(width, round(image.shape[1] * scale))
    scaled = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)
