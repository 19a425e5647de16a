from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from livestyle.errors import TrainingError
from livestyle.evaluation.baselines import control_pictures
from livestyle.evaluation.clips import known_clips
from livestyle.evaluation.judge import FIGURES, Judge
from livestyle.evaluation.picture import NamedPicture
from livestyle.evaluation.store import Store

Draw = Callable[..., NamedPicture]


@pytest.fixture
def judge(tmp_path: Path, vgg_file: Path, heads_file: Path) -> Judge:
    return Judge(Store(tmp_path / "store"), vgg_file, heads_file)


def test_the_photo_keeps_itself_and_the_painting_has_its_style(judge: Judge, draw: Draw) -> None:
    photo, painting = draw(0), draw(1)
    photos_own = judge.figures(photo.image, photo, painting)
    paintings_own = judge.figures(painting.image, photo, painting)
    assert set(photos_own) == set(FIGURES)
    assert (photos_own["content"], photos_own["lpips"]) == (0, 0)
    for figure in ("style", "style_ho", "style_128", "swd", "colour"):
        assert paintings_own[figure] < 1e-9 < photos_own[figure]


def test_nothing_is_judged_twice(judge: Judge, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, painting = draw(0), draw(1)
    row, styles = judge.figures(photo.image, photo, painting), judge.styles(photo.image, painting, (0.5, 1.0))
    monkeypatch.setattr(judge, "vgg", None)
    assert judge.figures(photo.image, photo, painting) == row
    assert judge.styles(photo.image, painting, (0.5, 1.0)) == styles
    with pytest.raises(TypeError):
        judge.figures(painting.image, photo, painting)


def test_other_eyes_judge_anew(tmp_path: Path, vgg_file: Path, heads_file: Path) -> None:
    store = Store(tmp_path / "store")
    assert Judge(store, vgg_file, heads_file).version == Judge(store, vgg_file, heads_file).version
    assert Judge(store, vgg_file, None).version != Judge(store, vgg_file, heads_file).version


def test_a_painting_is_like_itself_at_its_own_scale_only(judge: Judge, draw: Draw) -> None:
    painting = draw(0, 256, 320)
    finer, same, bolder = judge.styles(painting.image, painting, (0.5, 1.0, 2.0))
    assert same == pytest.approx(0, abs=1e-9)
    assert min(finer, bolder) > 1e-5
    assert judge.figures(painting.image, painting, painting)["style"] == same


def test_a_clip_is_judged_with_its_style(judge: Judge, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, painting = known_clips(draw(0), frames=3)[0], draw(1)
    row = judge.steadiness(clip.frames, clip, painting)
    assert row["times"] == pytest.approx(1)
    assert row["style"] == judge.styles(clip.frames[-1], painting)[0]
    monkeypatch.setattr(judge, "vgg", None)
    assert judge.steadiness(clip.frames, clip, painting) == row


def test_a_picture_may_be_smaller_than_its_photo(judge: Judge, draw: Draw) -> None:
    photo = draw(0, 64, 90)
    assert judge.figures(draw(0, 33, 46).image, photo, draw(1))["content"] < 0.2


def test_heads_have_to_be_heads(tmp_path: Path, vgg_file: Path, heads_file: Path) -> None:
    with pytest.raises(TrainingError, match="LPIPS"):
        Judge(Store(tmp_path), vgg_file, vgg_file)
    with pytest.raises(TrainingError, match="missing"):
        Judge(Store(tmp_path), vgg_file, tmp_path / "none.safetensors")
    save_file({}, tmp_path / "empty.safetensors")
    with pytest.raises(TrainingError, match="five"):
        Judge(Store(tmp_path), vgg_file, tmp_path / "empty.safetensors")


def test_controls(draw: Draw) -> None:
    photo, painting = draw(0, 64, 80), draw(1, 90, 60)
    pictures = control_pictures(photo, painting)
    assert all(p.shape == photo.image.shape and p.dtype == np.uint8 for p in pictures.values())
    assert np.array_equal(pictures["unchanged photo"], photo.image)
    # The middle of the painting, as wide as it is.
    cut = pictures["the painting itself, cut to the photo"]
    assert np.abs(cut.mean((0, 1)) - painting.image[21:69].mean((0, 1))).max() < 2
    matched = pictures["colour-matched photo"]
    assert np.abs(matched.mean((0, 1)) - painting.image.mean((0, 1))).max() < 10
    blend = (matched.astype(float) + cut) / 2
    assert np.abs(pictures["50 % blend of both"] - blend).max() <= 1
