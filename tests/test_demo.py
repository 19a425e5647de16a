from __future__ import annotations

import pytest

from livestyle.demo import FADE_S, in_turn
from livestyle.look import Look
from livestyle.timeline import Course

COURSE = Course(Look((("first", 1.0),), strength=0.5), in_turn(["a", "b", "c"], 2.0))


def test_each_style_has_its_turn() -> None:
    assert [COURSE.look_at(time_s).mix for time_s in (0.0, 2.5, 5.9, 7.0)] == [
        (("a", 1.0),),
        (("b", 1.0),),
        (("c", 1.0),),
        (("c", 1.0),),
    ]
    assert COURSE.look_at(2.5).strength == 0.5


def test_a_style_fades_into_the_next_at_its_end() -> None:
    assert dict(COURSE.look_at(2.0 - FADE_S / 2).mix) == pytest.approx({"a": 0.5, "b": 0.5})
    assert dict(COURSE.look_at(2.0 - FADE_S).mix) == {"a": 1.0}
    assert dict(COURSE.look_at(2.0).mix) == {"b": 1.0}


def test_the_shortest_turn_is_half_a_fade() -> None:
    course = Course(Look((("first", 1.0),)), in_turn(["a", "b"], 0.1))
    assert [course.look_at(time_s).mix[0][0] for time_s in (0.0, 0.049, 0.1)] == ["a", "a", "b"]


def test_without_styles_to_go_through_the_look_stays() -> None:
    look = Look((("first", 1.0),))
    assert Course(look, in_turn([], 2.0)).look_at(1.0) == look
