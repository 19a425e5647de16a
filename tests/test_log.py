from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from livestyle.log import log_path, logging_to_file, see_log

log = logging.getLogger("livestyle.test")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where logs go."""
    folder = tmp_path / "new" / "log"
    monkeypatch.setattr(platformdirs, "user_log_path", lambda *_, **__: folder)
    before = list(logging.getLogger().handlers)
    yield folder
    assert logging.getLogger().handlers == before


def test_errors_are_written_with_their_traces_and_the_sentence_says_where(folder) -> None:
    with logging_to_file():
        try:
            raise ArithmeticError("a bug")
        except ArithmeticError:
            log.exception("Saving failed")
        log.info("of no interest")
        assert see_log("Saving failed") == f"Saving failed: see {folder / 'livestyle.log'}."
    written = log_path().read_text()
    assert "Saving failed" in written
    assert "ArithmeticError: a bug" in written
    assert "of no interest" not in written


def test_where_all_is_well_there_is_no_file(folder) -> None:
    with logging_to_file():
        pass
    assert not log_path().exists()


def test_without_a_folder_the_terminal_has_it_alone(folder, tmp_path, capsys) -> None:
    (tmp_path / "new").write_text("a file where the folder should be")
    with logging_to_file():
        log.error("Saving failed")
        assert see_log("Saving failed") == "Saving failed: see the log."
    assert "Saving failed" in capsys.readouterr().err
