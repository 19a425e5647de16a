from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import livestyle

IMPORTS_ALL = """
import importlib, pathlib, sys
for name in ("av", "PyQt6", "openvino"):
    sys.modules[name] = None
for room in ("networks", "training"):
    for path in sorted(pathlib.Path("livestyle", room).rglob("*.py")):
        importlib.import_module(".".join(path.with_suffix("").parts))
"""


def test_a_machine_without_video_window_and_openvino_can_train() -> None:
    root = Path(livestyle.__path__[0]).parent
    done = subprocess.run([sys.executable, "-c", IMPORTS_ALL], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
