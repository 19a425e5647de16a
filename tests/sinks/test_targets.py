from __future__ import annotations

from pathlib import Path

import pytest

from livestyle.errors import SinkError
from livestyle.sinks.part import targets_for

KINDS = (".mp4", ".mkv")


def test_names_of_results(tmp_path: Path) -> None:
    a, b, avi = Path("x/a.mkv"), Path("y/b.mp4"), Path("c.avi")
    out = tmp_path / "out"
    assert targets_for([a], Path("one.mp4"), KINDS) == [Path("one.mp4")]
    assert targets_for([a], tmp_path, KINDS) == [tmp_path / "a.mkv"]
    assert targets_for([a, b, avi], out, KINDS) == [out / "a.mkv", out / "b.mp4", out / "c.mp4"]


def test_names_that_can_not_be(tmp_path: Path) -> None:
    a, b = Path("x/a.mkv"), Path("y/b.mp4")
    with pytest.raises(SinkError, match="both become"):
        targets_for([a, Path("y/a.mkv")], tmp_path, KINDS)
    with pytest.raises(SinkError, match="is a single file"):
        targets_for([a, b], Path("one.mp4"), KINDS)
    with pytest.raises(SinkError, match="is a single file"):
        targets_for([a], Path("one.mp4"), KINDS, into_folder=True)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SinkError, match="is a single file"):
        targets_for([a, b], tmp_path / "notes.txt", KINDS)
