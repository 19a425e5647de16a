from __future__ import annotations

from dataclasses import replace

import pytest

from livestyle.styles.file import StyleFile
from livestyle.stylizer import openvino_backend
from livestyle.stylizer.first_time import first_time


@pytest.fixture(autouse=True)
def _own_cache(cache_folder) -> None:
    """Nothing is converted yet."""


def test_a_network_is_converted_step_by_step_and_but_once(tiny_file: StyleFile) -> None:
    shares = [share for _, share in first_time(tiny_file, "cpu")]
    assert shares == sorted(set(shares))
    assert 0 < shares[0] < shares[-1] < 1
    assert openvino_backend.is_converted(tiny_file)
    assert list(first_time(tiny_file, "cpu")) == []


def test_where_something_else_paints_there_is_nothing_to_do(tiny_file: StyleFile) -> None:
    assert list(first_time(tiny_file, "cuda")) == []
    by_torch = replace(tiny_file, spec=replace(tiny_file.spec, family="patches"))
    assert list(first_time(by_torch, "cpu")) == []


def test_what_can_not_be_converted_is_left_to_who_opens(tiny_file: StyleFile, monkeypatch) -> None:
    def fail(file: StyleFile) -> None:
        raise RuntimeError("unknown operation")

    monkeypatch.setattr(openvino_backend, "convert_and_keep", fail)
    assert len(list(first_time(tiny_file, "cpu"))) == 2
    assert not openvino_backend.is_converted(tiny_file)
