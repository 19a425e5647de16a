"""The layers of the package: what a room may import is what stands below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import livestyle

LAYERS = (
    ("errors", "__init__", "log"),
    ("frame", "masks", "sound", "look", "fade", "timeline", "hardware", "timing", "idle"),
    ("networks", "losses", "depth"),
    ("sources", "sinks"),
    ("listening", "pretrained", "styles"),
    ("stylizer",),
    ("steady", "compose"),
    ("device",),
    ("painter",),
    ("regions", "large", "people"),
    ("stills", "textures"),
    ("training",),
    ("evaluation",),
    ("clips", "photos", "demo", "sheet", "live", "settings", "bench", "export"),
    ("jobs",),
    ("api", "gui"),
    ("doctor",),
    ("cli",),
    ("__main__",),
)
"""From the bottom to the top. A room, a folder or a module of the package, imports rooms of lower layers, and those of
its own layer as long as they don't import it."""

ROOT = Path(livestyle.__path__[0])
HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(source: str) -> Iterator[str]:
    """The rooms that a module imports, wherever in it, and be it for types alone."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for package, _, inside in (name.partition(".") for name in names):
            if package == "livestyle":
                room = inside.partition(".")[0]
                yield room if (ROOT / room).is_dir() or (ROOT / f"{room}.py").exists() else "__init__"


MODULES = sorted(ROOT.rglob("*.py"))
IMPORTS = sorted({(room_of(path), room) for path in MODULES for room in imported_rooms(path.read_text("utf-8"))})


def test_every_room_has_its_layer() -> None:
    assert {room_of(path) for path in MODULES} == set(HEIGHT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_import_runs_upwards(path: Path) -> None:
    own = room_of(path)
    rooms = set(imported_rooms(path.read_text("utf-8"))) - {own}
    if own == "__init__":
        rooms -= {"api"}  # it hands out what stands there, and imports it when it is asked for
    assert not {room for room in rooms if HEIGHT[room] > HEIGHT[own]}


def test_no_two_rooms_import_each_other() -> None:
    assert not [pair for pair in IMPORTS if pair[0] != pair[1] and pair[::-1] in IMPORTS]


def test_imports_are_found_wherever_they_stand() -> None:
    source = "import livestyle.look\ndef f():\n    import livestyle.gui.app\n    from livestyle import cli, unknown"
    assert sorted(imported_rooms(source)) == ["__init__", "cli", "gui", "look"]
