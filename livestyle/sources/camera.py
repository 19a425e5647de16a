"""Cameras, known by their names."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Protocol

import cv2
import numpy as np
from cv2_enumerate_cameras import enumerate_cameras, supported_backends

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image
from livestyle.sources.guarded import Guarded, TookTooLong, within
from livestyle.sources.pace import RateMeter
from livestyle.sources.source import FrameSource

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
_READS_OF_PROBE = 10
_READS_BEFORE_LOST = 3
"""Reads that may fail in a row: a camera that is warming up, or a picture broken on the cable, is no lost camera."""


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


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether it is open."""

    def set(self, prop: int, value: float, /) -> bool:
        """Sets a property, if the backend knows it."""

    def read(self) -> tuple[bool, Any]:
        """Waits for a frame: whether one came, and its array, BGR uint8 (H, W, 3)."""

    def release(self) -> None:
        """Closes it."""


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
        size_hw: Height and width to ask for; the camera may give others.
        rate_fps: Frames a second to ask for.
        open_capture: Opens a capture.
        list_cameras: Lists what is plugged in.
    """

    is_live = True

    def __init__(
        self,
        camera: CameraInfo | str | int | None = None,
        size_hw: tuple[int, int] = (720, 1280),
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
        self._guarded: Guarded[Capture] | None = None
        self._size_hw = (0, 0)
        self._rate = RateMeter()

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

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width of the frames that arrive."""
        return self._size_hw

    @property
    def rate_fps(self) -> float | None:
        """Frames a second, measured; None before the third frame."""
        return self._rate.rate_fps

    def open(self) -> None:
        """Opens the camera and waits for its first frame. May take seconds.

        After it was closed or pulled out, finds the same camera again even if its index has changed.

        Raises:
            SourceError: It isn't there, is in use, or delivers nothing.
        """
        if self._guarded is not None and not self._guarded.closed.is_set():
            return
        error: SourceError | None = None
        candidates = self._candidates()
        for info in candidates:
            try:
                self._open_one(info, _OPEN_LIMIT_S if len(candidates) == 1 else _SEARCH_LIMIT_S)
            except SourceError as reason:
                error = error or reason
            else:
                return
        raise error or SourceError("There is no camera: plug one in, or choose another source.")

    def close(self) -> None:
        """Lets go of the camera; the iteration ends."""
        if self._guarded is not None:
            self._guarded.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames as they arrive.

        Raises:
            SourceError: The camera stopped delivering; `open` may bring it back.
        """
        guarded = self._guarded
        if guarded is None:
            raise SourceError(f"{self.name} is not open.")
        start_s = time.monotonic()
        for index in count():
            with guarded.use() as capture:
                if capture is None:
                    return
                image = _first_frame(capture, _READS_BEFORE_LOST)
            time_s = time.monotonic() - start_s
            if image is None:
                if guarded.closed.is_set():
                    return
                guarded.close()
                raise SourceError(f"The camera {self.name} stopped sending pictures: check its cable.")
            self._rate.add(time_s)
            yield Frame(image, time_s, index)

    def _candidates(self) -> list[CameraInfo]:
        """The cameras to try, the best first."""
        cameras = self._list_cameras()
        wanted = self._info or self._wanted
        match wanted:
            case None:
                return cameras
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

    def _open_one(self, info: CameraInfo, limit_s: float) -> None:
        try:
            capture, image = within(limit_s, lambda: self._probed(info), lambda late: late[0].release())
        except TookTooLong as error:
            raise SourceError(
                f"The camera {info.name} does not answer: unplug it and plug it in again, or restart the computer."
            ) from error
        self._info = info
        self._size_hw = (image.shape[0], image.shape[1])
        self._rate = RateMeter()
        self._guarded = Guarded(capture, lambda opened: opened.release())

    def _probed(self, info: CameraInfo) -> tuple[Capture, Image]:
        """Opens a camera and reads a frame, to see that one really arrives and how large it is."""
        for properties in self._wishes():
            capture = self._open_capture(info.index, info.backend, properties)
            if capture.isOpened():
                capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
                image = _first_frame(capture, _READS_OF_PROBE)
                if image is not None:
                    return capture, image
            capture.release()
        raise SourceError(
            f"The camera {info.name} sends no pictures: close other programs that use it, and allow the use of cameras "
            "in the system's settings."
        )

    def _wishes(self) -> Iterator[list[int]]:
        """What to ask of the camera at opening; OpenCV refuses to open where a single wish is unknown to the driver."""
        height, width = self._asked_hw
        size = [cv2.CAP_PROP_FRAME_WIDTH, width, cv2.CAP_PROP_FRAME_HEIGHT, height]
        # Uncompressed, USB 2 carries 720p at 10 frames a second. DirectShow takes a format only while it opens.
        mjpg = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]
        yield [*mjpg, *size, cv2.CAP_PROP_FPS, round(self._asked_fps)]
        yield size
        yield []


def first_working_camera(
    size_hw: tuple[int, int] = (720, 1280),
    *,
    open_capture: OpenCapture = open_capture,
    list_cameras: ListCameras = list_cameras,
) -> CameraSource | None:
    """The first camera that delivers frames, already open, or None.

    Args:
        size_hw: Height and width to ask for.
        open_capture: Opens a capture.
        list_cameras: Lists what is plugged in.
    """
    source = CameraSource(size_hw=size_hw, open_capture=open_capture, list_cameras=list_cameras)
    try:
        source.open()
    except SourceError:
        return None
    return source


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


def _first_frame(capture: Capture, reads: int) -> Image | None:
    """The next frame as RGB uint8 (H, W, 3); None if so many reads in a row fail."""
    for _ in range(reads):
        try:
            arrived, image = capture.read()
        except cv2.error:
            return None
        if arrived and image is not None and image.size:
            gray = image.ndim == 2 or image.shape[2] == 1
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if gray else cv2.COLOR_BGR2RGB), np.uint8)
    return None
