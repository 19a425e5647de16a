"""The source of the show: the one that is asked for, or what is turned to in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui.adapter import LiveAdapter
from livestyle.settings import Settings

if TYPE_CHECKING:
    from livestyle.live.source_thread import MakeSource
    from livestyle.sources.screen import Offer
    from livestyle.sources.source import FrameSource

FIRST_CAMERA = "camera"
"""The first camera that delivers frames, as the command line writes it."""


class LiveSource(QObject):
    """Changes the source of the show, and tells what kind it is.

    Args:
        live: The show.
        settings: Gives what is set, in threads of the show: what is asked of cameras.

    Attributes:
        made: A source is about to be opened; whether it is a camera, which people look into as into a mirror.
        worked: A source that the user chose has delivered its first frame: what it is called on the command line.
        turned_back: A source doesn't work, and one from before is on again: what the two are called.
        text: What is on, as the command line writes it; None for a camera that was found.
    """

    made = pyqtSignal(bool)
    worked = pyqtSignal(str)
    turned_back = pyqtSignal(str, str)
    _opens = pyqtSignal(object)

    def __init__(self, live: LiveAdapter, settings: Callable[[], Settings], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._settings = settings
        self._ask = partial(self.start, None)
        self.text: str | None = None
        self._opens.connect(self._see)

    def start(self, text: str | None) -> None:
        """Shows a source, named as the command line does; in its place, or for None, the first camera that works."""
        self.text = text
        self._ask = partial(self.start, text)
        camera = self._announced(None)
        if text is None:
            self._live.use_source(camera)
        else:
            self._live.use_source(self._announced(text), camera)

    def use(self, text: str) -> None:
        """Shows another source; if it doesn't work, the one before comes back."""
        self.text = text
        self._ask = partial(self.use, text)
        self._live.use_source(self._announced(text), works=partial(self.worked.emit, text))

    def again(self) -> None:
        """Tries what was asked for last once more, at once."""
        self._ask()

    def reopen(self) -> None:
        """Opens what is on anew, as it is set by now."""
        self._live.use_source(self._announced(self.text))

    def _see(self, text: str | None) -> None:
        """Takes note of what is opened in the end: it may be another source than the one that was asked for."""
        before, self.text = self.text, text
        if before is not None and text not in (None, before):
            self.turned_back.emit(before, text)

    def _announced(self, text: str | None) -> MakeSource:
        made: list[FrameSource] = []

        def make_and_announce() -> FrameSource:
            # Called again when another source didn't work, it goes back to the same source without a new search.
            if not made:
                made.append(source_from(text or FIRST_CAMERA, self._settings()))
            self._opens.emit(text)
            self.made.emit(is_camera(made[0]))
            return made[0]

        return make_and_announce


def source_from(text: str, settings: Settings) -> FrameSource:
    """The source that a text names, as the command line writes it; a camera is asked for what is set."""
    from livestyle.sources.named import open_source

    lines = settings.webcam_lines
    camera_hw = None if lines is None else hw_of(lines)
    return open_source(text, live=True, camera_hw=camera_hw, camera_fps=settings.webcam_fps)


def hw_of(lines: int) -> tuple[int, int]:
    """Height and width of a picture of 16:9."""
    return lines, lines * 16 // 9


def is_camera(source: FrameSource) -> bool:
    """Whether a source is a camera."""
    from livestyle.sources.camera import CameraSource

    return isinstance(source, CameraSource)


def screen_offers() -> list[Offer]:
    """The screens and windows there are."""
    from livestyle.sources.screen import offers

    return offers()


def camera_names() -> list[str]:
    """The names of the cameras there are."""
    from livestyle.sources.camera import list_cameras

    return [camera.name for camera in list_cameras()]
