from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from PyQt6.QtCore import Qt

from livestyle.gui.auto import Auto, following
from livestyle.gui.model import ShowModel
from livestyle.look import Look
from livestyle.settings import Scene, Settings

SET = Settings(mix={"calm": 1.0}, lines=240, fade_s=0.0)
SCENES = {
    "2": Scene(mix={"wild": 1.0}, strength=0.3, source="clip.mp4"),
    "3": Scene(mix={"gone": 1.0}),
    "7": Scene(mix={"dark": 1.0}),
}


def gone_through(settings: Settings, catalog, steps: int) -> list[Settings]:
    scene, seen = "", []
    for _ in range(steps):
        following_one = following(settings, catalog, scene, Random(1))
        assert following_one is not None
        settings, scene = following_one
        seen.append(settings)
    return seen


def test_favourites_follow_each_other_and_those_that_are_gone_are_left_out(catalog) -> None:
    settings = replace(SET, auto="favorites", favorites=("dark", "gone", "wild"))
    mixes = [list(each.mix) for each in gone_through(settings, catalog, 4)]
    assert mixes == [["dark"], ["wild"], ["dark"], ["wild"]]


def test_scenes_follow_each_other_and_those_that_can_not_be_shown_are_left_out(catalog) -> None:
    seen = gone_through(replace(SET, auto="scenes", scenes=SCENES), catalog, 3)
    assert [list(each.mix) for each in seen] == [["wild"], ["dark"], ["wild"]]
    assert (seen[0].strength, seen[0].source) == (0.3, "clip.mp4")


def test_chance_mixes_what_one_network_can_paint(catalog) -> None:
    (file,) = catalog.files
    other = replace(file, weights=dict(file.weights), styles={"else": replace(file.styles["calm"], name="else")})
    catalog = replace(catalog, files=(file, other))
    chance, settings, seen = Random(5), replace(SET, auto="mixes"), []
    for _ in range(300):
        following_one = following(settings, catalog, "", chance)
        assert following_one is not None
        settings, _ = following_one
        Look(tuple(settings.mix.items()), strength=settings.strength, stroke=settings.stroke, depth=settings.depth)
        seen.append(settings)
    assert {name for each in seen for name in each.mix} == set(file.styles)
    assert {len(each.mix) for each in seen} == {1, 2, 3}
    assert {each.colors for each in seen} == {"painting", "camera", "only"}
    assert len({each.strength for each in seen}) > 200


@pytest.mark.parametrize("kind", ["favorites", "scenes", "off"])
def test_where_there_is_nothing_nothing_follows(catalog, kind) -> None:
    assert following(replace(SET, auto=kind), catalog, "", Random(0)) is None


@pytest.fixture
def model(qapp, catalog, tmp_path) -> ShowModel:
    return ShowModel(catalog, replace(SET, favorites=("wild",)), tmp_path / "settings.json")


@pytest.fixture
def auto(model) -> Auto:
    auto = Auto(model, chance=Random(3))
    auto.start()
    return auto


def test_it_waits_as_long_as_is_set(model, auto) -> None:
    assert not auto.is_on
    model.set("auto", "favorites")
    model.set("auto_every_s", 45.0)
    assert auto.is_on
    assert auto._timer.interval() == 45_000


def test_it_goes_on_after_a_restart(catalog, qapp) -> None:
    auto = Auto(ShowModel(catalog, replace(SET, auto="mixes")))
    auto.start()
    assert auto.is_on


def test_whatever_happens_to_a_step_another_follows(model, auto, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    model.set("auto", "favorites")
    auto._timer.stop()  # as it is when a step begins
    monkeypatch.setattr("livestyle.gui.auto.following", fail)
    with pytest.raises(RuntimeError):
        auto.step()
    assert auto.is_on


def test_what_the_user_sets_stays_for_the_whole_time_and_a_source_that_comes_and_goes_is_nothing(model, auto) -> None:
    model.set("auto", "mixes")
    begun: list[int] = []
    auto._timer.start = begun.append  # type: ignore[method-assign]
    for _ in range(100):
        model.see_source(True)
    assert begun == []
    model.set("strength", 0.5)
    assert begun == [20_000]


def test_it_says_what_is_missing(model, auto, qtbot) -> None:
    with qtbot.waitSignal(auto.told) as told:
        model.set("auto", "scenes")
    assert "no scenes" in told.args[0]
    auto.step()
    assert auto.is_on


def test_its_key_stops_it_and_lets_it_go_on(window, qtbot) -> None:
    window.model.set("auto", "scenes")
    for expected in ("off", "scenes"):
        window.activateWindow()
        qtbot.keyClick(window, Qt.Key.Key_A)
        assert window.settings.auto == expected


def test_the_show_goes_on_by_itself_and_needs_no_undoing(window, qtbot) -> None:
    window.model.set("scenes", SCENES)
    window.model.set("auto", "scenes")
    window.auto.step()
    assert window.settings.mix == {"wild": 1.0}
    qtbot.waitUntil(lambda: window.panel.source_button.text() == "clip.mp4")
    window.auto.step()
    assert window.settings.mix == {"dark": 1.0}
    window.undo.undo()
    assert (window.settings.auto, window.settings.mix) == ("off", {"calm": 1.0})


def test_a_scene_whose_source_is_gone_does_not_end_the_show(window, qtbot) -> None:
    window.model.set(
        "scenes", {"1": Scene(mix={"wild": 1.0}, source="missing"), "2": Scene(mix={"dark": 1.0}, source="b")}
    )
    window.model.set("auto", "scenes")
    for expected in ("wild", "dark", "wild", "dark"):
        window.auto.step()
        assert list(window.settings.mix) == [expected]
        before = window.view.picture.frame.index + 2
        qtbot.waitUntil(lambda before=before: window.view.picture.frame.index > before)
    qtbot.waitUntil(lambda: window.panel.source_button.text() == "b")
