from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from livestyle.networks.families import NetworkSpec
from livestyle.styles.bundled import bundled_folder
from livestyle.styles.file import read_style_file
from livestyle.training.config import AdainConfig, StylesConfig, TextureConfig
from livestyle.training.pack import Material
from livestyle.training.plan import PLAN, START_MIN, Stage, minutes_of, training_of

STAGES = [stage for lane in PLAN for stage in lane]
MATERIAL = Material(Path("styles"), Path("content"), (Path("others"),), Path("about.toml"))


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_each_stage_makes_a_file_that_ships_and_goes_on_from_it(stage: Stage) -> None:
    assert (bundled_folder() / f"{stage.name}.safetensors").is_file()
    training = training_of(stage, MATERIAL, Path("out"), bundled_folder(), 3.0, "cpu")
    assert training.output == Path("out", f"{stage.name}.safetensors")
    assert (training.config.minutes, training.device) == (3.0, "cpu")
    if training.start is None:
        assert isinstance(training.config, TextureConfig)
        assert (training.content, training.other_styles) == ([], ())
        return
    file = read_style_file(training.start)
    assert isinstance(training.config, (StylesConfig, AdainConfig))
    family = training.config.family if isinstance(training.config, StylesConfig) else "adain-2"
    assert file.spec == NetworkSpec(family, training.config.width)
    assert file.stroke_px == training.config.stroke_px
    assert (training.content, training.other_styles) == ([MATERIAL.content], MATERIAL.others)


def test_each_painting_of_a_texture_is_known() -> None:
    known = tomllib.loads(Path(__file__).parents[2].joinpath("scripts", "paintings.toml").read_text("utf-8"))
    assert {stage.picture for stage in STAGES if stage.picture} <= known.keys()


def test_every_file_is_trained_once() -> None:
    names = [stage.name for stage in STAGES]
    assert len(set(names)) == len(names)
    assert {"s2d-32", "s2d-64", "s2d-128", "adain"} <= set(names)


@pytest.mark.parametrize("minutes", [0.01, 5.0, 30.0])
def test_a_lane_takes_the_time_it_is_given(minutes: float) -> None:
    for lane in PLAN:
        learning = [minutes_of(stage, lane, minutes) for stage in lane]
        assert min(learning) > 0
        assert sum(learning) + len(lane) * START_MIN >= minutes >= sum(learning)
    assert sum(minutes_of(stage, PLAN[0], 60) for stage in PLAN[0]) == pytest.approx(60 - len(PLAN[0]) * START_MIN)
