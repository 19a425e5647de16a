from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import StyleError
from livestyle.look import Look, parse_mix


@pytest.mark.parametrize(
    ("text", "mix"),
    [
        ("starry_night", (("starry_night", 1.0),)),
        ("starry_night:0.6,the_scream:0.4", (("starry_night", 0.6), ("the_scream", 0.4))),
        (" a , b : 2", (("a", 1.0), ("b ", 2.0))),
    ],
)
def test_parse_mix(text: str, mix: tuple[tuple[str, float], ...]) -> None:
    assert parse_mix(text) == tuple((name.strip(), weight) for name, weight in mix)


@pytest.mark.parametrize("text", ["", ",", "a:", "a:x", "a:0", "a:-1", "a:nan", "a:inf", ":1", "a,,b"])
def test_what_is_no_mix_gives_a_sentence(text: str) -> None:
    with pytest.raises(StyleError, match="Can't read the style"):
        parse_mix(text)


@given(st.text())
def test_any_text_is_a_mix_or_a_sentence(text: str) -> None:
    try:
        mix = parse_mix(text)
    except StyleError:
        return
    assert all(name and weight > 0 for name, weight in mix)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_strength_outside_0_to_1_is_refused(strength: float) -> None:
    with pytest.raises(StyleError, match="Strength"):
        Look((("a", 1.0),), strength=strength)


@pytest.mark.parametrize("mix", [(), (("a", 0.0),), (("a", -1.0),), (("a", float("nan")),)])
def test_weights_have_to_be_positive(mix: tuple[tuple[str, float], ...]) -> None:
    with pytest.raises(StyleError, match="weight"):
        Look(mix)
