from __future__ import annotations

import pytest

from livestyle.gui.actions import ACTIONS
from livestyle.gui.model import ShowModel
from livestyle.gui.remote.controls import CONTROLS, crossfaded, takes
from livestyle.settings import Scene, Settings

MIXED = {"calm": 0.5, "wild": 0.3, "dark": 0.2}


@pytest.fixture
def model(qapp, catalog, tmp_path) -> ShowModel:
    return ShowModel(catalog, Settings(mix={"calm": 1.0}), tmp_path / "settings.json")


def test_no_name_is_twice_and_all_can_be_written_with_underscores() -> None:
    assert not set(CONTROLS) & set(ACTIONS)
    assert [name for name in CONTROLS if "_" in name] == []
    assert takes("record")
    assert takes("strength")
    assert not takes("hold")  # which is held, and not done
    assert not takes("nothing")


@pytest.mark.parametrize(
    ("name", "field", "ends"),
    [
        ("strength", "strength", (0.0, 1.0)),
        ("stroke", "stroke", (0.5, 2.0)),
        ("depth", "depth", (0.0, 1.0)),
        ("steady", "steady", (0.0, 1.0)),
        ("fade", "fade_s", (0.0, 5.0)),
    ],
)
def test_a_knob_goes_from_one_end_to_the_other(model, name, field, ends) -> None:
    control = CONTROLS[name]
    assert control.range == ends
    for share, value in zip((0.0, 1.0), ends, strict=True):
        control.set(model, control.at(share))
        assert getattr(model.settings, field) == value


def test_strokes_grow_by_equal_factors() -> None:
    assert CONTROLS["stroke"].at(0.5) == 1.0


def test_shares_are_of_the_styles_in_the_mix_by_their_places(model) -> None:
    CONTROLS["share 1"].set(model, 0.2)
    assert model.mix == {"calm": 1.0}  # alone it has all
    model.set("mix", {"calm": 0.5, "wild": 0.5})
    CONTROLS["share 2"].set(model, 0.8)
    assert model.mix == pytest.approx({"calm": 0.2, "wild": 0.8})
    CONTROLS["share 3"].set(model, 0.8)
    assert model.mix == pytest.approx({"calm": 0.2, "wild": 0.8})


def test_a_crossfade_goes_from_scene_to_scene_by_hand(model) -> None:
    CONTROLS["crossfade"].set(model, 0.5)  # no scenes: nothing
    assert model.mix == {"calm": 1.0}
    scenes = {"1": Scene(mix={"calm": 1.0}, strength=0.2), "2": Scene(mix={"wild": 1.0}, strength=0.6, source="demo")}
    model.set("scenes", scenes)
    model.set("fade_s", 3.0)
    CONTROLS["crossfade"].set(model, 0.25)
    assert model.mix == pytest.approx({"calm": 0.75, "wild": 0.25})
    assert model.settings.strength == pytest.approx(0.3)
    assert model.settings.source is None
    assert model.controls().fade_s == 0.0  # the hand is the fade
    CONTROLS["crossfade"].set(model, 1.0)
    assert (model.mix, model.settings.strength) == ({"wild": 1.0}, 0.6)


def test_who_leads_does_not_change_on_the_way() -> None:
    before, after = Scene(mix={"calm": 1.0}), Scene(mix={"wild": 0.9, "calm": 0.1})
    for share in (0.1, 0.5, 0.9):
        assert list(crossfaded(Settings(), before, after, share, lambda _: True).mix) == ["calm", "wild"]


def test_of_more_styles_than_a_mix_has_those_with_the_most_are_painted() -> None:
    before, after = Scene(mix={"a": 0.7, "b": 0.2, "c": 0.1}), Scene(mix={"d": 0.6, "e": 0.4})
    mix = crossfaded(Settings(), before, after, 0.5, lambda _: True).mix
    assert list(mix) == ["a", "b", "d", "e"]
    assert sum(mix.values()) == pytest.approx(1.0)


def test_scenes_of_two_networks_change_in_the_middle() -> None:
    before, after = Scene(mix={"a": 1.0}, strength=0.0), Scene(mix={"b": 1.0}, strength=1.0)
    seen = [crossfaded(Settings(), before, after, share, lambda names: len(names) == 1) for share in (0.4, 0.6)]
    assert [(dict(each.mix), each.strength) for each in seen] == [({"a": 1.0}, 0.4), ({"b": 1.0}, 0.6)]
