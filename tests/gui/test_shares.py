from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.gui.shares import added, normalized, with_share, without

weights = st.dictionaries(st.sampled_from("abcd"), st.floats(0, 100), min_size=1)
two_or_more = st.dictionaries(st.sampled_from("abcd"), st.floats(0, 100), min_size=2)


def test_a_second_style_gets_half_and_a_third_one_a_third() -> None:
    assert added({"a": 1.0}, "b") == {"a": 0.5, "b": 0.5}
    assert added({"a": 0.75, "b": 0.25}, "c") == pytest.approx({"a": 0.5, "b": 1 / 6, "c": 1 / 3})


def test_what_one_style_gives_up_the_others_divide_as_before() -> None:
    assert with_share({"a": 0.5, "b": 0.4, "c": 0.1}, "a", 0.0) == pytest.approx({"a": 0.0, "b": 0.8, "c": 0.2})
    assert with_share({"a": 0.5, "b": 0.5}, "b", 0.9) == pytest.approx({"a": 0.1, "b": 0.9})


def test_styles_without_a_share_divide_the_rest_evenly() -> None:
    assert with_share({"a": 1.0, "b": 0.0, "c": 0.0}, "a", 0.6) == pytest.approx({"a": 0.6, "b": 0.2, "c": 0.2})
    assert without({"a": 1.0, "b": 0.0, "c": 0.0}, "a") == {"b": 0.5, "c": 0.5}


def test_a_style_alone_has_all() -> None:
    assert with_share({"a": 1.0}, "a", 0.3) == {"a": 1.0}


@given(weights)
def test_adding_keeps_the_order_and_the_sum(mix: dict[str, float]) -> None:
    more = added(normalized(mix), "new")
    assert list(more) == [*mix, "new"]
    assert sum(more.values()) == pytest.approx(1)


@given(two_or_more, st.floats(0, 1))
def test_setting_a_share_keeps_the_order_and_the_sum(mix: dict[str, float], share: float) -> None:
    name = list(mix)[-1]
    changed = with_share(normalized(mix), name, share)
    assert list(changed) == list(mix)
    assert changed[name] == share
    assert sum(changed.values()) == pytest.approx(1)
    assert min(changed.values()) >= 0


@given(two_or_more)
def test_taking_one_out_keeps_the_order_and_the_sum(mix: dict[str, float]) -> None:
    fewer = without(normalized(mix), next(iter(mix)))
    assert list(fewer) == list(mix)[1:]
    assert sum(fewer.values()) == pytest.approx(1)
