"""A camera that other programs see: Zoom, Meet, OBS and browsers take the show from it as from any webcam."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from livestyle.errors import SinkError
from livestyle.frame import Frame, Image
from livestyle.sinks.sink import FrameSink, Wants

SIZE_HW = (720, 1280)
RATE_FPS = 30.0
"""What every program that takes a webcam takes."""

PACKAGE = "pip install pyvirtualcam"
# exclusive_caps makes Chrome see it.
LINUX_DRIVER = (
    "sudo apt install v4l2loopback-dkms && sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label=livestyle"
)
LINUX_RIGHTS = "sudo usermod -aG video $USER"
OBS = "https://obsproject.com/download"

LINUX_LOADED = Path("/sys/module/v4l2loopback")
"""There while the driver is loaded."""
LINUX_CAMERAS = Path("/sys/class/video4linux")


class _Camera(Protocol):
    """What is used of `pyvirtualcam.Camera`."""

    @property
    def device(self) -> str: ...

    def send(self, frame: Image) -> None: ...

    def close(self) -> None: ...


class VirtualCamera(FrameSink):
    """Sends pictures to the virtual camera of this computer, by pyvirtualcam.

    Args:
        size_hw: The size of the camera's pictures.
        rate_fps: How many it has a second.
    """

    name = "virtual camera"

    def __init__(self, size_hw: tuple[int, int] = SIZE_HW, rate_fps: float = RATE_FPS) -> None:
        self.wants = Wants(size_hw, rate_fps)
        self._size_hw, self._rate_fps = size_hw, rate_fps
        self._camera: _Camera | None = None

    def why_not(self) -> str | None:
        """That the package or, on Linux, the driver is missing. Elsewhere only opening tells about the driver."""
        try:
            import pyvirtualcam  # noqa: F401
        except ImportError:
            return f"The virtual camera needs one more package: run `{PACKAGE}` and switch it on again."
        return _no_driver() if sys.platform == "linux" and not LINUX_LOADED.exists() else None

    def open(self) -> None:
        """Begins to be seen."""
        reason = self.why_not()
        if reason is not None:
            raise SinkError(reason)
        from pyvirtualcam import Camera, PixelFormat

        height, width = self._size_hw
        try:
            self._camera = Camera(width, height, self._rate_fps, fmt=PixelFormat.RGB)
        except RuntimeError as error:
            raise SinkError(_spoken(str(error))) from error
        self.seen_as = _name_of(self._camera.device)

    def write(self, frame: Frame) -> None:
        """Shows a picture until the next one comes."""
        assert self._camera is not None
        try:
            self._camera.send(frame.image)
        except (RuntimeError, OSError) as error:
            raise SinkError(f"The virtual camera takes no more pictures ({error}): switch it on again.") from error

    def close(self, *, completed: bool = True) -> None:
        """Is no longer seen."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()


def _no_driver() -> str:
    match sys.platform:
        case "win32":
            return f"The virtual camera needs OBS Studio's driver: install it from `{OBS}` and switch it on again."
        case "darwin":
            return (
                f"The virtual camera needs OBS Studio's driver: install it from `{OBS}`, "
                "start its virtual camera once, and switch this one on again."
            )
        case _:
            return f"The virtual camera needs a driver: run `{LINUX_DRIVER}` and switch it on again."


def _spoken(reason: str) -> str:
    """Why a camera could not be opened, in a sentence, given what pyvirtualcam says about it."""
    if "permission" in reason:
        return f"The virtual camera may not be written to: run `{LINUX_RIGHTS}`, log in anew and switch it on again."
    if any(words in reason for words in ("not found", "not installed", "No v4l2 loopback device")):
        return _no_driver()
    return f"The virtual camera can't be opened ({reason}): close what else writes to it, and switch it on again."


def _name_of(device: str) -> str:
    """What programs call a camera: on Linux its label, elsewhere the device itself."""
    with suppress(OSError):
        return (LINUX_CAMERAS / Path(device).name / "name").read_text().strip() or device
    return device
