from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest

from livestyle import hardware


def test_names_the_processor() -> None:
    assert hardware.processor_name().strip()


def test_falls_back_to_the_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", Mock(side_effect=OSError))
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert hardware.processor_name() == "riscv64"
