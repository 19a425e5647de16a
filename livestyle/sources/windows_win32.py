"""The windows on a desktop of Windows."""

from __future__ import annotations

import ctypes
import os
import sys

from livestyle.sources.desktop import Region, Window

if sys.platform == "win32":
    from ctypes import wintypes

    _CLOAKED, _BOUNDS = 14, 9
    """DWMWA_CLOAKED: windows of apps that sleep, or are on another desktop. DWMWA_EXTENDED_FRAME_BOUNDS: what is seen
    of a window, without its shadow."""

    def list_windows() -> list[Window]:
        """The windows that are in sight, from the lowest to the topmost."""
        user, dwm = ctypes.WinDLL("user32"), ctypes.WinDLL("dwmapi")
        found: list[Window] = []

        @ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
        def see(handle: int, _: int) -> bool:
            window = wintypes.HWND(handle)
            if not user.IsWindowVisible(window) or user.IsIconic(window):
                return True
            cloaked, bounds, process = wintypes.DWORD(), wintypes.RECT(), wintypes.DWORD()
            dwm.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
            if cloaked.value or dwm.DwmGetWindowAttribute(window, _BOUNDS, ctypes.byref(bounds), ctypes.sizeof(bounds)):
                return True
            title = ctypes.create_unicode_buffer(512)
            user.GetWindowTextW(window, title, len(title))
            user.GetWindowThreadProcessId(window, ctypes.byref(process))
            region = Region(bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top)
            found.append(Window(title.value, region, process.value == os.getpid()))
            return True

        user.EnumWindows(see, 0)
        return found[::-1]
