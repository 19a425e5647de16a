"""Starts the window. Importing this needs no Qt, so that a machine without a display can ask whether it has one."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from livestyle.errors import LivestyleError
from livestyle.gui.heap import use_few_arenas
from livestyle.log import logging_to_file, see_log

if TYPE_CHECKING:
    from types import TracebackType

    from PyQt6.QtWidgets import QApplication

    from livestyle.gui.window import MainWindow

log = logging.getLogger(__name__)

HEADLESS_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Qt platforms that need no display server."""

WEB_PAGE_ADDRESS = "http"
"""What `--stream` has in place of an address for the page that browsers on this computer show."""

LINUX_LIBRARIES = (
    "libegl1 libgl1 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)


_kept: set[QApplication] = set()
"""The application of this process. It stays, as Qt's own objects do: Python would clear it away under its windows."""


def display_available() -> bool:
    """Whether a window can be opened here. Decided without Qt, which ends the process where it can't start."""
    if _platform() in HEADLESS_PLATFORMS:
        return True
    if not _is_unix_desktop():
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY")) or (bool(os.environ.get("DISPLAY")) and _x_server_answers())


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the window is to begin with.

    Attributes:
        source: What to show, as the command line writes it; None for what was shown last, or the first camera that
            works, or the demo scene.
        mix: Styles or paths of pictures, and their weights; None for what was used last.
        steady: How much of what flickers is held still, 0 to 1; None for what was used last.
        network: The name of the only network to use; None for all, the one that suits the device first.
        device: "auto", or one of `hardware.DEVICES`.
        virtual_camera: Whether the virtual camera is on from the start.
        stream: The address that the show is streamed to from the start, or "http" for the web page; None for nothing.
        kiosk: The screen that is filled with the picture alone, in place of the window; empty for the first, None for
            the window.
        osc: Where OSC is heard, as settings have it; None for what was used last.
    """

    source: str | None = None
    mix: tuple[tuple[str, float], ...] | None = None
    steady: float | None = None
    network: str | None = None
    device: str = "auto"
    virtual_camera: bool = False
    stream: str | None = None
    kiosk: str | None = None
    osc: str | None = None


def run(start: Start | None = None) -> int:
    """Opens the window and returns when it is closed.

    Args:
        start: What to begin with; None for as it was last.

    Returns:
        The exit code.

    Raises:
        StyleError: No style is installed, or those asked for are unknown or can't be mixed.
        SourceError: A picture to take the style from can't be read.
        LivestyleError: OSC can't be heard there, there is no such screen, or the system lacks a library that windows
            need.
    """
    use_few_arenas()
    with _ctrl_c_ends():
        app = _application()
        from livestyle.gui.garbage import cleared_here
    with logging_to_file(), _signals_close(app), cleared_here():
        return _run(app, start or Start())


def _run(app: QApplication, start: Start) -> int:
    from PyQt6 import sip

    from livestyle.gui.choices import with_mix
    from livestyle.gui.drops import picture_file
    from livestyle.gui.own_styles import with_named_pictures
    from livestyle.gui.projector import SecondScreen, check_screen
    from livestyle.gui.remote.osc import parse_address
    from livestyle.gui.window import MainWindow
    from livestyle.settings import load_settings
    from livestyle.styles.catalog import Catalog
    from livestyle.styles.renew import renewed

    check_screen(start.kiosk or "")
    settings = load_settings()
    catalog = renewed(Catalog.installed(start.network, start.device), settings.mix)
    own: dict[str, Path] = {}
    if start.mix is not None:
        catalog, mix, own = with_named_pictures(catalog, start.mix)
        settings = with_mix(settings, mix, catalog)
    if start.steady is not None:
        settings = replace(settings, steady=start.steady)
    if start.osc is not None:
        settings = replace(settings, osc="" if start.osc == "off" else start.osc)
    if settings.osc:
        parse_address(settings.osc)
    if start.stream not in (None, WEB_PAGE_ADDRESS):
        settings = replace(settings, stream_to=start.stream)
    window = MainWindow(catalog, settings, source=start.source, device=start.device, own=own)
    if start.kiosk is None:
        window.show()
    else:
        second_screen = window.outlets["second screen"]
        assert isinstance(second_screen, SecondScreen)
        second_screen.start_alone(start.kiosk)
    with _failures_told(window):
        window.start()
        for name, path in list(own.items())[-1:]:
            window.learning.begin_with_show(name, picture_file(path))
        if start.virtual_camera:
            window.outlets["virtual camera"].start()
        if start.stream is not None:
            window.outlets["web page" if start.stream == WEB_PAGE_ADDRESS else "stream"].start()
        code = app.exec()
    # Not left to Python, which would clear it away at some moment, in some thread.
    sip.delete(window)
    return code


@contextmanager
def _failures_told(window: MainWindow) -> Iterator[None]:
    """What fails between two events is told, and the show goes on; PyQt by itself would end the process."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("The window failed", exc_info=(kind, error, trace))
        window.note(see_log("That failed"))

    before, sys.excepthook = sys.excepthook, tell
    try:
        yield
    finally:
        sys.excepthook = before


@contextmanager
def _ctrl_c_ends() -> Iterator[None]:
    """Ctrl-C ends the process at once: while Qt is loaded an exception is more than it bears."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _signals_close(app: QApplication) -> Iterator[None]:
    """Ctrl-C, a polite kill and a terminal that is closed close the window as its own button does.

    Python only gets to see them when some Python code runs, which the window's timer sees to. That code may be painting
    the window or building it, where Qt bears no exception and no closing: it is closed once Qt's loop is free.
    """
    from PyQt6.QtCore import QTimer

    def close(*_: object) -> None:
        QTimer.singleShot(0, app.closeAllWindows)

    numbers = [signal.SIGINT, signal.SIGTERM]
    # A terminal that is closed, except under nohup; Windows knows no such signal.
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        numbers.append(hang_up)
    before = {number: signal.signal(number, close) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _platform() -> str:
    """The Qt platform that the user asks for; empty for Qt's own choice."""
    return os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]


def _x_server_answers() -> bool:
    """Whether the X server that DISPLAY names lets us in. It may be gone: DISPLAY outlives it in a terminal or tmux."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # what is missing is told with a sentence when the window opens
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _is_unix_desktop() -> bool:
    return sys.platform.startswith(("linux", "freebsd"))


def _application() -> QApplication:
    advice = f" On Debian or Ubuntu: sudo apt install {LINUX_LIBRARIES}" if _is_unix_desktop() else ""
    try:
        if _is_unix_desktop() and _platform() in ("", "xcb") and not os.environ.get("WAYLAND_DISPLAY"):
            # Without this one, Qt ends the process instead of raising.
            ctypes.CDLL("libxcb-cursor.so.0")
        from PyQt6.QtWidgets import QApplication

        from livestyle.gui.icons import app_icon
        from livestyle.gui.language import speak
        from livestyle.gui.theme import apply_theme
    except (ImportError, OSError) as error:
        raise LivestyleError(f"The window can't be opened, a library is missing ({error}).{advice}") from error

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    _kept.add(app)
    app.setApplicationName("livestyle")
    app.setApplicationDisplayName("livestyle")
    app.setDesktopFileName("livestyle")
    speak(app)
    apply_theme(app)
    app.setWindowIcon(app_icon())
    return app
