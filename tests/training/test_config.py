from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from livestyle.errors import TrainingError
from livestyle.training.config import (
    AdainConfig,
    PatchesConfig,
    RunConfig,
    StylesConfig,
    TextureConfig,
    rate_factor,
)
from livestyle.training.presets import PRESETS
from livestyle.training.settings import read_config, settings_of

CONFIGS = [StylesConfig(), AdainConfig(), PatchesConfig(), TextureConfig()]
each_config = pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)


@each_config
def test_every_setting_says_what_it_is(config: RunConfig) -> None:
    settings = {setting.name: setting for setting in settings_of(config)}
    assert settings.keys() == {field.name for field in dataclasses.fields(config)}
    assert all(setting.what for setting in settings.values())
    assert settings["minutes"].what == "how long to train, in minutes"  # though the default is another
    for setting in settings.values():
        assert setting.taken(setting.default) == setting.default


@each_config
@pytest.mark.parametrize("wrong", [{"batch": 0}, {"minutes": 0.0}, {"steps": -1}, {"decay_from": 1.5}, {"width": 0}])
def test_what_makes_no_sense_gives_a_sentence(config: RunConfig, wrong: dict[str, Any]) -> None:
    with pytest.raises(TrainingError):
        dataclasses.replace(config, **wrong)


@pytest.mark.parametrize(
    ("config", "wrong"),
    [
        (AdainConfig(), {"width": 24}),
        (AdainConfig(), {"crop_px": 60}),
        (PatchesConfig(), {"batch": 1}),
        (PatchesConfig(), {"crop_px": 100}),
        (PatchesConfig(), {"crop_px": 32}),
        (TextureConfig(), {"size_px": 100}),
        (TextureConfig(), {"style_px": 8}),
        (TextureConfig(), {"cut": (0.5, 0.0, 0.5, 1.0)}),
        (TextureConfig(), {"cut": (0.0, 0.0, 1.0, math.nan)}),
        (StylesConfig(), {"stroke_px": (200, 100)}),
        (StylesConfig(), {"other_styles_every": 0}),
    ],
)
def test_what_a_method_can_not_do_gives_a_sentence(config: RunConfig, wrong: dict[str, Any]) -> None:
    with pytest.raises(TrainingError):
        dataclasses.replace(config, **wrong)


def test_command_line_beats_file_beats_preset_beats_defaults(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('batch = 8\nminutes = 5\nstyle_layers = ["relu1_1"]\nstyle_layer_weights = [1]\n')
    config = read_config(PRESETS["johnson"], path, {"batch": 2, "seed": None, "stroke_px": [100, 200]})
    assert (config.batch, config.minutes, config.seed, config.rate) == (2, 5.0, 0, 1e-3)
    assert (config.style_layers, config.stroke_px) == (("relu1_1",), (100, 200))
    assert type(config.minutes) is type(config.style_layer_weights[0]) is float


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bacth = 4", "no training setting 'bacth'"),
        ('batch = "four"', "'batch' takes a whole number, not 'four'"),
        ("batch = 4.5", "'batch' takes a whole number"),
        ("batch = true", "'batch' takes a whole number"),
        ("rate = true", "'rate' takes a number"),
        ('family = "vgg"', "'family' takes 's2d' or 'johnson', not 'vgg'"),
        ("stroke_px = 5", "'stroke_px' takes a list of whole numbers"),
        ('stroke_px = ["a"]', "'stroke_px' takes a list of whole numbers"),
        ("rate = -1.0", "rate > 0"),
        ("crop_px = 130", "multiple of 4"),
        ('loss = "huber"', "'normalized' or 'plain'"),
        ('style_layers = ["relu1_1"]', "a weight in style_layer_weights"),
        ("batch = ", "Can't read the config"),
    ],
)
def test_wrong_settings_give_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_config(StylesConfig(), tmp_path / "c.toml", {})


def test_a_list_of_fixed_length_has_that_length() -> None:
    with pytest.raises(TrainingError, match="'cut' takes a list of 4 numbers"):
        read_config(TextureConfig(), None, {"cut": [0, 0, 1]})


def test_missing_file_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Can't read the config"):
        read_config(StylesConfig(), tmp_path / "gone.toml", {})


@each_config
def test_the_rate_warms_up_and_cools_down(config: RunConfig) -> None:
    config = dataclasses.replace(config, warm_up_steps=100, decay_from=0.6)
    at = [(0, 0.0), (500, 0.3), (500, 0.8), (500, 1.01)]
    assert [rate_factor(*place, config) for place in at] == pytest.approx([0.01, 1, 0.5, 0])
    never = dataclasses.replace(config, decay_from=1.0, warm_up_steps=0)
    assert [rate_factor(*place, never) for place in ((0, 0.0), (500, 0.99))] == [1, 1]
