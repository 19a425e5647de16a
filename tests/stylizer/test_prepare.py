from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer import openvino_backend, prepare


@pytest.fixture
def catalog(tiny_file: StyleFile, cache_folder) -> Catalog:
    """A network, one with the same styles that is asked for by its name alone, and one that torch runs."""
    named = replace(tiny_file, weights=dict(tiny_file.weights))
    by_torch = replace(
        tiny_file,
        spec=replace(tiny_file.spec, family="patches"),
        weights=dict(tiny_file.weights),
        styles={"torn": replace(tiny_file.styles["calm"], name="torn")},
    )
    return Catalog((tiny_file, named, by_torch))


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda words, **_: started.append(words))
    return started


def test_what_paints_a_style_alone_is_converted_and_but_once(catalog, tiny_file, monkeypatch) -> None:
    monkeypatch.setattr(Catalog, "installed", lambda network, device: catalog)
    stood_back: list[object] = []
    monkeypatch.setattr(os, "nice", stood_back.append)
    monkeypatch.setattr(os, "sched_setscheduler", lambda *how: stood_back.append(how), raising=False)
    assert [file is tiny_file for file in prepare.unprepared(catalog, "cpu")] == [True]
    assert prepare.main(["cpu"]) == 0
    assert stood_back
    assert openvino_backend.is_converted(tiny_file)
    assert prepare.unprepared(catalog, "cpu") == []


def test_a_process_is_started_where_there_is_something_to_do(catalog, tiny_file, children) -> None:
    prepare.start(catalog, "cpu")
    assert children == [[sys.executable, "-m", "livestyle.stylizer.prepare", "cpu"]]
    openvino_backend.convert_and_keep(tiny_file)
    assert prepare.start(catalog, "cpu") is None
    assert len(children) == 1


def test_where_something_else_paints_or_there_is_no_python_to_start_none_is(catalog, children, monkeypatch) -> None:
    assert prepare.start(catalog, "cuda") is None
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert prepare.start(catalog, "cpu") is None
    assert children == []
