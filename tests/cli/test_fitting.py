from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.styles.file import Style, StyleFile
from livestyle.training import learning
from livestyle.training.learnt import Learnt

Run = Callable[..., tuple[int, str, str]]


class Learnings:
    """Stands for what learns: remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, ...]] = []
        self.steps: list[int] = []

    def learn(
        self, file: StyleFile, style: Style, picture: np.ndarray, newest, steps: int, *, compute: object
    ) -> Iterator[Learnt]:
        self.steps.append(steps)
        while (photo := newest()) is not None:
            self.shown.append(photo.shape)
        yield Learnt(style.codes + np.float32(0.3), steps // 2, 0.1, is_over=False)
        yield Learnt(style.codes + np.float32(0.7), steps, 0.2, is_over=True)


@pytest.fixture
def learnings(monkeypatch: pytest.MonkeyPatch) -> Learnings:
    learnings = Learnings()
    monkeypatch.setattr(learning, "learn", learnings.learn)
    return learnings


@pytest.fixture
def carpet(tmp_path: Path) -> Path:
    path = tmp_path / "my_carpet.png"
    cv2.imwrite(str(path), np.random.default_rng(3).integers(0, 256, (80, 70, 3)).astype(np.uint8))
    return path


@pytest.mark.usefixtures("predictor")
def test_a_picture_is_learnt_on_the_photos_and_then_painted_with(
    run: Run, photo: Path, carpet: Path, learnings: Learnings
) -> None:
    argv = ("stylize", str(photo), "--style", str(carpet), "--device", "cpu")
    assert run(*argv, "-o", "predicted.png")[0] == 0
    code, _, err = run(*argv, "-o", "learnt.png", "--fit", "10")
    assert code == 0, err
    assert learnings.steps == [50]
    assert learnings.shown == [(48, 64, 3)]
    assert not np.array_equal(cv2.imread("predicted.png"), cv2.imread("learnt.png"))
    assert "My carpet" in err


@pytest.mark.usefixtures("predictor")
def test_of_a_video_some_frames_are_learnt_on(run: Run, clip: Path, carpet: Path, learnings: Learnings) -> None:
    code, _, err = run("convert", str(clip), "-o", "out.mp4", "--style", str(carpet), "--fit", "1", "--device", "cpu")
    assert code == 0, err
    assert learnings.shown


@pytest.mark.usefixtures("predictor", "learnings")
def test_what_makes_no_sense_is_told(run: Run, photo: Path, clip: Path, carpet: Path) -> None:
    code, _, err = run("stylize", str(photo), "-o", "a.png", "--style", "wild", "--fit", "10")
    assert code == 2
    assert "--fit learns a style that is a picture" in err
    code, _, err = run("convert", str(clip), "-o", "a.mp4", "--style", str(carpet), "--fit", "10", "--resume")
    assert code == 2
    assert "leave out --fit or --resume" in err
    assert not Path("a.png").exists()
