"""What is on the screens, and where the windows on them are."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

import cv2
import mss
import numpy as np

from livestyle.errors import SourceError
from livestyle.frame import Image


@dataclass(frozen=True, slots=True)
class Region:
    """A part of all screens together, in pixels; what lies left of the first screen, or above it, is negative."""

    left: int
    top: int
    width: int
    height: int

    def within(self, other: Region) -> Region:
        """What of it lies in another; of no width or height where nothing does."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        return Region(left, top, max(0, right - left), max(0, bottom - top))


@dataclass(frozen=True, slots=True)
class Window:
    """A window on the desktop.

    Attributes:
        title: What it is called.
        region: Where it is.
        is_ours: Whether it belongs to this process.
    """

    title: str
    region: Region
    is_ours: bool


class Desktop(Protocol):
    """What a source of screens needs of the system. Used from one thread."""

    @property
    def screens(self) -> list[Region]:
        """The screens, the first one first."""

    def windows(self) -> list[Window]:
        """The windows that are in sight, from the lowest to the topmost; none where they can't be found."""

    def grab(self, region: Region) -> Image:
        """What is seen there, RGB uint8 (H, W, 3); all of it is on the screens. Raises `SourceError`."""

    def close(self) -> None:
        """Lets go of it."""


def open_desktop() -> Desktop:
    """The desktop of this computer.

    Raises:
        SourceError: Its screens can't be seen.
    """
    reason = why_unseen(os.environ)
    if reason:
        raise SourceError(reason)
    return SystemDesktop()


def why_unseen(environment: os._Environ[str] | dict[str, str]) -> str:
    """Why screens can't be seen by programs here, in a sentence; empty where they can."""
    system = platform.system()
    is_wayland = environment.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_DISPLAY" in environment
    if system == "Linux" and is_wayland:
        return (
            "Wayland shows screens to no program: send yours through the virtual camera of OBS and choose that, or log "
            "in with Xorg."
        )
    if system == "Linux" and not environment.get("DISPLAY"):
        return "There is no screen here: choose another source."
    if system == "Darwin" and not _mac_allows():
        return (
            "macOS does not let livestyle see the screen: allow it in the system's settings, under Privacy & Security, "
            "Screen Recording, and start livestyle again."
        )
    return ""


class SystemDesktop:
    """The desktop by way of mss, which shows the pointer of the mouse on X11 only.

    Raises:
        SourceError: There are no screens.
    """

    def __init__(self) -> None:
        try:
            self._mss = mss.MSS(with_cursor=True) if platform.system() == "Linux" else mss.MSS()
            everything, *screens = (_region(each) for each in self._mss.monitors)
        except (mss.ScreenShotError, OSError, ValueError) as error:
            raise SourceError("The screens of this computer can't be seen: choose another source.") from error
        self.screens: list[Region] = screens or [everything]
        self.windows, self._close_windows = _windows()

    def grab(self, region: Region) -> Image:
        """What is seen there, RGB uint8 (H, W, 3); on some screens more than one pixel for each of the region.

        Raises:
            SourceError: It can't be seen any more.
        """
        try:
            shot = self._mss.grab(asdict(region))
        except (mss.ScreenShotError, OSError) as error:
            raise SourceError("The screen can't be seen any more: choose it again, or another source.") from error
        pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB), np.uint8)

    def close(self) -> None:
        """Lets go of it."""
        self._mss.close()
        self._close_windows()


def _region(monitor: dict[str, int]) -> Region:
    return Region(*(int(monitor[name]) for name in ("left", "top", "width", "height")))


def _windows() -> tuple[Callable[[], list[Window]], Callable[[], None]]:
    """What lists the windows in sight, and what is to be called in the end."""
    if sys.platform == "win32":
        from livestyle.sources.windows_win32 import list_windows

        return list_windows, lambda: None
    if sys.platform.startswith("linux"):
        from livestyle.sources.windows_x11 import WindowsOfX11

        windows = WindowsOfX11()
        return windows.list, windows.close
    return list, lambda: None


def _mac_allows() -> bool:
    """Whether the user has allowed this program to see the screen; where not, macOS asks now."""
    import ctypes

    try:
        graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
        graphics.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
        graphics.CGRequestScreenCaptureAccess.restype = ctypes.c_bool
        return bool(graphics.CGPreflightScreenCaptureAccess() or graphics.CGRequestScreenCaptureAccess())
    except (OSError, AttributeError):  # before macOS 10.15 nobody had to be asked
        return True
