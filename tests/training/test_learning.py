from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.frame import Image
from livestyle.pretrained import load_vgg
from livestyle.styles.file import StyleFile
from livestyle.training import learning
from livestyle.training.compute import Compute
from livestyle.training.learning import learn
from livestyle.training.learnt import Learnt


@pytest.fixture(autouse=True)
def _small(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "load_vgg", partial(load_vgg, weights_path=places / "vgg.safetensors"))
    for name, value in {"CROP_PX": 48, "SEEN_PX": 40, "ROUND": 2, "SCENE_HW": (72, 128)}.items():
        monkeypatch.setattr(learning, name, value)


@pytest.fixture
def picture(places: Path) -> Image:
    return np.asarray(cv2.imread(str(places / "styles" / "0.png"))[:, :, ::-1])


@pytest.fixture
def photo(places: Path) -> Image:
    return np.asarray(cv2.imread(str(places / "photos" / "0.png"))[:, :, ::-1])


Learn = Callable[..., Iterator[Learnt]]


@pytest.fixture
def learn_calm(tiny_file: StyleFile, picture: Image, compute: Compute) -> Learn:
    return lambda newest, steps: learn(tiny_file, tiny_file.styles["calm"], picture, newest, steps, compute=compute)


def test_round_by_round_the_code_comes_closer_and_the_last_one_says_so(learn_calm: Learn, photo: Image) -> None:
    rounds = list(learn_calm(lambda: photo, 9))
    assert [learnt.steps for learnt in rounds] == [2, 4, 6, 8, 9]
    assert [learnt.is_over for learnt in rounds] == [False] * 4 + [True]
    assert rounds[-1].closer > 0


def test_the_same_photos_and_chance_give_the_same_code(learn_calm: Learn, photo: Image, tiny_file: StyleFile) -> None:
    one, other = (list(learn_calm(lambda: photo, 4))[-1].codes for _ in range(2))
    assert np.array_equal(one, other)
    assert one.shape == tiny_file.styles["calm"].codes.shape
    assert not np.array_equal(one, tiny_file.styles["calm"].codes)


def test_what_is_learnt_on_parts_has_more_contrast_for_whole_photos(
    learn_calm: Learn, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(learn_calm(lambda: photo, 4))[-1].codes
    monkeypatch.setattr(learning, "WHOLE", 1.0)
    part = list(learn_calm(lambda: photo, 4))[-1].codes
    np.testing.assert_allclose(whole[:, -6:-3], 1.15 * part[:, -6:-3], rtol=1e-5)
    np.testing.assert_array_equal(np.delete(whole, np.s_[-6:-3], 1), np.delete(part, np.s_[-6:-3], 1))


def test_without_photos_it_learns_on_the_demo_scene(learn_calm: Learn) -> None:
    assert list(learn_calm(lambda: None, 4))[-1].is_over


def test_a_photo_is_asked_for_once_a_round(learn_calm: Learn, photo: Image) -> None:
    asked: list[int] = []

    def newest() -> Image:
        asked.append(0)
        return photo

    for done, _ in enumerate(learn_calm(newest, 6), start=1):
        assert len(asked) == done


def test_it_ends_by_itself_once_nothing_is_gained(
    learn_calm: Learn, photo: Image, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "RATE", 0.0)
    monkeypatch.setattr(learning, "PATIENCE", 2)
    rounds = list(learn_calm(lambda: photo, 100))
    assert [learnt.is_over for learnt in rounds] == [False, False, True]
    assert rounds[-1].closer == 0
    np.testing.assert_array_equal(rounds[-1].codes, tiny_file.styles["calm"].codes)


def test_all_that_the_device_is_asked_for_is_done_in_turns(
    tiny_file: StyleFile, picture: Image, photo: Image, compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn = False
    turns: list[int] = []
    outside: list[str] = []
    loss, crop = learning._Learner._loss, learning._Learner._crop

    @contextmanager
    def turn() -> Iterator[None]:
        nonlocal in_turn
        assert not in_turn
        in_turn = True
        yield
        in_turn = False
        turns.append(0)

    def watched(name: str, do: Callable[..., object]) -> Callable[..., object]:
        def watch(*given: object) -> object:
            if not in_turn:
                outside.append(name)
            return do(*given)

        return watch

    monkeypatch.setattr(learning._Learner, "_loss", watched("loss", loss))
    monkeypatch.setattr(learning._Learner, "_crop", watched("crop", crop))
    rounds = learn(tiny_file, tiny_file.styles["calm"], picture, lambda: photo, 4, compute=compute, turn=turn)
    assert len(list(rounds)) == 2
    assert outside == []
    # Four steps, two photos and a view of the scene, three to judge by, the prediction and two rounds judged.
    assert len(turns) == 4 + 3 + 3 + 3


def test_the_rate_comes_up_and_falls_to_nothing() -> None:
    factors = [learning._rate_factor(step, 100) for step in range(101)]
    assert factors[0] < 1
    assert max(factors) == 1
    assert factors[-1] == 0
    assert factors[learning.WARM_UP_STEPS : 50] == [1.0] * (50 - learning.WARM_UP_STEPS)
