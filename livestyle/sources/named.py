"""Which source a text means."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from livestyle.sources.address import is_address
from livestyle.sources.camera import CameraSource
from livestyle.sources.demo import DemoSource
from livestyle.sources.pictures import PictureSource
from livestyle.sources.playlist import Place, Playlist, is_photo
from livestyle.sources.screen import ScreenSource, area_of
from livestyle.sources.several import in_list
from livestyle.sources.source import FrameSource
from livestyle.sources.video import VideoSource


def open_source(
    text: str, *, live: bool, camera_hw: tuple[int, int] | None = (720, 1280), camera_fps: float = 30.0
) -> FrameSource:
    """The source that a text names, not yet opened.

    Args:
        text: "demo"; "camera" (the first that delivers frames), "camera:NAME" or a camera's number; "screen",
            "screen:2" or a part of all screens in pixels, "screen:640x480+100+50"; "window:TITLE"; an address such as
            "rtsp://..."; the path of a video, a picture or a folder ("./demo" for a file of such a name). Several
            files, folders and addresses, as `several.as_list` writes them, are shown one after the other.
        live: Play files in real time and over and over, instead of every frame once. Of a folder, the videos and
            pictures one after the other, instead of the pictures alone.
        camera_hw: Height and width to ask of a camera; None to leave that to it.
        camera_fps: Frames a second to ask of it.

    Returns:
        The source. Whether it can be used, `open` tells.
    """
    texts = in_list(text)
    if len(texts) > 1:
        return Playlist([_place(each) for each in texts])
    text = texts[0] if texts else ""
    if text.casefold() == "demo":
        return DemoSource(live=live)
    if text.isdecimal():
        return CameraSource(int(text), camera_hw, camera_fps)
    kind, _, name = text.partition(":")
    if kind.casefold() == "camera":
        return CameraSource(name.strip() or None, camera_hw, camera_fps)
    if (area := area_of(text)) is not None:
        return ScreenSource(area)
    place = _place(text)
    if isinstance(place, str):
        return VideoSource(place, live=live, loop=live)
    if os.path.isdir(place):
        return Playlist([place]) if live else PictureSource(place)
    return PictureSource(place, live=live) if is_photo(place) else VideoSource(place, live=live, loop=live)


def _place(text: str) -> Place:
    if is_address(text):
        return text
    if text.startswith("file://"):  # what a desktop gives when a file is dropped
        return Path(url2pathname(urlsplit(text).path))
    return Path(os.path.expanduser(text))  # unlike Path.expanduser it bears a file called ~something
