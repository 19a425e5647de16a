from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.frame import Image
from livestyle.live.inbetween import InBetween

HEIGHT, WIDTH = 240, 320
MARGIN = 60


@pytest.fixture(scope="module")
def world() -> Image:
    """Spots of all sizes, larger than what a camera sees of it."""
    rng = np.random.default_rng(0)
    layers = [
        s * cv2.GaussianBlur(rng.normal(size=(HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN, 3)), (0, 0), s)
        for s in (2, 5, 9)
    ]
    texture = np.sum(layers, axis=0)
    return np.asarray(125 + 70 * texture / np.abs(texture).max(), np.uint8)


def seen(world: Image, motion: np.ndarray) -> Image:
    """What a camera sees after a motion (2, 3) of the picture's px."""
    to_world = np.float32([[1, 0, -MARGIN], [0, 1, -MARGIN]])
    whole = np.vstack([motion, [0, 0, 1]]) @ np.vstack([to_world, [0, 0, 1]])
    return np.asarray(cv2.warpAffine(world, whole[:2], (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC), np.uint8)


def turned(degrees: float, zoom: float, x_px: float = 0, y_px: float = 0) -> np.ndarray:
    motion = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, zoom)
    motion[:, 2] += x_px, y_px
    return motion


STILL = turned(0, 1)
DOTS = np.float32([[x, y] for x in range(50, WIDTH - 40, 40) for y in range(50, HEIGHT - 40, 40)])


def dotted(photo: Image) -> Image:
    """A painting of nothing but dots, whose places can be told exactly."""
    painting = np.zeros_like(photo)
    for x, y in DOTS:
        cv2.circle(painting, (int(x), int(y)), 4, (255, 255, 255), -1)
    return np.asarray(cv2.GaussianBlur(painting, (0, 0), 1), np.uint8)


def off_px(painting: Image, motion: np.ndarray) -> np.ndarray:
    """How far the dots are from where a motion takes them."""
    y, x = np.mgrid[-9:10, -9:10]
    off = []
    for to_x, to_y in DOTS @ motion[:, :2].T + motion[:, 2]:
        left, top = round(to_x), round(to_y)
        light = painting[top - 9 : top + 10, left - 9 : left + 10, 1].astype(float)
        off.append(
            np.hypot((light * x).sum() / light.sum() + left - to_x, (light * y).sum() / light.sum() + top - to_y)
        )
    return np.array(off)


@pytest.mark.parametrize(
    "step", [turned(0, 1, 5.3, -2.6), turned(0, 1.02), turned(1.5, 1), turned(-1, 0.985, 2.5, 2)],
    ids=["pan", "zoom", "rotation", "all"],
)  # fmt: skip
def test_a_painting_moves_exactly_as_its_photo_does(world, step) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    inbetween.begin(photo, dotted(photo))
    motion = STILL
    for _ in range(4):
        motion = step[:, :2] @ motion + [[0, 0, step[0, 2]], [0, 0, step[1, 2]]]
        moved = inbetween.at(seen(world, motion))
        assert off_px(moved, motion).max() < 0.5
        assert not inbetween.is_held


def test_what_stands_still_is_the_painting_itself(world) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    inbetween.begin(photo, 255 - photo)
    for still in (photo, photo.copy(), photo.copy()):
        np.testing.assert_array_equal(inbetween.at(still), 255 - photo)


def test_a_new_painting_comes_in_over_one_picture(world) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    dark, light = np.full_like(photo, 40), np.full_like(photo, 200)
    inbetween.begin(photo, dark)
    assert (inbetween.at(photo) == 40).all()
    inbetween.begin(photo, light)
    assert (inbetween.at(photo) == 120).all()
    assert (inbetween.at(photo) == 200).all()


def test_the_painting_before_has_moved_too_when_a_new_one_comes_in(world) -> None:
    inbetween = InBetween()
    photo, motion = seen(world, STILL), turned(0, 1, 6, 3)
    moved = seen(world, motion)
    inbetween.begin(photo, dotted(photo))
    inbetween.begin(moved, np.zeros_like(photo))
    assert off_px(inbetween.at(moved), motion).max() < 0.5


