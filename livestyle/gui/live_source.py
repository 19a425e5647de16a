"""The source of the show: the one that is asked for, or what is turned to in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui.adapter import LiveAdapter

if TYPE_CHECKING:
    from livestyle.live.source_thread import MakeSource
    from livestyle.sources.source import FrameSource


class LiveSource(QObject):
    """Changes the source of the show, and tells what kind it is.

    Attributes:
        made: A source is about to be opened; whether it is a camera, which people look into as into a mirror.
        told: A sentence for the user.
        text: What is on, as the command line writes it; None for a camera that was found, or the demo scene.
    """

    made = pyqtSignal(bool)
    told = pyqtSignal(str)

    def __init__(self, live: LiveAdapter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self.text: str | None = None

    def start(self, text: str | None) -> None:
        """Shows a source, named as the command line does; in its place, or for None, a camera or the demo scene."""
        self.text = text
        fallback = self._announced(lambda: camera_or_demo(self.told.emit))
        if text is None:
            self._live.use_source(fallback)
        else:
            self._live.use_source(self._announced(partial(source_from, text)), fallback)

    def use(self, text: str) -> None:
        """Shows another source; if it doesn't work, the one before comes back."""
        self.text = text
        self._live.use_source(self._announced(partial(source_from, text)))

    def _announced(self, make: Callable[[], FrameSource]) -> MakeSource:
        made: list[FrameSource] = []

        def make_and_announce() -> FrameSource:
            # Called again when another source didn't work, it goes back to the same source without a new search.
            if not made:
                made.append(make())
            self.made.emit(is_camera(made[0]))
            return made[0]

        return make_and_announce


def source_from(text: str) -> FrameSource:
    """The source that a text names, as the command line writes it."""
    from livestyle.sources.named import open_source

    return open_source(text, live=True)


def camera_or_demo(tell: Callable[[str], None]) -> FrameSource:
    """The first camera that delivers frames; where there is none, the demo scene, and a sentence that says so."""
    from livestyle.sources.camera import first_working_camera

    camera = first_working_camera()
    if camera is not None:
        return camera
    tell("No camera delivers frames, so this is the demo scene.")
    return source_from("demo")


def is_camera(source: FrameSource) -> bool:
    """Whether a source is a camera."""
    from livestyle.sources.camera import CameraSource

    return isinstance(source, CameraSource)


def camera_names() -> list[str]:
    """The names of the cameras there are."""
    from livestyle.sources.camera import list_cameras

    return [camera.name for camera in list_cameras()]
