from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import livestyle


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("3", "3")])
def test_numpy_is_told_to_leave_the_cores_to_the_network(before: str | None, after: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if before is not None:
        environment["OPENBLAS_NUM_THREADS"] = before
    asks = "import sys, livestyle, os; assert 'numpy' not in sys.modules; print(os.environ['OPENBLAS_NUM_THREADS'])"
    told = subprocess.run([sys.executable, "-c", asks], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == after


@pytest.mark.parametrize("name", ["open_painter", "convert", "stylize"])
def test_what_programs_call_is_imported_when_it_is_asked_for(name: str) -> None:
    asks = (
        "import sys, livestyle; assert 'livestyle.api' not in sys.modules; assert 'numpy' not in sys.modules; "
        f"assert {name!r} in dir(livestyle); from livestyle import {name}; print({name}.__name__)"
    )
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == name


def test_no_more_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        livestyle.paint  # noqa: B018


def test_type_checkers_may_look_into_it() -> None:
    assert Path(livestyle.__path__[0], "py.typed").is_file()
