from __future__ import annotations

from pathlib import Path

import pytest

from livestyle.errors import TrainingError
from livestyle.training.config import TrainConfig, read_config


def test_command_line_beats_file_beats_defaults(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('batch = 8\nminutes = 5\nstyle_layers = ["relu1_1"]\nstyle_layer_weights = [1.0]\n')
    config = read_config(path, {"batch": 2, "seed": None})
    assert (config.batch, config.minutes, config.seed) == (2, 5.0, TrainConfig.seed)
    assert config.style_layers == ("relu1_1",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bacth = 4", "no training setting 'bacth'"),
        ('batch = "four"', "'batch' takes a int"),
        ("batch = true", "'batch' takes a int"),
        ("batch = 0", "batch and width >= 1"),
        ("rate = -1.0", "rates > 0"),
        ("crop_px = 130", "multiple of 4"),
        ('loss = "huber"', '"normalized" or "plain"'),
        ("steps = -1", "steps >= 0"),
        ('style_layers = ["relu1_1"]', "a weight in style_layer_weights"),
        ("batch = ", "Can't read the config"),
    ],
)
def test_wrong_settings_give_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_config(tmp_path / "c.toml", {})


def test_missing_file_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Can't read the config"):
        read_config(tmp_path / "gone.toml", {})
