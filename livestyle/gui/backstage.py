"""What is too heavy to be imported before the window is up; to be called from threads, not from the GUI's."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from livestyle.errors import SourceError
from livestyle.frame import Image

if TYPE_CHECKING:
    from livestyle.live.easel import OpenStylizer
    from livestyle.sinks.sink import FrameSink
    from livestyle.sources.source import FrameSource
    from livestyle.styles.file import Style, StyleFile
    from livestyle.stylizer.stylizer import Stylizer

FETCH_TIMEOUT_S = 15.0
FETCH_MOST_BYTES = 100_000_000
PREVIEW_PX = 320
"""Short side of a preview, about twice that of a thumbnail, for fine screens."""


def stylizer_opener(device: str) -> OpenStylizer:
    """Opens stylizers on a device."""

    def open_on_device(file: StyleFile) -> tuple[Stylizer, Sequence[str]]:
        from livestyle.stylizer.choose import open_stylizer

        return open_stylizer(file, device)

    return open_on_device


def source_from(text: str) -> FrameSource:
    """The source that a text names, as the command line writes it."""
    from livestyle.sources.choose import open_source

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
    from livestyle.sinks.pictures import write_picture

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


def style_of(picture: Image, title: str, file: StyleFile) -> Style:
    """A style made of a picture, which is its preview too.

    Raises:
        StyleError: The file can't make styles of pictures.
    """
    from livestyle.styles.predict import predict_style

    name = re.sub(r"\W+", "_", title.casefold()).strip("_") or "picture"
    return replace(predict_style(file, picture, name, title), preview=_as_jpeg(picture))


def save_style(path: Path, file: StyleFile, style: Style) -> Path:
    """Writes a style file that has this one style of a network; returns its path.

    Raises:
        SinkError: It can't be written.
    """
    from livestyle.styles.file import write_style_file

    write_style_file(path, replace(file, styles={style.name: style}))
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


def _as_jpeg(picture: Image) -> bytes:
    """A small JPEG of a picture."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, PREVIEW_PX / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small)[1].tobytes()


def _make_folder(path: Path) -> None:
    # Its absence is told with a sentence by whoever writes into it.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
