from __future__ import annotations

from dataclasses import replace

import pytest

from livestyle.gui.model import ShowModel
from livestyle.gui.undo import ONE_STEP_S, STEPS, History, Undo, reset
from livestyle.settings import Scene, Settings

FIRST = Settings(mix={"calm": 1.0})


class Now:
    """A clock that a test sets."""

    time_s = 0.0

    def __call__(self) -> float:
        return self.time_s


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def model(qapp, catalog, tmp_path) -> ShowModel:
    return ShowModel(catalog, FIRST, tmp_path / "settings.json")


@pytest.fixture
def undo(model, now) -> Undo:
    return Undo(model, model.use, clock=now)


def test_each_change_is_taken_back_and_made_again(model, undo, now) -> None:
    for seconds, (name, value) in enumerate([("strength", 0.5), ("mix", {"wild": 1.0}), ("mirror", False)]):
        now.time_s = 10.0 * seconds
        model.set(name, value)
    last = model.settings
    seen = []
    for _ in range(3):
        undo.undo()
        seen.append((model.settings.mirror, dict(model.mix), model.settings.strength))
    assert seen == [(True, {"wild": 1.0}, 0.5), (True, {"calm": 1.0}, 0.5), (True, {"calm": 1.0}, 1.0)]
    for _ in range(3):
        undo.redo()
    assert model.settings == last


def test_a_slider_on_its_way_is_one_step(model, undo, now) -> None:
    for place in range(20):
        now.time_s += ONE_STEP_S / 2
        model.set("strength", place / 20)
    now.time_s += ONE_STEP_S * 2
    model.set("strength", 0.33)
    undo.undo()
    assert model.settings.strength == 0.95
    undo.undo()
    assert model.settings.strength == 1.0


def test_styles_that_follow_each_other_fast_are_steps_of_their_own(model, undo) -> None:
    for name in ("wild", "dark"):
        model.use_style(name)
    undo.undo()
    assert model.mix == {"wild": 1.0}


def test_something_new_ends_what_could_be_made_again(model, undo, qtbot) -> None:
    model.set("strength", 0.5)
    undo.undo()
    model.set("depth", 0.1)
    with qtbot.waitSignal(undo.told) as told:
        undo.redo()
    assert told.args == ["There is nothing to redo."]
    assert model.settings.depth == 0.1


def test_at_the_beginning_it_says_so(model, undo, qtbot) -> None:
    with qtbot.waitSignal(undo.told) as told:
        undo.undo()
    assert told.args == ["There is nothing to undo."]


def test_what_nobody_did_needs_no_undoing(model, undo) -> None:
    model.set("strength", 0.5)
    undo.use_unseen(replace(model.settings, mix={"wild": 1.0}))
    assert model.mix == {"wild": 1.0}
    undo.undo()
    assert (model.mix, model.settings.strength) == ({"calm": 1.0}, 1.0)


def test_what_could_not_be_set_is_seen_the_next_time(model) -> None:
    def fail(settings: Settings) -> None:
        raise RuntimeError

    undo = Undo(model, fail)
    with pytest.raises(RuntimeError):
        undo.use_unseen(FIRST)
    model.set("strength", 0.5)
    assert undo._history.past == (FIRST,)


def test_it_remembers_so_much_and_no_more() -> None:
    history = History(FIRST)
    for step in range(2 * STEPS):
        history = history.after(replace(FIRST, lines=100 + step), 10.0 * step)
    assert len(history.past) == STEPS


def test_where_the_window_stands_is_no_step() -> None:
    assert History(FIRST).after(replace(FIRST, window="01"), 0.0).past == ()


def test_a_reset_leaves_the_style_and_what_was_collected(model, undo) -> None:
    scenes = {"1": Scene(mix={"wild": 1.0})}
    set_before = replace(
        FIRST,
        mix={"wild": 0.7, "calm": 0.3},
        strength=0.2,
        fade_s=4.0,
        source="demo",
        favorites=("wild",),
        scenes=scenes,
    )
    model.use(set_before)
    undo.reset()
    assert model.settings == Settings(mix={"wild": 1.0}, source="demo", favorites=("wild",), scenes=scenes)
    undo.undo()
    assert model.settings == set_before


def test_all_that_is_set_is_reset() -> None:
    assert reset(Settings(mix={"calm": 1.0}, lines=720, inbetweens=False, mirror=False, auto="mixes")) == FIRST


def test_what_was_kept_stays_however_far_one_goes_back(model, undo, now) -> None:
    scenes = {"1": Scene(mix={"wild": 1.0})}
    model.set("strength", 0.5)
    now.time_s = 10.0
    model.set("scenes", scenes)
    model.set("favorites", ("wild",))
    undo.undo()
    assert model.settings == replace(FIRST, scenes=scenes, favorites=("wild",))
    undo.redo()
    assert model.settings == replace(FIRST, strength=0.5, scenes=scenes, favorites=("wild",))


def test_what_is_no_setting_is_taken_back_first_while_it_is_the_last(model, undo, now) -> None:
    back: list[str] = []

    def take_back() -> bool:
        back.append("style")
        return len(back) == 1

    model.set("strength", 0.5)
    undo.see_other(take_back)
    model.set("favorites", ("wild",))  # which nobody takes back
    undo.undo()
    assert (back, model.settings.strength) == (["style"], 0.5)
    undo.undo()
    assert (back, model.settings.strength) == (["style"], 1.0)
    # By another way it has been taken back already.
    undo.redo()
    undo.see_other(take_back)
    undo.undo()
    assert (len(back), model.settings.strength) == (2, 1.0)


def test_what_is_no_setting_is_not_the_last_once_something_is_set(model, undo, now) -> None:
    undo.see_other(lambda: pytest.fail("a newer change was to be taken back"))
    model.set("strength", 0.5)
    undo.undo()
    assert model.settings.strength == 1.0
