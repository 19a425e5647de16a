from __future__ import annotations

from pathlib import Path
from typing import Any

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
        ("carpet.jpg:0.5,starry_night:0.5", (("carpet.jpg", 0.5), ("starry_night", 0.5))),
        (r"C:\Pictures\carpet.jpg", ((r"C:\Pictures\carpet.jpg", 1.0),)),
        (r"C:\Pictures\carpet.jpg:0.3,D:/a.png", ((r"C:\Pictures\carpet.jpg", 0.3), ("D:/a.png", 1.0))),
        ("c:carpet.jpg:2", (("c:carpet.jpg", 2.0),)),
        ("/scans/12:30.PNG:.5", (("/scans/12:30.PNG", 0.5),)),
        ("/no/suffix:1e-2", (("/no/suffix", 0.01),)),
    ],
)
def test_parse_mix(text: str, mix: tuple[tuple[str, float], ...]) -> None:
    assert parse_mix(text) == tuple((name.strip(), weight) for name, weight in mix)


@pytest.mark.parametrize("name", ["a,b.jpg", "a, b,c.jpg", "12:30", "x:0.5", "rug,red:2.png", ",.png"])
def test_the_name_of_a_file_may_hold_commas_and_colons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).touch()
    for path in (name, str(tmp_path / name)):
        assert parse_mix(path) == ((path, 1.0),)
        assert parse_mix(f"calm:2,{path}:0.5,wild") == (("calm", 2.0), (path, 0.5), ("wild", 1.0))


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


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"([A-Za-z]:[\\/])?(\w+[\\/])*[\w:]*\w\.(jpg|PNG)|[a-z_]+", fullmatch=True),
            st.none() | st.floats(1e-6, 1e6),
        ),
        min_size=1,
    )
)
def test_names_and_paths_come_back_with_their_weights(mix: list[tuple[str, float | None]]) -> None:
    text = ",".join(name if weight is None else f"{name}:{weight}" for name, weight in mix)
    assert parse_mix(text) == tuple((name, 1.0 if weight is None else weight) for name, weight in mix)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_strength_outside_0_to_1_is_refused(strength: float) -> None:
    with pytest.raises(StyleError, match="Strength"):
        Look((("a", 1.0),), strength=strength)


@pytest.mark.parametrize("mix", [(), (("a", 0.0),), (("a", -1.0),), (("a", float("nan")),)])
def test_weights_have_to_be_positive(mix: tuple[tuple[str, float], ...]) -> None:
    with pytest.raises(StyleError, match="weight"):
        Look(mix)


def test_a_look_mixes_four_styles_at_most() -> None:
    assert len(Look(parse_mix("a,b,c,d")).mix) == 4
    with pytest.raises(StyleError, match="at most 4 styles, not 5"):
        Look(parse_mix("a,b,c,d,e"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"stroke": 0.4}, "stroke size goes from 0.5 to 2"),
        ({"stroke": float("nan")}, "stroke size"),
        ({"colors": "mine"}, "one of painting, camera, only"),
        ({"steady": 1.1}, "Steadiness goes from 0 to 1"),
    ],
)
def test_what_is_out_of_bounds_gives_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StyleError, match=sentence):
        Look((("a", 1.0),), **wrong)


def test_only_the_mix_goes_by_its_place() -> None:
    with pytest.raises(TypeError):
        Look((("a", 1.0),), 0.5)
