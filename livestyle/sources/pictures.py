"""Reading pictures, and showing them as if they were a video."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from threading import Event

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, TiffImagePlugin, UnidentifiedImageError

from livestyle.errors import SourceError
from livestyle.frame import Alpha, Frame, Image
from livestyle.sources.color import WHITE, Color
from livestyle.sources.source import FrameSource

HEIF = (".heic", ".heif")
"""What phones write; it is read where pillow-heif is installed."""

SUFFIXES = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".gif", ".avif"),
    *(".jp2", ".j2k", ".jpx", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", *HEIF),
)
"""What is taken for a picture in a folder."""

MOST_PX = 1_000_000_000
"""Pictures with more pixels are refused: a forged size could ask for any memory."""

Pillow.MAX_IMAGE_PIXELS = None  # its limit is a fifth of ours

_STRIP_PX = 4_000_000
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)  # what Pillow raises on damaged files
_SHOW_S = 5.0
_LIVE_FPS = 30.0


def read_picture(path: Path, background: Color = WHITE) -> Image:
    """Reads a picture as a viewer shows it.

    Its EXIF orientation is applied, its colours are turned into sRGB, and what is transparent shows the background.
    Numbers of 32 bits, whole or not, are scaled to what they seem to go up to.

    Args:
        path: JPEG, PNG, WebP, AVIF, TIFF, BMP or what else Pillow and OpenCV read; any depth. HEIC with pillow-heif.
        background: The colour behind what is transparent.

    Returns:
        RGB uint8 (H, W, 3).

    Raises:
        SourceError: It is missing, unreadable or no picture, or has more than `MOST_PX`.
    """
    if os.path.isdir(path):  # unlike Path.is_dir it bears names that are too long
        raise SourceError(f"{path} is a folder: choose a picture in it.")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}: check its name.") from error
    except OSError as error:
        raise SourceError(f"{path} can't be read ({error.strerror}): change its permissions or copy it.") from error
    knows_heif = path.suffix.lower() not in HEIF or _learn_heif()
    try:
        picture = Pillow.open(io.BytesIO(data))
    except UnidentifiedImageError as error:
        image = _read_with_opencv(data)
        if image is None and not knows_heif:
            raise SourceError(f"{path} is HEIC: install pillow-heif, or save it as JPEG.") from error
        if image is None:
            raise SourceError(f"{path} is no picture that can be read: use JPEG, PNG, WebP, TIFF or BMP.") from error
        return image
    except _BROKEN as error:
        raise _damaged(path) from error
    if picture.width * picture.height > MOST_PX:
        raise SourceError(f"{path} has too many pixels to be painted: make it smaller.")
    try:
        if isinstance(picture, TiffImagePlugin.TiffImageFile) and picture.mode in ("I", "F"):
            # OpenCV knows whether whole numbers have a sign; of floats it makes no colours, and says so on the console.
            deep = _read_with_opencv(data, [cv2.IMREAD_GRAYSCALE])
            if deep is not None:
                return deep
        return _shown(picture, background)
    except _BROKEN as error:
        raise _damaged(path) from error
    except MemoryError as error:
        raise SourceError(f"{path} has too many pixels for this machine's memory: make it smaller.") from error


def read_alpha(path: Path) -> Alpha | None:
    """How opaque a picture is that `read_picture` has read, 0 to 255 and upright; None if it can't be transparent."""
    with Pillow.open(path) as picture:
        if "A" not in picture.getbands() and "transparency" not in picture.info:
            return None
        upright = ImageOps.exif_transpose(picture)
        return np.asarray(upright.convert("RGBA").getchannel("A"), np.uint8)


def _learn_heif() -> bool:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _damaged(path: Path) -> SourceError:
    return SourceError(f"{path} is damaged or cut short: copy or download it again.")


