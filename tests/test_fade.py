from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.fade import Fade, between, in_styles_of, moved
from livestyle.look import Look

ONE = Look((("calm", 1.0),), strength=1.0, stroke=0.5, steady=0.2, depth=0.0)
OTHER = Look((("wild", 3.0), ("dark", 1.0)), strength=0.5, stroke=2.0, steady=0.6, depth=0.8, colors="camera")
names = st.sampled_from(["calm", "wild", "dark", "odd", "even"])
shares = st.floats(0.0, 1.0)
looks = st.builds(
    Look,
    st.lists(st.tuples(names, st.floats(1e-3, 1e3)), min_size=1, max_size=4, unique_by=lambda part: part[0]).map(tuple),
    strength=shares,
    stroke=st.floats(0.5, 2.0),
    steady=shares,
    depth=shares,
    colors=st.sampled_from(["painting", "camera", "only"]),
)


def test_half_way_is_half_of_both() -> None:
    half = between(ONE, OTHER, 0.5)
    assert dict(half.mix) == pytest.approx({"calm": 0.5, "wild": 0.375, "dark": 0.125})
    assert (half.strength, half.steady, half.depth) == pytest.approx((0.75, 0.4, 0.4))
    assert half.stroke == pytest.approx(1.0)


def test_colours_of_both_are_mixed_and_those_of_more_count_where_one_has_to() -> None:
    for share, colors in ((0.4, "painting"), (0.6, "camera")):
        look = between(ONE, OTHER, share)
        assert look.colorings() == pytest.approx({"painting": 1 - share, "camera": share})
        assert look.colors == colors


def test_a_fade_that_is_sent_elsewhere_mixes_the_colours_of_three() -> None:
    look = between(between(ONE, OTHER, 0.5), replace(ONE, colors="only"), 0.5)
    assert look.colorings() == pytest.approx({"painting": 0.25, "camera": 0.25, "only": 0.5})


@given(looks, looks, shares)
def test_a_look_between_two_can_be_painted_in_and_is_nearer_to_both(one: Look, other: Look, share: float) -> None:
    look = between(one, other, share)
    assert all(weight > 0 for _, weight in look.mix)
    assert moved(one, look) <= moved(one, other) + 1e-6
    assert moved(one, look) + moved(look, other) == pytest.approx(moved(one, other), abs=1e-6)


@given(looks, looks)
def test_it_begins_with_one_and_ends_with_the_other(one: Look, other: Look) -> None:
    assert between(one, other, 0.0) is one
    assert between(one, other, 1.0) == other


@given(looks, looks, looks, shares)
def test_a_look_in_the_styles_of_another(one: Look, other: Look, third: Look, share: float) -> None:
    look = in_styles_of(one, between(other, third, share))
    assert look.mix == between(other, third, share).mix
    assert (look.strength, look.stroke, look.steady, look.depth) == (one.strength, one.stroke, one.steady, one.depth)
    assert look.colorings() == one.colorings()


def test_how_far_looks_are_apart() -> None:
    assert moved(ONE, ONE) == 0
    assert moved(ONE, replace(ONE, mix=(("wild", 5.0),))) == 1
    assert moved(ONE, replace(ONE, strength=0.7)) == pytest.approx(0.3)
    assert moved(ONE, replace(ONE, stroke=1.0)) == 1
    # What is done to a painting afterwards is no other painting.
    assert moved(ONE, replace(ONE, depth=1.0, steady=1.0, colors="only")) == 0


class TestFade:
    fade = Fade(ONE, OTHER, start_s=10.0, seconds=2.0)

    def test_it_stands_before_and_after(self) -> None:
        assert self.fade.at(9.0) == ONE
        assert self.fade.at(12.0) == OTHER
        assert self.fade.at(99.0) == OTHER
        assert [self.fade.is_over(time_s) for time_s in (9.0, 11.9, 12.0)] == [False, False, True]

    def test_it_moves_on_in_small_steps_gently_at_both_ends(self) -> None:
        looks = [self.fade.at(10.0 + frame / 20) for frame in range(41)]
        steps = [moved(a, b) for a, b in pairwise(looks)]
        assert sum(steps) == pytest.approx(moved(ONE, OTHER))
        assert max(steps) < 2 * sum(steps) / len(steps)
        assert max(steps[0], steps[-1]) < max(steps) / 10

    def test_no_time_is_a_jump(self) -> None:
        assert Fade(ONE, OTHER, start_s=10.0).at(10.0) == OTHER

    def test_sent_elsewhere_it_goes_there_from_where_it_is(self) -> None:
        back = self.fade.to(ONE, 11.0, 3.0)
        assert back.at(11.0) == self.fade.at(11.0)
        assert back.at(14.0) == ONE

    def test_what_is_set_by_hand_on_the_way_counts_at_once(self) -> None:
        passing = self.fade.to(ONE, 11.0, 2.0)
        by_hand = passing.with_set(replace(ONE, colors="only", strength=0.3))
        for time_s in (11.0, 12.0, 13.0):
            look = by_hand.at(time_s)
            assert look.strength == pytest.approx(0.3)
            assert look.colorings() == pytest.approx({"only": 1.0})
            assert dict(look.mix) == dict(passing.at(time_s).mix)
