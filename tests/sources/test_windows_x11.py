from __future__ import annotations

import os
import struct

import pytest

from livestyle.sources.desktop import Region, Window
from livestyle.sources.windows_x11 import WindowsOfX11

ROOT, EDITOR, GONE, HIDDEN, OURS = 1, 20, 21, 22, 23
ATOMS = ["_NET_CLIENT_LIST_STACKING", "_NET_WM_NAME", "WM_NAME", "_NET_WM_PID"]


class FakeServer(WindowsOfX11):
    """Answers as an X server does, byte by byte."""

    def __init__(self, properties: dict[tuple[int, str], bytes], children: list[int]) -> None:
        self._root, self._atoms = ROOT, {}
        self._properties, self._found_below = properties, children

    def _ask(self, name: str, *arguments: object) -> bytes:
        match name, arguments:
            case "intern_atom", (0, length, text):
                assert length == len(text)
                return struct.pack("=8xI20x", ATOMS.index(text.decode()) + 500)
            case "get_property", (0, window, atom, 0, 0, _):
                value = self._properties.get((window, ATOMS[atom - 500]), b"")
                bits = 32 if ATOMS[atom - 500] in ("_NET_CLIENT_LIST_STACKING", "_NET_WM_PID") else 8
                padded = value + bytes(-len(value) % 4)
                return struct.pack("=xB14xI12x", bits, len(value) * 8 // bits) + padded
            case "query_tree", (window,):
                assert window == ROOT
                return struct.pack(f"=16xH14x{len(self._found_below)}I", len(self._found_below), *self._found_below)
            case _, (window, *_) if window == GONE:
                return b""
            case "get_window_attributes", (window,):
                return struct.pack("=26xB17x", 0 if window == HIDDEN else 2)
            case "get_geometry", _:
                return struct.pack("=12xhhHH12x", 3, 3, 300, 200)
            case "translate_coordinates", (window, root, 0, 0):
                assert root == ROOT
                return struct.pack("=12xhh16x", -window, window)
        raise AssertionError(name)


def numbers(*values: int) -> bytes:
    return struct.pack(f"={len(values)}I", *values)


PROPERTIES = {
    (EDITOR, "_NET_WM_NAME"): "Größe ändern".encode(),
    (EDITOR, "WM_NAME"): b"Editor",
    (OURS, "WM_NAME"): b"livestyle",
    (OURS, "_NET_WM_PID"): numbers(os.getpid()),
}
SEEN = [
    Window("Größe ändern", Region(-EDITOR, EDITOR, 300, 200), is_ours=False),
    Window("livestyle", Region(-OURS, OURS, 300, 200), is_ours=True),
]


@pytest.mark.parametrize("has_manager", [True, False])
def test_windows_in_sight_are_listed_from_below(has_manager: bool) -> None:
    listed = {(ROOT, "_NET_CLIENT_LIST_STACKING"): numbers(EDITOR, GONE, HIDDEN, OURS)} if has_manager else {}
    server = FakeServer({**PROPERTIES, **listed}, [] if has_manager else [EDITOR, GONE, HIDDEN, OURS])
    assert server.list() == SEEN


def test_without_a_server_there_are_no_windows() -> None:
    class Silent(FakeServer):
        def _ask(self, name: str, *arguments: object) -> bytes:
            return b""

    assert Silent({}, []).list() == []
