"""A pack: all that a list of trainings learns from in one file, small enough to be sent to a machine that is lent.

It is a ZIP of JPEGs: `styles/NAME.jpg`, `content/NUMBER.jpg` and `others/NUMBER.jpg`; `about.toml` says what is known
of the paintings. Unpacked, its folders are places that pictures are found in, like any others.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livestyle.errors import TrainingError
from livestyle.sinks.part import PartFile, write_error
from livestyle.sinks.picture_file import as_jpeg
from livestyle.training.material import load_picture, split_photos
from livestyle.training.paintings import Painting

MOST_BYTES = 60 * 2**20
PICTURE_PX = 304
"""Short side of photos and other pictures: a little more than what is painted of them."""
STYLE_PX = 768
"""And of paintings, at most: they are looked at up to 540 px high, but textures are learnt from parts of them."""
QUALITY = {"styles": 92, "content": 85, "others": 85}
"""Of the JPEGs."""

_ABOUT = "about.toml"
_ENTRY_BYTES = 200
"""What a picture takes in a ZIP beside its own bytes, at most."""
_KNOWN = re.compile(r"(styles|content|others)/[^/\\:]+|about\.toml")
_DATE = (1980, 1, 1, 0, 0, 0)  # so that the same pictures make the same file


@dataclass(frozen=True)
class Material:
    """Where an unpacked pack lies.

    Attributes:
        styles: The folder of the paintings.
        content: That of the photos.
        others: That of the other pictures; none, or one.
        about: What is known of the paintings.
    """

    styles: Path
    content: Path
    others: tuple[Path, ...]
    about: Path


def write_pack(
    path: Path,
    paintings: Sequence[Painting],
    photos: Sequence[Path],
    others: Sequence[Path] = (),
    most_bytes: int = MOST_BYTES,
) -> Mapping[str, int]:
    """Writes a pack, in place of one that is there. Photos and others are thinned out evenly until they fit.

    Args:
        path: Its name.
        paintings: To learn.
        photos: To learn on; those that every training holds out (see `material.split_photos`) are left out.
        others: Pictures to learn prediction from.
        most_bytes: It gets no larger.

    Returns:
        Folder -> how many pictures are in it.

    Raises:
        TrainingError: The paintings alone are too large.
        SourceError: One is no picture.
        SinkError: The file can't be written.
    """
    styles = {f"{painting.name}.jpg": _packed(painting.path, "styles", STYLE_PX) for painting in paintings}
    about = _about(paintings).encode()
    room = most_bytes - _size(styles.values()) - len(about) - 2 * _ENTRY_BYTES
    if room < 0:
        raise TrainingError(f"The paintings alone take more than {most_bytes >> 20} MiB: give fewer of them.")
    content = [_packed(photo, "content", PICTURE_PX) for photo in split_photos(photos)[0]]
    other = [_packed(picture, "others", PICTURE_PX) for picture in others]
    share = 1.0
    while _size(thinned(content, share)) + _size(thinned(other, share)) > room:
        share *= 0.99
    folders = {
        "styles": styles,
        "content": _numbered(thinned(content, share)),
        "others": _numbered(thinned(other, share)),
    }
    with PartFile(path, overwrite=True) as part:
        try:
            with zipfile.ZipFile(part.path, "w") as file:
                file.writestr(zipfile.ZipInfo(_ABOUT, _DATE), about)
                for folder, pictures in folders.items():
                    for name, picture in pictures.items():
                        file.writestr(zipfile.ZipInfo(f"{folder}/{name}", _DATE), picture)
        except OSError as error:
            raise write_error(path, error) from error
    return {folder: len(pictures) for folder, pictures in folders.items()}


def unpack(path: Path, folder: Path) -> Material:
    """Unpacks a pack into a folder of its own in a folder, unless that was done before.

    Raises:
        TrainingError: There is none, it is damaged or without paintings or photos, or there is no room for it.
    """
    if not path.is_file():
        raise TrainingError(f"There is no pack {path}: make one with livestyle train pack.")
    try:
        with zipfile.ZipFile(path) as file:
            entries = [entry for entry in file.infolist() if _KNOWN.fullmatch(entry.filename)]
            named = sorted((entry.filename, entry.CRC) for entry in entries)
            place = folder / f"{zlib.crc32(repr(named).encode()):08x}"
            if not place.is_dir():
                part = place.with_suffix(".part")
                shutil.rmtree(part, ignore_errors=True)
                file.extractall(part, entries)
                part.rename(place)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise TrainingError(f"{path} is no pack, or damaged: make it anew with livestyle train pack.") from error
    except OSError as error:
        raise TrainingError(f"Can't unpack {path} into {folder}: {error}.") from error
    material = Material(
        place / "styles",
        place / "content",
        tuple(others for others in [place / "others"] if others.is_dir()),
        place / _ABOUT,
    )
    if not (material.styles.is_dir() and material.content.is_dir() and material.about.is_file()):
        raise TrainingError(f"{path} is no pack with paintings and photos: make one with livestyle train pack.")
    return material


def thinned(pictures: Sequence[bytes], share: float) -> list[bytes]:
    """That share of them, evenly spread."""
    count = int(share * len(pictures))
    return [pictures[i * len(pictures) // count] for i in range(count)]


def _packed(path: Path, folder: str, at_most_px: int) -> bytes:
    picture = load_picture(path, at_most_px=at_most_px)
    return as_jpeg(picture.permute(1, 2, 0).contiguous().numpy(), QUALITY[folder])


def _numbered(pictures: Iterable[bytes]) -> dict[str, bytes]:
    return {f"{number:05}.jpg": picture for number, picture in enumerate(pictures)}


def _size(pictures: Iterable[bytes]) -> int:
    return sum(len(picture) + _ENTRY_BYTES for picture in pictures)


def _about(paintings: Iterable[Painting]) -> str:
    """What `find_paintings` reads back. JSON's texts are TOML's as well."""
    tables = []
    for painting in paintings:
        facts = {"title": painting.title, "artist": painting.artist, "year": painting.year, "licence": painting.licence}
        lines = [f"{key} = {_text(value)}" for key, value in facts.items()]
        tables.append("\n".join([f"[{_text(painting.name)}]", *lines, ""]))
    return "\n".join(tables)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
