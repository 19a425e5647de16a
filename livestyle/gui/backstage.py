"""What is too heavy to be imported before the window is up; to be called from threads, not from the GUI's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from livestyle.frame import Image

if TYPE_CHECKING:
    from livestyle.live.easel import OpenStylizer
    from livestyle.sinks.sink import FrameSink
    from livestyle.sources.source import FrameSource
    from livestyle.styles.file import StyleFile
    from livestyle.stylizer.stylizer import Stylizer


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


def _make_folder(path: Path) -> None:
    # Its absence is told with a sentence by whoever writes into it.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
