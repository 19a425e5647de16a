from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.errors import StyleError
from livestyle.fade import Fade, moved, styles_of
from livestyle.look import Look
from livestyle.masks import from_text
from livestyle.timeline import (
    PART,
    Course,
    Cue,
    Part,
    Timeline,
    cue_between,
    cue_text,
    parse_timeline,
    read_timeline,
)
from livestyle.timeline import write_timeline as write

CALM = Look((("calm", 1.0),))
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
shares = st.floats(0.0, 1.0)
mixes = st.lists(st.tuples(names, st.floats(1e-3, 1e3)), min_size=1, max_size=4, unique_by=lambda part: part[0]).map(
    tuple
)
changes = st.fixed_dictionaries(
    {},
    optional={
        "mix": mixes,
        "strength": shares,
        "stroke": st.floats(0.5, 2.0),
        "colors": st.sampled_from(["painting", "camera", "only"]),
        "steady": shares,
        "depth": shares,
        "region": st.sampled_from(["everything", "me", "background", "brushed"]),
        "outside": st.one_of(st.just(()), mixes),
    },
)
cues = st.builds(
    Cue,
    st.floats(-10.0, 100.0),
    changes,
    st.floats(0.0, 20.0),
    st.sampled_from([None, False, True]),
)
timelines = st.lists(cues, min_size=1, max_size=8).map(lambda c: Timeline(tuple(sorted(c, key=lambda cue: cue.time_s))))


def of_look(changes: dict) -> dict:
    return {name: it for name, it in changes.items() if name not in PART}


# ---- what is set when ------------------------------------------------------------------------------------------------


def test_cues_change_what_they_name_and_leave_the_rest() -> None:
    course = Course(
        replace(CALM, depth=0.3), Timeline((Cue(1.0, {"strength": 0.5}), Cue(2.0, {"mix": (("wild", 1.0),)}, 2.0)))
    )
    assert course.look_at(0.9) == replace(CALM, depth=0.3)
    assert course.look_at(1.0) == replace(CALM, depth=0.3, strength=0.5)
    half = course.look_at(3.0)
    assert dict(half.mix) == {"calm": 0.5, "wild": 0.5}
    assert (half.strength, half.depth) == pytest.approx((0.5, 0.3))
    assert course.look_at(4.0) == course.looks[-1] == Look((("wild", 1.0),), strength=0.5, depth=0.3)


def test_without_cues_the_look_stays() -> None:
    assert Course(CALM, Timeline()).look_at(7.0) is CALM


def test_a_fade_may_have_begun_before_the_film() -> None:
    course = Course(CALM, Timeline((Cue(-1.0, {"strength": 0.0}, 2.0),)))
    assert course.look_at(0.0).strength == pytest.approx(0.5)


def test_left_and_right_are_swapped_until_they_are_no_longer() -> None:
    course = Course(CALM, Timeline((Cue(1.0, mirror=True), Cue(2.0, {"strength": 0.5}), Cue(3.0, mirror=False))))
    assert [course.mirror_at(time_s) for time_s in (0.0, 1.0, 2.5, 3.0)] == [False, True, True, False]
    assert course.mirrors
    assert not Course(CALM, Timeline((Cue(1.0, {"strength": 0.5}),))).mirrors


def test_what_comes_again_comes_as_before() -> None:
    wild, calm = (("wild", 1.0),), (("calm", 1.0),)
    course = Course(
        Look((("dark", 1.0),)), Timeline((Cue(1.0, {"mix": wild}, 2.0), Cue(4.0, {"mix": calm}, 1.0)), every_s=5.0)
    )
    assert styles_of(course.look_at(0.5)) == {"dark"}
    assert styles_of(course.look_at(5.5)) == {"calm"}
    assert dict(course.look_at(2.0).mix) == {"dark": 0.5, "wild": 0.5}
    for turn in (1, 2, 7):
        assert dict(course.look_at(5.0 * turn + 2.0).mix) == {"calm": 0.5, "wild": 0.5}
        assert course.look_at(5.0 * turn + 3.5).mix == wild


@settings(deadline=None)
@given(timelines, st.floats(-20.0, 200.0))
def test_at_any_time_there_is_a_look_that_can_be_painted(timeline: Timeline, time_s: float) -> None:
    look = Course(CALM, timeline).look_at(time_s)
    replace(look)  # its own checks
    assert all(weight > 0 for _, weight in look.mix)
    assert styles_of(look) <= {name for each in Course(CALM, timeline).looks for name in styles_of(each)}


@settings(deadline=None)
@given(timelines)
def test_a_fade_never_jumps(timeline: Timeline) -> None:
    cues = tuple(replace(cue, fade_s=max(1.0, cue.fade_s)) for cue in timeline.cues)
    course = Course(CALM, Timeline(cues))
    looks = [course.look_at(cue.time_s + step / 1000) for cue in cues for step in range(-2, 3)]
    # A fade of a second goes at most 1.5 times as fast as evenly, and two looks are at most 4 apart.
    assert all(moved(*looks[i : i + 2]) < 1.5 * 4 / 1000 * 1.01 + 1e-6 for i in range(len(looks) - 1) if i % 5 < 4)


