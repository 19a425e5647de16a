"""The outputs there are, in one table: keys, switches and rows of their menu are made from it."""

from __future__ import annotations

from livestyle.gui import icons
from livestyle.gui.language import tr
from livestyle.gui.outlet import Choice, Outlet, Output
from livestyle.gui.projector import SecondScreen, screens_to_choose
from livestyle.settings import CAMERA_LINES, Settings
from livestyle.sinks.sink import FrameSink


def _virtual_camera(settings: Settings) -> FrameSink:
    from livestyle.sinks.virtual_camera import VirtualCamera

    return VirtualCamera((settings.camera_lines, settings.camera_lines * 16 // 9))


def _stream(settings: Settings) -> FrameSink:
    from livestyle.sinks.stream import ADDRESS, StreamSink

    return StreamSink(settings.stream_to or ADDRESS, sound=True)


def _web_page(_: Settings) -> FrameSink:
    from livestyle.sinks.mjpeg import MjpegSink

    return MjpegSink()


def _camera_sizes() -> list[Choice]:
    return [(tr("{width}x{height}", width=lines * 16 // 9, height=lines), lines) for lines in CAMERA_LINES]


VIRTUAL_CAMERA = Output(
    "V",
    "Give the picture to Zoom, Meet or OBS as a camera",
    "virtual camera",
    "Virtual camera",
    icons.webcam_icon,
    "camera_lines",
    _camera_sizes,
    _virtual_camera,
)
SECOND_SCREEN = Output(
    "Shift+F11",
    "Fill another screen with the picture alone",
    "second screen",
    "Second screen",
    icons.projector_icon,
    "screen",
    screens_to_choose,
)
STREAM = Output(
    "Shift+V", "Send the picture and its sound to OBS or VLC", "stream", "Stream", icons.stream_icon, make=_stream
)
WEB_PAGE = Output(
    "Shift+W",
    "Show the picture to browsers on this computer",
    "web page",
    "Web page",
    icons.web_page_icon,
    make=_web_page,
)
OUTLETS: dict[Output, type[Outlet]] = {
    VIRTUAL_CAMERA: Outlet,
    SECOND_SCREEN: SecondScreen,
    STREAM: Outlet,
    WEB_PAGE: Outlet,
}
"""Output -> what sees to it."""
