from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from livestyle.errors import TrainingError
from livestyle.training.train import make_places


def test_places_are_made_and_nothing_is_left_in_them(tmp_path: Path) -> None:
    make_places(tmp_path / "runs" / "a", tmp_path / "out" / "a.safetensors")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["out", "runs", "runs/a"]


def test_a_place_that_takes_no_file_is_told_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(**_: object) -> object:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", read_only)
    with pytest.raises(TrainingError, match=r"Can't write into .*: Read-only file system"):
        make_places(tmp_path / "run", tmp_path / "a.safetensors")