@settings(deadline=None)
@given(timelines, st.floats(-20.0, 200.0))
def test_it_is_what_a_show_would_have_shown(timeline: Timeline, time_s: float) -> None:
    fade = Fade(CALM, CALM)
    for cue in timeline.cues:
        if cue.time_s <= time_s:
            fade = fade.then(replace(fade.after, **of_look(cue.changes)), cue.time_s, cue.fade_s)
    assert Course(CALM, timeline).look_at(time_s) == fade.at(time_s)


@settings(deadline=None)
@given(st.builds(lambda mix, new: replace(Look(mix), **of_look(new)), mixes, changes), mixes, changes)
def test_a_cue_between_two_looks_says_what_differs(one: Look, mix: tuple, new: dict) -> None:
    other = replace(one, **{"mix": mix, **of_look(new)})
    assert replace(one, **cue_between(one, other, 0.0).changes) == other
    assert replace(CALM, **cue_between(None, other, 0.0).changes) == other
    assert cue_between(one, replace(one, depth=one.depth), 0.0).changes == {}


WILD_MIX = (("wild", 1.0),)


def test_the_part_that_is_painted_changes_at_once_and_all_else_has_the_look_s_manner() -> None:
    course = Course(
        CALM,
        Timeline(
            (
                Cue(1.0, {"region": "me", "outside": WILD_MIX, "strength": 0.5}, 2.0),
                Cue(2.0, {"strength": 0.25}),
                Cue(3.0, {"outside": ()}),
                Cue(4.0, {"mask": "sky.png", "region": "brushed"}),
                Cue(5.0, {"region": "everything"}),
            )
        ),
    )
    wild = Look(WILD_MIX, strength=0.5)
    assert course.part_at(0.9) == Part()
    assert course.part_at(1.0) == Part("me", outside=wild)
    assert course.part_at(2.0) == Part("me", outside=replace(wild, strength=0.25))
    assert course.part_at(3.0) == Part("me")
    assert course.part_at(4.5) == Part("brushed", "sky.png")
    assert course.part_at(5.0).region == "everything"
    assert Course(CALM, Timeline(), Part("background", outside=wild)).part_at(9.0) == Part("background", outside=wild)


def test_the_styles_of_a_timeline_are_those_of_all_else_too() -> None:
    cues = Cue(0.0, {"mix": (("calm", 1.0), ("dark", 1.0))}), Cue(1.0, {"outside": WILD_MIX}), Cue(2.0, {"outside": ()})
    assert Timeline(cues).styles == ["calm", "dark", "wild"]


# ---- files -----------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(timelines)
def test_what_is_written_is_read_again(tmp_path_factory, timeline: Timeline) -> None:
    path = tmp_path_factory.mktemp("t") / "t.toml"
    write(path, timeline)
    assert read_timeline(path) == timeline


def test_what_comes_again_is_written_too(tmp_path: Path) -> None:
    timeline = Timeline((Cue(0.0, {"mix": (("calm", 1.0),)}),), every_s=8.0)
    write(tmp_path / "t.toml", timeline)
    assert read_timeline(tmp_path / "t.toml") == timeline


def test_it_is_written_as_one_would_by_hand() -> None:
    cue = Cue(62.5, {"mix": (("starry_night", 1.0),), "strength": 0.8, "colors": "camera"}, 2.0, mirror=True)
    assert cue_text(cue) == (
        '[[cue]]\nat = 62.5\nfade = 2.0\nstyle = "starry_night"\nstrength = 0.8\ncolors = "camera"\nmirror = true\n\n'
    )
    assert 'style = { "a" = 0.25, "b:2" = 0.75 }' in cue_text(Cue(0.0, {"mix": (("a", 0.25), ("b:2", 0.75))}))
    assert 'style = { "a,b" = 1.0 }' in cue_text(Cue(0.0, {"mix": (("a,b", 1.0),)}))


@pytest.mark.parametrize(
    ("text", "seconds"), [("3", 3.0), ('"3"', 3.0), ('"1:02.5"', 62.5), ('"1:00:00"', 3600.0), ("-0.5", -0.5)]
)
def test_times(text: str, seconds: float) -> None:
    (cue,) = parse_timeline(f"[[cue]]\nat = {text}\nstrength = 0").cues
    assert cue == Cue(seconds, {"strength": 0.0})


def test_styles_are_named_as_on_the_command_line_or_in_a_table() -> None:
    one, other = parse_timeline(
        '[[cue]]\nat = 0\nstyle = "calm:0.5,wild:2"\n[[cue]]\nat = 1\nstyle = { "a,b.jpg" = 1, c = 0.5 }'
    ).cues
    assert one.changes == {"mix": (("calm", 0.5), ("wild", 2.0))}
    assert other.changes == {"mix": (("a,b.jpg", 1.0), ("c", 0.5))}


