from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from livestyle.errors import SinkError
from livestyle.sinks.part import PartFile, clear_left_over, taken, write_error


def test_the_name_is_given_to_a_whole_file_only(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    with PartFile(target) as part:
        assert part.path == tmp_path / "a.mp4.part"
        part.path.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert not part.path.exists()


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), PartFile(tmp_path / "new" / "a.mp4"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_part_file_of_another_run_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "a.mp4.part"
    other.write_text("a recording that was cut off")
    with pytest.raises(SinkError, match="rename or delete it"), PartFile(tmp_path / "a.mp4"):
        pass
    assert other.read_text() == "a recording that was cut off"
    with PartFile(tmp_path / "a.mp4", overwrite=True) as part:
        assert part.path.read_text() == ""


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    part = PartFile(target)
    part.create()
    part.path.write_text("ours")
    target.write_text("theirs")
    with pytest.raises(SinkError, match=r"exists already.*The result is in .*a\.mp4\.part"):
        part.finish()
    part.discard()
    assert (target.read_text(), part.path.read_text()) == ("theirs", "ours")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="is a folder"):
        PartFile(tmp_path).create()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "There is no space left for x/a.mp4: free some, or write to another disk."),
        (errno.EACCES, "x/a.mp4 can't be written: its folder is read-only. Choose another folder."),
        (errno.ENOENT, "There is no folder x: make it, or choose another."),
    ],
)
def test_sentences(number: int, sentence: str) -> None:
    assert str(write_error(Path("x/a.mp4"), OSError(number, "?"))) == sentence


def test_of_two_runs_with_one_result_the_second_is_refused_at_once(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    with PartFile(target, overwrite=True) as first:
        for overwrite in (True, False):
            second = PartFile(target, overwrite=overwrite)
            for refused in (second.check, second.create):
                with pytest.raises(SinkError, match="is being written by another run"):
                    refused()
            second.discard()
        clear_left_over(target)
        first.path.write_text("first")
    assert target.read_text() == "first"
    PartFile(target, overwrite=True).check()


def test_what_a_run_left_that_was_cut_off_can_be_cleared(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    clear_left_over(target)
    (tmp_path / "a.mp4.part").write_text("half")
    clear_left_over(target)
    assert list(tmp_path.iterdir()) == []


def test_a_part_file_that_another_has_replaced_is_not_taken_for_ours(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    ours = PartFile(target)
    ours.create()
    other = tmp_path / "other"
    other.write_text("theirs")
    other.replace(ours.path)
    with pytest.raises(SinkError, match="Another run writes"):
        ours.finish()
    ours.discard()
    assert not target.exists()
    assert ours.path.read_text() == "theirs"


def test_where_nothing_is_locked_a_file_that_is_open_can_not_be_renamed(tmp_path: Path, monkeypatch) -> None:
    """Windows: who asks for the lock finds out by renaming the file to its own name."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    part = tmp_path / "a.mp4.part"
    with taken(part) as is_free:
        assert not is_free  # it is not there
    part.touch()
    with taken(part) as is_free:
        assert is_free

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "rename", refuse)
    with taken(part) as is_free:
        assert not is_free
