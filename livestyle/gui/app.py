"""Starts the window."""

from __future__ import annotations

import os
import signal
import sys

from PyQt6.QtWidgets import QApplication

from livestyle.gui.choices import with_mix
from livestyle.gui.icons import app_icon
from livestyle.gui.theme import apply_theme
from livestyle.gui.window import MainWindow
from livestyle.settings import load_settings
from livestyle.styles.catalog import Catalog

HEADLESS_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Qt platforms that need no display server."""


def display_available() -> bool:
    """Whether a window can be opened here. Decided without Qt, which ends the process where it can't start."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.split(":")[0] in HEADLESS_PLATFORMS:
        return True
    if not sys.platform.startswith(("linux", "freebsd")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(source: str | None = None, mix: tuple[tuple[str, float], ...] | None = None, device: str = "auto") -> int:
    """Opens the window and returns when it is closed.

    Args:
        source: What to show, as the command line writes it; None for what was shown last, or the first camera that
            works, or the demo scene.
        mix: One style, or two and their weights; None for what was used last.
        device: "auto", "cuda", "cpu" or "mps".

    Returns:
        The exit code.

    Raises:
        StyleError: No style is installed, or those asked for are unknown or can't be mixed.
    """
    catalog = Catalog.installed()
    settings = load_settings()
    if mix is not None:
        settings = with_mix(settings, mix, catalog)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("livestyle")
    app.setApplicationDisplayName("livestyle")
    app.setDesktopFileName("livestyle")
    apply_theme(app)
    app.setWindowIcon(app_icon())
    window = MainWindow(catalog, settings, source=source, device=device)
    window.show()
    window.start()
    # Python only gets to see Ctrl-C when some Python code runs, which the window's timer sees to.
    before = signal.signal(signal.SIGINT, lambda *_: window.close())
    try:
        return app.exec()
    finally:
        signal.signal(signal.SIGINT, before)
