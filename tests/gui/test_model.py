from __future__ import annotations

from dataclasses import replace

import pytest

from livestyle.gui.model import ShowModel
from livestyle.gui.widgets import SHARE
from livestyle.settings import Settings, load_settings


@pytest.fixture
def model(qapp, catalog, tmp_path) -> ShowModel:
    return ShowModel(catalog, Settings(mix={"gone": 1.0}, strength=0.5), tmp_path / "settings.json")


@pytest.fixture
def changes(model) -> list[Settings]:
    changes: list[Settings] = []
    model.changed.connect(lambda: changes.append(model.settings))
    return changes


def test_it_begins_with_what_fits_the_styles(model) -> None:
    assert model.mix == {"calm": 1.0}
    assert model.style.name == "calm"
    assert model.settings.strength == 0.5


def test_every_change_is_told_and_reaches_the_controls(model, changes) -> None:
    model.set("lines", 480)
    model.step("strength", SHARE, 5)
    model.next_colors()
    model.toggle_in_mix("wild")
    model.step_share(10)
    controls = model.controls()
    assert (controls.lines, controls.look.strength, controls.look.colors) == (480, 0.55, "camera")
    assert dict(controls.look.mix) == pytest.approx({"calm": 0.4, "wild": 0.6})
    assert len(changes) == 5


def test_what_can_not_be_mixed_is_told_and_changes_nothing(qapp, catalog) -> None:
    (file,) = catalog.files
    other = replace(file, weights=dict(file.weights), styles={"else": replace(file.styles["calm"], name="else")})
    model, told = ShowModel(type(catalog)((file, other)), Settings()), []
    model.told.connect(told.append)
    model.toggle_in_mix("else")
    assert model.mix == {"calm": 1.0}
    assert ["only styles of one network" in sentence for sentence in told] == [True]


def test_styles_go_around(model) -> None:
    model.step_style(-1)
    assert model.mix == {"dark": 1.0}
    model.step_style(2)
    assert model.mix == {"wild": 1.0}


def test_slow_styles_are_passed_by(qapp, catalog) -> None:
    (file,) = catalog.files
    slow = replace(
        file,
        spec=replace(file.spec, family="adain-2"),
        weights=dict(file.weights),
        styles={"calm": file.styles["calm"], "slow": replace(file.styles["calm"], name="slow")},
    )
    model = ShowModel(type(catalog)((file, slow)), Settings(), device="cpu")
    assert model.slow == {"slow"}
    assert model.network_of("slow") is slow
    model.step_style(-1)
    assert model.mix == {"dark": 1.0}
    model.use_style("slow")
    model.step_style(1)
    assert model.mix == {"calm": 1.0}


def test_a_network_that_changes_with_the_mix_is_told(qapp, catalog) -> None:
    (file,) = catalog.files
    other = replace(
        file,
        weights=dict(file.weights),
        styles={"calm": file.styles["calm"], "else": replace(file.styles["calm"], name="else")},
    )
    model, told = ShowModel(type(catalog)((file, other)), Settings(mix={"calm": 0.5, "else": 0.5})), []
    model.told.connect(told.append)
    assert model.file is other
    model.toggle_in_mix("else")
    assert model.file is file
    assert told == [f"What is left of the mix is painted by the network {file.name}."]


def test_a_mirror_is_remembered_for_cameras_and_forgotten_for_films(model) -> None:
    assert model.mirror
    model.see_source(is_camera=False)
    assert not model.controls().mirror
    model.set("mirror", True)
    assert model.controls().mirror
    model.see_source(is_camera=False)
    assert not model.mirror
    assert model.settings.mirror
    model.see_source(is_camera=True)
    model.set("mirror", False)
    assert not model.settings.mirror


def test_a_new_style_gets_a_free_name_and_the_last_place(model, catalog) -> None:
    added = model.add_style(model.file, replace(catalog.find("wild"), title="Mine"))
    assert (added.name, added.title) == ("wild_2", "Mine")
    assert model.names == ["calm", "wild", "dark", "wild_2"]
    model.use_style("wild_2")
    assert model.style is added


def test_it_is_remembered_with_the_place_of_the_window(model, tmp_path) -> None:
    model.set("panels", False)
    model.save("01d9")
    assert load_settings(tmp_path / "settings.json") == model.settings
    assert (model.settings.panels, model.settings.window) == (False, "01d9")


def test_other_styles_fade_in_and_what_a_slider_sets_counts_at_once(model) -> None:
    model.set("fade_s", 2.5)
    model.use_style("wild")
    assert model.controls().fade_s == 2.5
    model.set("strength", 0.7)
    assert model.controls().fade_s == 0
    model.toggle_in_mix("dark")
    assert model.controls().fade_s == 2.5
    model.share_style("dark", 0.7)
    assert model.controls().fade_s == 0


def test_whole_settings_fade_in(model, changes) -> None:
    model.use(Settings(mix={"wild": 1.0, "gone": 1.0}, strength=0.2, fade_s=1.5))
    assert model.controls().fade_s == 1.5
    assert model.mix == {"wild": 1.0}
    assert model.settings.strength == 0.2
    assert len(changes) == 1
