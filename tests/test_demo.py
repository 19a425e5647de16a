from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.demo import FADE_S, mix_at

NAMES = ["a", "b", "c"]


def test_each_style_has_its_turn() -> None:
    assert [mix_at(t, NAMES, 2.0) for t in (0.0, 2.5, 5.9, 7.0)] == [
        (("a", 1.0),),
        (("b", 1.0),),
        (("c", 1.0),),
        (("c", 1.0),),
    ]


def test_a_style_fades_into_the_next_at_its_end() -> None:
    mix = dict(mix_at(2.0 - FADE_S / 4, NAMES, 2.0))
    assert mix == pytest.approx({"a": 0.25, "b": 0.75})


@given(time_s=st.floats(0, 100), each=st.floats(0.05, 10), count=st.integers(1, 9))
def test_there_is_a_mix_at_every_moment(time_s: float, each: float, count: int) -> None:
    mix = mix_at(time_s, [f"s{i}" for i in range(count)], each)
    assert sum(weight for _, weight in mix) == pytest.approx(1)
