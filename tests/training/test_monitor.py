from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from livestyle.errors import TrainingError
from livestyle.training.monitor import Monitor, Preview

# TensorBoard's own dependencies warn on import with new numpy.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:tensorboard")


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def test_the_log_is_one_json_object_a_line(tmp_path: Path) -> None:
    with Monitor(tmp_path, 10.0) as monitor:
        monitor.step(20, 1.5, {"loss": 2.0, "style/0": 0.5})
        monitor.step(21, 1.6)
    assert log(tmp_path) == [{"step": 20, "seconds": 1.5, "loss": 2.0, "style/0": 0.5}]


def test_tensorboard_gets_losses_pictures_and_speed(tmp_path: Path) -> None:
    with Monitor(tmp_path, 100.0, batch=4) as monitor:
        monitor.step(1, 10.0)
        monitor.step(11, 20.0, {"loss": 2.0})
        monitor.step(21, 25.0, {"loss": 1.0})
        monitor.show(21, Preview(None, torch.rand(1, 2, 3, 8, 8), ["a"]))
    board = EventAccumulator(str(tmp_path)).Reload()
    assert [event.value for event in board.Scalars("loss")] == [2.0, 1.0]
    assert [event.value for event in board.Scalars("speed/pictures_a_second")] == [4.0, 8.0]
    assert len(board.Images("preview")) == 1


def test_a_warning_is_said_and_logged_until_it_has_gone_only_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Monitor(tmp_path, 10.0) as monitor:
        monitor.step(3, 1.0)
        for step, texts in ((3, ["flat"]), (4, ["flat", "grey"]), (5, []), (6, ["flat"])):
            monitor.warn(step, texts)
    assert [(line["step"], line["warning"]) for line in log(tmp_path)] == [(3, "flat"), (4, "grey"), (6, "flat")]
    assert capsys.readouterr().err.count("Warning: flat") == 2


def test_what_stopped_a_run_is_in_its_log(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path, 10.0)
    monitor.step(7, 2.0)
    with pytest.raises(TrainingError), monitor:
        raise TrainingError("The loss is no longer a number.")
    assert log(tmp_path) == [{"step": 7, "seconds": 2.0, "error": "The loss is no longer a number."}]


def test_a_preview_has_the_photos_above_their_paintings() -> None:
    photos, painted = torch.rand(2, 3, 4, 5), torch.rand(3, 2, 3, 4, 5)
    picture = Preview(photos, painted, ["a", "b"]).picture()
    assert picture.shape == (3, 16, 10)
    assert torch.equal(picture[:, :4, 5:], photos[1])
    assert torch.equal(picture[:, 8:12, :5], painted[1, 0])
    assert Preview(None, painted, ["a"]).picture().shape == (3, 12, 10)
