"""What is too heavy to be imported before the window is up; to be called from threads, not from the GUI's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from livestyle.errors import SourceError
from livestyle.frame import Image
from livestyle.gui.choices import with_style

if TYPE_CHECKING:
    from livestyle.live.painting_stage import OpenStylizer
    from livestyle.sinks.sink import FrameSink
    from livestyle.sources.source import FrameSource
    from livestyle.styles.catalog import Catalog
    from livestyle.styles.file import Style, StyleFile
    from livestyle.stylizer.stylizer import Stylizer

Mix = tuple[tuple[str, float], ...]

FETCH_TIMEOUT_S = 15.0
FETCH_MOST_BYTES = 100_000_000


def stylizer_opener(device: str) -> OpenStylizer:
    """Opens stylizers on a device."""

    def open_on_device(file: StyleFile) -> tuple[Stylizer, Sequence[str]]:
        from livestyle.stylizer.fastest import open_stylizer

        return open_stylizer(file, device)

    return open_on_device


def source_from(text: str) -> FrameSource:
    """The source that a text names, as the command line writes it."""
    from livestyle.sources.named import open_source

    return open_source(text, live=True)


def camera_or_demo(note: Callable[[str], None]) -> FrameSource:
    """The first camera that delivers frames; where there is none, the demo scene, and a note that says so."""
    from livestyle.sources.camera import first_working_camera

    camera = first_working_camera()
    if camera is not None:
        return camera
    note("No camera delivers frames, so this is the demo scene.")
    return source_from("demo")


def is_camera(source: FrameSource) -> bool:
    """Whether a source is a camera, which people look into as into a mirror."""
    from livestyle.sources.camera import CameraSource

    return isinstance(source, CameraSource)


def camera_names() -> list[str]:
    """The names of the cameras there are."""
    from livestyle.sources.camera import list_cameras

    return [camera.name for camera in list_cameras()]


def recording_sink(path: Path, size_hw: tuple[int, int], rate_fps: float) -> FrameSink:
    """A sink that records to a video that survives a crash."""
    from livestyle.sinks.video import VideoSink

    _make_folder(path)
    return VideoSink(path, size_hw, rate_fps=rate_fps)


def save_snapshot(path: Path, image: Image) -> Path:
    """Writes a picture; returns its path."""
    from livestyle.sinks.picture_file import write_picture

    _make_folder(path)
    write_picture(path, image)
    return path


def read_picture(path: Path) -> Image:
    """The picture in a file, RGB uint8 (H, W, 3)."""
    from livestyle.sources.pictures import read_picture

    return read_picture(path)


def fetch_picture(address: str) -> Image:
    """The picture at a web address, RGB uint8 (H, W, 3).

    Raises:
        SourceError: Nothing is there, or no picture.
    """
    try:
        # Many sites have no answer for a client without a name.
        with urlopen(Request(address, headers={"User-Agent": "livestyle"}), timeout=FETCH_TIMEOUT_S) as answer:
            data = answer.read(FETCH_MOST_BYTES)
    except (OSError, ValueError, HTTPException) as error:
        raise SourceError(f"The picture can't be fetched ({error}): save it, and drop the file.") from error
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            return read_picture(path)
        except SourceError as error:
            raise SourceError("That address gives no picture: save the picture, and drop the file.") from error


def style_of(picture: Image, stem: str, file: StyleFile) -> Style:
    """A style made of a picture, and called after the name of its file.

    Raises:
        StyleError: The file can't make styles of pictures.
    """
    from livestyle.styles import from_picture

    return from_picture.style_of(file, picture, from_picture.name_of(stem), from_picture.title_of(stem))


def with_pictures(catalog: Catalog, mix: Mix) -> tuple[Catalog, Mix, list[str]]:
    """Makes styles of the pictures in a mix, called as files can be too.

    Args:
        catalog: The styles at hand.
        mix: Names of styles or paths of pictures, and their weights.

    Returns:
        The catalog with the new styles, the mix with their names in place of the paths, and these names.

    Raises:
        SourceError: A picture is missing, or is none.
        StyleError: A style is unknown, or no network has them all and can make styles of pictures.
    """
    from livestyle.styles import from_picture

    grown = from_picture.with_pictures(catalog, [name for name, _ in mix])
    names: dict[str, str] = {}
    for path in [name for name in grown.names if name not in catalog.names]:
        style = replace(grown.find(path), name=from_picture.name_of(Path(path).stem))
        catalog, names[path] = with_style(catalog, grown.files_with([path])[0], style)
    return catalog, tuple((names.get(name, name), weight) for name, weight in mix), list(names.values())


def save_style(path: Path, file: StyleFile, style: Style) -> Path:
    """Writes a style file that has this one style of a network; returns its path.

    Raises:
        SinkError: It can't be written.
    """
    from livestyle.styles.file import write_style_file

    write_style_file(path, replace(file, styles={style.name: style}, predictor={}, name=path.stem))
    return path


def keep_style(file: StyleFile, style: Style) -> Path:
    """Installs a style for this user; returns where.

    Raises:
        SinkError: It can't be written.
    """
    from livestyle.styles.catalog import user_folder

    path, number = user_folder() / f"{style.name}.safetensors", 1
    while path.exists():
        number += 1
        path = path.with_stem(f"{style.name}_{number}")
    return save_style(path, file, style)


def _make_folder(path: Path) -> None:
    # Its absence is told with a sentence by whoever writes into it.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
