"""Cameras, known by their names."""

from __future__ import annotations

import logging
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
from cv2_enumerate_cameras import enumerate_cameras, supported_backends

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.sources.grabber import Capture, Grabber
from livestyle.sources.source import FrameSource

log = logging.getLogger(__name__)

# One backend at a time, or each camera would be listed twice, under indices that mean different things; the second one
# serves where the first knows no camera at all.
_BACKENDS = {
    "Windows": (cv2.CAP_DSHOW, cv2.CAP_MSMF),
    "Linux": (cv2.CAP_V4L2,),
    "Darwin": (cv2.CAP_AVFOUNDATION,),
}

_OPEN_LIMIT_S = 20.0
"""How long a camera may take until its first frame; some take 10 s on Windows (opencv/opencv#17687)."""
_SEARCH_LIMIT_S = 8.0
_SILENCE_LIMIT_S = 5.0
_RELEASE_LIMIT_S = 2.0


VIRTUAL = ("livestyle", "obs virtual camera")
"""What the names of cameras begin with that the show itself may go to: the show would see nothing but itself. They are
only taken where somebody asks for them."""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that is plugged in.

    Attributes:
        name: Its name, with a number if there are several of that name: "HD Webcam", "HD Webcam (2)".
        index: Its number in OpenCV's backend; it may be another one after replugging.
        backend: OpenCV's number of the backend.
        path: The system's own name for it, if it has one; it stays the same after replugging into the same socket.
    """

    name: str
    index: int
    backend: int
    path: str = ""


OpenCapture = Callable[[int, int, Sequence[int]], Capture]
"""Opens a capture: index, backend, and properties as pairs of numbers."""
ListCameras = Callable[[], list[CameraInfo]]


def list_cameras() -> list[CameraInfo]:
    """The cameras that are plugged in, by index. Whether they deliver frames is not known before one is opened."""
    for backend in _BACKENDS.get(platform.system(), ()):
        if backend in supported_backends:
            found = sorted(enumerate_cameras(backend), key=lambda camera: int(camera.index))
            if found:
                return _numbered([CameraInfo(str(c.name), int(c.index), backend, str(c.path or "")) for c in found])
    return []


def open_capture(index: int, backend: int, properties: Sequence[int]) -> Capture:
    """Opens a camera with OpenCV, quietly."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2.VideoCapture(index, backend, properties)


class CameraSource(FrameSource):
    """A camera.

    Args:
        camera: A `CameraInfo`; a name or the part of one; an index; or None for the first that delivers frames.
        size_hw: Height and width to ask for, the camera may give others; None to leave that to it.
        rate_fps: Frames a second to ask for.
        open_capture: Opens a capture.
        list_cameras: Lists what is plugged in.
    """

    is_live = True

    def __init__(
        self,
        camera: CameraInfo | str | int | None = None,
        size_hw: tuple[int, int] | None = (720, 1280),
        rate_fps: float = 30.0,
        *,
        open_capture: OpenCapture = open_capture,
        list_cameras: ListCameras = list_cameras,
    ) -> None:
        self._wanted = camera
        self._asked_hw = size_hw
        self._asked_fps = rate_fps
        self._open_capture = open_capture
        self._list_cameras = list_cameras
        self._info: CameraInfo | None = None
        self._grabber: Grabber | None = None

    @property
    def name(self) -> str:
        """The camera's name."""
        if self._info is not None:
            return self._info.name
        match self._wanted:
            case CameraInfo(name=name) | str(name):
                return name
            case None:
                return "Camera"
            case index:
                return f"Camera {index}"

    def open(self) -> None:
        """Opens the camera and waits for its first frame. May take seconds.

        After it was closed or pulled out, finds the same camera again even if its index has changed.

        Raises:
            SourceError: It isn't there, is in use, or delivers nothing.
        """
        if self._grabber is not None:
            if self._grabber.is_open:
                return
            self._grabber.join(_RELEASE_LIMIT_S)
        error: SourceError | None = None
        candidates = self._candidates()
        for info in candidates:
            # Known from now on, so that `close` can break off the waiting.
            self._grabber = grabber = Grabber(info.name, self._captures(info))
            try:
                first = grabber.wait(0, _OPEN_LIMIT_S if len(candidates) == 1 else _SEARCH_LIMIT_S)
            except SourceError as reason:
                error = error or reason
                continue
            if first is not None:
                self._info = info
            return
        raise error or SourceError("There is no camera: plug one in, or choose another source.")

    def close(self) -> None:
        """Lets go of the camera; the iteration ends."""
        if self._grabber is not None:
            self._grabber.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yields the newest frame each time; the indices of frames that nobody asked for in time are left out.

        Raises:
            SourceError: The camera stopped delivering; `open` may bring it back.
        """
        grabber = self._grabber
        if grabber is None:
            raise SourceError(f"{self.name} is not open.")
        seen = 0
        while (frame := grabber.wait(seen, _SILENCE_LIMIT_S)) is not None:
            seen = frame.index + 1
            yield frame

    def _candidates(self) -> list[CameraInfo]:
        """The cameras to try, the best first."""
        try:
            cameras = self._list_cameras()
        except Exception as error:
            # While devices come and go, be it after a sleep, systems fail to list them: it is tried again.
            log.exception("The cameras can't be listed")
            raise SourceError("No camera can be looked for: unplug yours and plug it in again.") from error
        wanted = self._info or self._wanted
        match wanted:
            case None:
                return [c for c in cameras if not c.name.casefold().startswith(VIRTUAL)]
            case int():
                return [c for c in cameras if c.index == wanted] or [_unlisted(wanted)]
            case CameraInfo():
                same_name = [c for c in cameras if c.name == wanted.name]
                found = [c for c in same_name if c.path == wanted.path] or same_name
            case str():
                text = wanted.casefold()
                found = [c for c in cameras if c.name.casefold() == text]
                found = found or [c for c in cameras if text in c.name.casefold()]
        if not found:
            others = ", ".join(f'"{c.name}"' for c in cameras) or "none"
            raise SourceError(f"The camera {self.name} is not plugged in (there is: {others}).")
        return found[:1]

    def _captures(self, info: CameraInfo) -> Iterator[Capture]:
        """Opens a camera in one way after another, the best first."""
        for properties in self._wishes():
            yield self._open_capture(info.index, info.backend, properties)

    def _wishes(self) -> Iterator[list[int]]:
        """What to ask of the camera at opening; OpenCV refuses to open where a single wish is unknown to the driver."""
        size: list[int] = []
        if self._asked_hw is not None:
            height, width = self._asked_hw
            size = [cv2.CAP_PROP_FRAME_WIDTH, width, cv2.CAP_PROP_FRAME_HEIGHT, height]
        # Uncompressed, USB 2 carries 720p at 10 frames a second. DirectShow takes a format only while it opens.
        mjpg = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]
        yield [*mjpg, *size, cv2.CAP_PROP_FPS, round(self._asked_fps)]
        if size:
            yield size
        yield []


def _numbered(cameras: list[CameraInfo]) -> list[CameraInfo]:
    """Tells cameras of equal name apart."""
    seen: Counter[str] = Counter()
    result = []
    for camera in cameras:
        seen[camera.name] += 1
        number = seen[camera.name]
        result.append(camera if number == 1 else replace(camera, name=f"{camera.name} ({number})"))
    return result


def _unlisted(index: int) -> CameraInfo:
    return CameraInfo(f"Camera {index}", index, _BACKENDS.get(platform.system(), (cv2.CAP_ANY,))[0])