def test_a_cue_may_call_up_a_scene_and_change_it() -> None:
    scenes = {"2": {"mix": (("wild", 1.0),), "strength": 0.5, "depth": 0.1}}
    (cue,) = parse_timeline("[[cue]]\nat = 1\nscene = 2\ndepth = 0.7", scenes).cues
    assert cue.changes == {"mix": (("wild", 1.0),), "strength": 0.5, "depth": 0.7}
    with pytest.raises(StyleError, match="Cue 1: There is no scene '3'"):
        parse_timeline('[[cue]]\nat = 1\nscene = "3"', scenes)


def test_the_part_is_read_and_written_as_one_would_by_hand() -> None:
    text = '[[cue]]\nat = 1.0\nregion = "brushed"\nmask = "sky.png"\noutside = "none"\n\n'
    (cue,) = parse_timeline(text).cues
    assert cue.changes == {"region": "brushed", "mask": "sky.png", "outside": ()}
    assert cue_text(cue) == text
    assert parse_timeline('[[cue]]\nat = 1\nmask = "sky.png"').cues[0].changes["region"] == "brushed"
    assert parse_timeline('[[cue]]\nat = 1\noutside = "a:1,b:2"').cues[0].changes["outside"] == (("a", 1), ("b", 2))


def test_a_mask_that_was_brushed_is_written_as_a_text() -> None:
    mask = np.full((9, 16), 255, np.uint8)
    (cue,) = parse_timeline(cue_text(Cue(0.0, {"region": "brushed", "mask": mask}))).cues
    assert np.array_equal(from_text(cue.changes["mask"]), mask)


def test_cues_may_stand_in_any_order() -> None:
    timeline = parse_timeline("[[cue]]\nat = 9\nstrength = 1\n[[cue]]\nat = 2\nstrength = 0.5")
    assert [cue.time_s for cue in timeline.cues] == [2.0, 9.0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("every = 1\nat = x", "line 2"),
        ("every = " + "9" * 5000, "This is no TOML"),
        ("cue = " + "[" * 5000, "it nests deeper"),
        ("", "needs cues"),
        ("cue = 3", "needs cues"),
        ("cue = [3]", "Cue 1: it is no table"),
        ("speed = 3\n[[cue]]\nat = 1", "no 'speed': it takes every, cue"),
        ("[[cue]]\nstrength = 1", "Cue 1: it needs a time"),
        ('[[cue]]\nat = "soon"', "Cue 1: at is a time .* not 'soon'"),
        ("[[cue]]\nat = nan", "Cue 1: at is a time"),
        ("[[cue]]\nat = true", "Cue 1: at is a time"),
        ("[[cue]]\nat = 1\n[[cue]]\nat = 2\nstrength = 7", "Cue 2: Strength goes from 0 to 1, not 7"),
        ('[[cue]]\nat = 1\nstrength = "much"', "Cue 1: strength is a number, not 'much'"),
        ("[[cue]]\nat = 1\nstrength = true", "Cue 1: strength is a number, not True"),
        ("[[cue]]\nat = 1\nstroke = nan", "Cue 1: stroke is a number"),
        ('[[cue]]\nat = 1\ncolors = "mine"', "Cue 1: Colours are one of"),
        ("[[cue]]\nat = 1\nmirror = 1", "Cue 1: mirror is true or false, not 1"),
        ("[[cue]]\nat = 1\nfade = -1", "Cue 1: A fade takes 0 s or longer"),
        ("[[cue]]\nat = 1\nstyle = 3", "Cue 1: style is a name in quotes"),
        ("[[cue]]\nat = 1\nstyle = {}", "Cue 1: A look needs at least one style"),
        ("[[cue]]\nat = 1\nstyle = { a = 0 }", "Cue 1: .* every weight above 0"),
        ('[[cue]]\nat = 1\nstyle = { a = "x" }', "Cue 1: style is a name in quotes"),
        ('[[cue]]\nat = 1\nstyle = "a:b"', "Cue 1: Can't read the style"),
        ('[[cue]]\nat = 1\nregion = "us"', "Cue 1: region is one of everything, me, .* not 'us'"),
        ("[[cue]]\nat = 1\nmask = 3", "Cue 1: mask is a picture's path in quotes"),
        ("[[cue]]\nat = 1\noutside = 3", "Cue 1: outside is a name in quotes"),
        ("[[cue]]\nat = 1\nlines = 300", "Cue 1: A cue has no 'lines': it takes at, fade, scene, style"),
        ("every = 0\n[[cue]]\nat = 0", "above 0, not 0"),
        ("every = 5\n[[cue]]\nat = 4\nfade = 2", "has all its cues and fades between 0 s and then"),
    ],
)
def test_what_makes_no_sense_is_told_and_where(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text(text)
    with pytest.raises(StyleError, match=sentence) as told:
        read_timeline(path)
    assert "show.toml" in str(told.value)


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(StyleError, match=r"none\.toml can't be read"):
        read_timeline(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StyleError, match="is no text"):
        read_timeline(tmp_path / "bad.toml")


def test_the_examples_of_the_documentation_are_timelines() -> None:
    text = (Path(__file__).parents[1] / "docs" / "timeline.md").read_text("utf-8")
    examples = [block.partition("```")[0] for block in text.split("```toml\n")[1:]]
    assert len(examples) >= 3
    for example in examples:
        parse_timeline(example)
