"""The windows on a desktop of X11."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator

from livestyle.sources.desktop import Region, Window

_U8, _U16, _U32, _ADDRESS = ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_void_p
_REQUESTS = {
    "intern_atom": (_U8, _U16, ctypes.c_char_p),
    "get_property": (_U8, _U32, _U32, _U32, _U32, _U32),
    "query_tree": (_U32,),
    "get_geometry": (_U32,),
    "get_window_attributes": (_U32,),
    "translate_coordinates": (_U32, _U32, ctypes.c_int16, ctypes.c_int16),
}
_HEAD_BYTES = 32
"""Replies begin with so many bytes, the last of which some fill with values; lists follow."""
_MAP_STATE_AT, _VIEWABLE = 26, 2
_MOST_WORDS = 4096


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (("roots", ctypes.POINTER(_U32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class WindowsOfX11:
    """Asks the X server by libxcb, which unlike Xlib bears it when a window has gone in the meantime.

    The layouts of the replies are those of the X11 protocol.
    """

    def __init__(self) -> None:
        xcb = self._xcb = ctypes.CDLL("libxcb.so.1")
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = (_ADDRESS,)
        for name, arguments in _REQUESTS.items():
            ask, answer = getattr(xcb, f"xcb_{name}"), getattr(xcb, f"xcb_{name}_reply")
            ask.argtypes, ask.restype = (_ADDRESS, *arguments), _Cookie
            answer.argtypes, answer.restype = (_ADDRESS, _Cookie, _ADDRESS), _ADDRESS
        for name, result in (("connection_has_error", ctypes.c_int), ("disconnect", None), ("get_setup", _ADDRESS)):
            function = getattr(xcb, f"xcb_{name}")
            function.argtypes, function.restype = (_ADDRESS,), result
        xcb.xcb_setup_roots_iterator.argtypes, xcb.xcb_setup_roots_iterator.restype = (_ADDRESS,), _Screens
        xcb.xcb_connect.restype = _ADDRESS
        self._connection = xcb.xcb_connect(None, None)
        self._root = 0
        if not xcb.xcb_connection_has_error(self._connection):
            self._root = xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(self._connection)).roots[0]
        self._atoms: dict[str, int] = {}

    def list(self) -> list[Window]:
        """The windows that are in sight, from the lowest to the topmost."""
        return list(self._found())

    def close(self) -> None:
        """Lets go of the server."""
        self._xcb.xcb_disconnect(self._connection)

    def _found(self) -> Iterator[Window]:
        # Without a window manager, windows are the root's children.
        for window in self._numbers(self._root, "_NET_CLIENT_LIST_STACKING") or self._children():
            region = self._region(window)
            if region is not None:
                title = self._property(window, "_NET_WM_NAME") or self._property(window, "WM_NAME")
                is_ours = os.getpid() in self._numbers(window, "_NET_WM_PID")
                yield Window(title.decode(errors="replace"), region, is_ours)

    def _children(self) -> tuple[int, ...]:
        reply = self._ask("query_tree", self._root)
        return struct.unpack_from(f"={(len(reply) - _HEAD_BYTES) // 4}I", reply, _HEAD_BYTES) if reply else ()

    def _region(self, window: int) -> Region | None:
        """Where a window is; None if it is not in sight."""
        attributes, geometry = self._ask("get_window_attributes", window), self._ask("get_geometry", window)
        place = self._ask("translate_coordinates", window, self._root, 0, 0)
        if not attributes or not geometry or not place or attributes[_MAP_STATE_AT] != _VIEWABLE:
            return None
        return Region(*struct.unpack_from("=hh", place, 12), *struct.unpack_from("=HH", geometry, 16))

    def _numbers(self, window: int, name: str) -> tuple[int, ...]:
        value = self._property(window, name)
        return struct.unpack(f"={len(value) // 4}I", value[: len(value) // 4 * 4])

    def _property(self, window: int, name: str) -> bytes:
        """A property of a window; empty if it has none of that name."""
        if name not in self._atoms:
            reply = self._ask("intern_atom", 0, len(name), name.encode())
            self._atoms[name] = struct.unpack_from("=I", reply, 8)[0] if reply else 0
        reply = self._ask("get_property", 0, window, self._atoms[name], 0, 0, _MOST_WORDS)
        if not reply:
            return b""
        bits, count = reply[1], struct.unpack_from("=I", reply, 16)[0]
        return reply[_HEAD_BYTES : _HEAD_BYTES + count * bits // 8]

    def _ask(self, name: str, *arguments: object) -> bytes:
        """What the server answers; empty if the window is gone, or the server."""
        cookie = getattr(self._xcb, f"xcb_{name}")(self._connection, *arguments)
        address = getattr(self._xcb, f"xcb_{name}_reply")(self._connection, cookie, None)
        if not address:
            return b""
        size = _HEAD_BYTES + 4 * struct.unpack("=I", ctypes.string_at(address + 4, 4))[0]
        reply = ctypes.string_at(address, size)
        self._free(address)
        return reply