def test_at_a_cut_the_painting_is_held_and_the_next_one_begins_anew(world) -> None:
    inbetween = InBetween()
    photo, other = seen(world, STILL), 255 - seen(world, turned(180, 1))
    inbetween.begin(photo, dotted(photo))
    inbetween.at(photo)
    for _ in range(2):
        np.testing.assert_array_equal(inbetween.at(other), dotted(photo))
        assert inbetween.is_held
    inbetween.begin(other, 255 - other)
    np.testing.assert_array_equal(inbetween.at(other), 255 - other)
    assert not inbetween.is_held


def test_a_cut_that_is_painted_at_once_is_not_faded(world) -> None:
    inbetween = InBetween()
    photo, other = seen(world, STILL), 255 - seen(world, turned(180, 1))
    inbetween.begin(photo, dotted(photo))
    inbetween.at(photo)
    inbetween.begin(other, 255 - other)
    np.testing.assert_array_equal(inbetween.at(other), 255 - other)


def test_where_the_flow_loses_the_photos_for_long_paintings_are_held_until_it_finds_them_again(world) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    torn = photo.copy()
    torn[:, : WIDTH * 2 // 5] = 255 - photo[:, : WIDTH * 2 // 5]
    inbetween.begin(photo, 255 - photo)
    inbetween.look(torn)
    assert not inbetween.is_lost  # one moment is nothing
    for _ in range(9):
        inbetween.look(torn)
    assert inbetween.is_lost
    np.testing.assert_array_equal(inbetween.at(torn), 255 - photo)
    assert inbetween.is_held
    for _ in range(9):
        inbetween.look(photo.copy())
    assert not inbetween.is_lost
    inbetween.look(photo[:120])  # of another size: nothing can be told
    inbetween.forget()
    inbetween.look(photo)
    assert not inbetween.is_lost


@pytest.mark.parametrize("steps", [-30, 30])
def test_a_painting_follows_the_light(world, steps) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    inbetween.begin(photo, 255 - photo)
    lit = np.clip(photo.astype(int) + steps, 0, 255).astype(np.uint8)
    assert np.abs(inbetween.at(lit).astype(int) - (255 - lit)).mean() < 5
    assert not inbetween.is_held


def test_what_comes_into_sight_has_its_colour_and_the_rest_stays(world) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    inbetween.begin(photo, 255 - photo)
    entered = photo.copy()
    entered[100:140, 140:180] = 240, 30, 30
    moved = inbetween.at(entered).astype(int)
    assert np.abs(moved[110:130, 150:170] - (15, 225, 225)).mean() < 40
    np.testing.assert_array_equal(moved[:60], 255 - photo[:60])


def test_there_is_nothing_to_move_without_a_painting_of_the_same_size(world) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    assert inbetween.at(photo) is None
    inbetween.begin(photo, photo)
    assert inbetween.at(photo[:120]) is None
    assert inbetween.at(photo) is not None
    inbetween.forget()
    assert inbetween.at(photo) is None


def test_a_painting_of_another_size_is_shown_at_once(world) -> None:
    inbetween = InBetween()
    photo = seen(world, STILL)
    inbetween.begin(photo, photo)
    inbetween.at(photo)
    inbetween.begin(photo[:120, :160], photo[:120, :160])
    np.testing.assert_array_equal(inbetween.at(photo[:120, :160]), photo[:120, :160])


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 80), width=st.integers(1, 80), seed=st.integers(0, 9))
def test_pictures_of_all_sizes_are_moved(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    photos = rng.integers(0, 256, (5, height, width, 3), np.uint8)
    inbetween = InBetween()
    for i, photo in enumerate(photos):
        if i % 2 == 0:
            inbetween.begin(photo, 255 - photo)
        moved = inbetween.at((photo // 2 + photos[0] // 2).astype(np.uint8))
        assert moved.shape == photo.shape
        assert moved.dtype == np.uint8
