"""Which source a text means."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from livestyle.sources.animation import moves
from livestyle.sources.camera import CameraSource
from livestyle.sources.demo import DemoSource
from livestyle.sources.pictures import SUFFIXES, PictureSource
from livestyle.sources.source import FrameSource
from livestyle.sources.video import VideoSource


def open_source(text: str, *, live: bool) -> FrameSource:
    """The source that a text names, not yet opened.

    Args:
        text: "demo"; "camera" (the first that delivers frames), "camera:NAME" or a camera's number; an address such as
            "rtsp://..."; the path of a video, a picture or a folder of pictures ("./demo" for a file of such a name).
        live: Play files in real time and over and over, instead of every frame once.

    Returns:
        The source. Whether it can be used, `open` tells.
    """
    text = text.strip()
    if text.casefold() == "demo":
        return DemoSource(live=live)
    if text.isdecimal():
        return CameraSource(int(text))
    kind, colon, name = text.partition(":")
    if kind.casefold() == "camera":
        return CameraSource(name.strip() or None)
    if colon and name.startswith("//") and kind.casefold() != "file":
        return VideoSource(text, live=live, loop=live)
    path = _path_of(text)
    if os.path.isdir(path) or (path.suffix.lower() in SUFFIXES and not moves(path)):
        return PictureSource(path, live=live)
    return VideoSource(path, live=live, loop=live)


def _path_of(text: str) -> Path:
    if text.startswith("file://"):  # what a desktop gives when a file is dropped
        return Path(url2pathname(urlsplit(text).path))
    return Path(os.path.expanduser(text))  # unlike Path.expanduser it bears a file called ~something