def _shown(picture: Pillow.Image, background: Color) -> Image:
    if picture.getexif().get(0x0112, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
    if picture.mode[0] in "IF":  # Pillow would clip instead of scaling
        values = np.asarray(picture)
        deep = values if picture.mode in ("F", "I") and picture.format == "TIFF" else values.astype(np.uint16)
        return np.asarray(cv2.cvtColor(_in_8_bits(deep), cv2.COLOR_GRAY2RGB), np.uint8)
    has_holes = "A" in picture.getbands() or "transparency" in picture.info
    in_srgb = _to_srgb(picture, "RGBA" if has_holes else picture.mode)
    backdrop = Pillow.new("RGBA", (1, 1), background)
    width, height = picture.size
    shown = np.empty((height, width, 3), np.uint8)
    rows = max(1, _STRIP_PX // width)  # what colours take in between is several times a picture's memory
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(top + rows, height)))
        if has_holes:
            strip = strip.convert("RGBA")
        strip = in_srgb(strip)
        if has_holes:
            strip = Pillow.alpha_composite(backdrop.resize(strip.size), strip.convert("RGBA"))
        shown[top : top + rows] = np.asarray(strip.convert("RGB"))
    return shown


def _to_srgb(picture: Pillow.Image, mode: str) -> Callable[[Pillow.Image], Pillow.Image]:
    """What turns parts of a picture with an ICC profile into sRGB; phones take photos in Display P3."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return lambda part: part
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return lambda part: part
        turned = "RGBA" if mode == "RGBA" else "RGB"
        transform = ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, turned)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return lambda part: part  # a broken profile, or one for another kind of picture
    return lambda part: ImageCms.applyTransform(part, transform) or part


def _read_with_opencv(data: bytes, ways: Sequence[int] = (cv2.IMREAD_COLOR, cv2.IMREAD_GRAYSCALE)) -> Image | None:
    """Reads what Pillow doesn't know, such as TIFF with 16 bits or more of red, green and blue."""
    for colours in ways:  # grey of 64 bits is not turned into colours
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), colours | cv2.IMREAD_ANYDEPTH)
        except cv2.error:
            continue
        if image is not None:
            order = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
            return np.asarray(cv2.cvtColor(_in_8_bits(image), order), np.uint8)
    return None


def _in_8_bits(values: np.ndarray) -> Image:
    """Numbers of any kind as bytes.

    Those of more than 16 bits say nowhere what white is. So it is the first of the usual numbers that none exceeds, or
    the largest one found where the usual one would leave everything dark.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.uint16:
        return np.asarray(values // 257, np.uint8)
    usual = (255, 65535, np.iinfo(values.dtype).max) if values.dtype.kind in "iu" else (1, 255, 65535)
    numbers = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    most = float(numbers.max(initial=0))
    full = next((each for each in usual if most <= each), most)
    white = full if most >= full / 8 else most
    return np.asarray(np.clip(numbers * (255 / (white or 1)) + 0.5, 0, 255), np.uint8)


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
    return sorted(paths, key=lambda path: natural_order(path.name))


def name_of(path: Path) -> str:
    """What to call a file or folder: its name, be it given as "." or by its drive."""
    absolute = os.path.abspath(path)
    return os.path.basename(absolute) or absolute


def is_pipe(path: Path) -> bool:
    """Whether a path is a named pipe: to open it is to wait until somebody writes, to look into it takes from it."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def natural_order(name: str) -> list[tuple[int, str]]:
    """A key to sort names by: "2.jpg" comes before "10.jpg"."""
    return [(int(digits or 0), text) for digits, text in re.findall(r"(\d+)|(\D+)", name.casefold())]


class PictureSource(FrameSource):
    """Pictures as frames, all in the size of the first: others are scaled to fill it and cut at the sides.

    Args:
        pictures: A picture, a folder of pictures, or several pictures.
        live: Show the first for as long as anybody looks (`playlist` takes turns); otherwise each is one frame.
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
        return name_of(self._pictures) if isinstance(self._pictures, Path) else f"{len(self._pictures)} pictures"

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
            yield Frame(first if index == 0 else filling(read_picture(path), first), index * _SHOW_S, index)

    def _show(self, first: Image) -> Iterator[Frame]:
        start_s = time.monotonic()
        for index in count():
            time_s = index / _LIVE_FPS
            if self._closed.wait(max(0.0, time_s - (time.monotonic() - start_s))):
                return
            yield Frame(first, time_s, index)


def filling(image: Image, frame: Image) -> Image:
    """A picture scaled to fill the size of another, cut evenly where it stands out."""
    height, width = frame.shape[:2]
    if image.shape == frame.shape:
        return image
    scale = max(height / image.shape[0], width / image.shape[1])
    size = max(height, round(image.shape[0] * scale)), max(width, round(image.shape[1] * scale))
    scaled = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)
