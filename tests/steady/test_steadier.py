from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.steady.steadier import Steadier
from livestyle.stylizer.stylizer import Images

HEIGHT, WIDTH = 96, 128


def flicker(pictures: Images) -> float:
    """RMS of what changes from one picture to the next."""
    return float(np.sqrt(np.mean(np.square(np.diff(pictures.astype(np.float32), axis=0)))))


def off(picture: np.ndarray, wanted: np.ndarray) -> float:
    """RMS difference but for the finest grain."""
    difference = picture.astype(np.float32) - wanted.astype(np.float32)
    return float(np.sqrt(np.mean(np.square(cv2.blur(difference, (5, 5))))))


def sharpness(pictures: Images) -> float:
    return float(np.mean([np.square(cv2.Laplacian(p.astype(np.float32), cv2.CV_32F)).mean() for p in pictures]))


def with_square(scene, left: float, value: float = 230.0, side: int = 24):
    """A scene with a square in it that may lie between pixels."""
    where = np.float32([[1, 0, left], [0, 1, 36]])
    mask = cv2.warpAffine(np.ones((side, side), np.float32), where, (WIDTH, HEIGHT))[..., None]
    return scene * (1 - mask) + value * mask


def test_amount_0_hands_the_paintings_through(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 3, 3)
    paintings = studio.painted(photos)
    assert Steadier().steady(photos, paintings, 0) is paintings


def test_paintings_made_at_amount_0_are_not_remembered(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 6, 3)
    paintings = studio.painted(photos)
    steadier = Steadier()
    steadier.steady(photos[:4], paintings[:4], 1)
    steadier.steady(photos[4:5], paintings[4:5], 0)
    assert np.array_equal(steadier.steady(photos[5:], paintings[5:], 1), paintings[5:])


def test_the_given_pictures_are_not_written_to(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 3, 3)
    paintings = studio.painted(photos)
    photos.setflags(write=False)
    paintings.setflags(write=False)
    Steadier().steady(photos, paintings, 1)


@pytest.mark.parametrize("amount", [0.5, 1.0])
@pytest.mark.parametrize("sigma", [0.0, 1.0, 3.0, 4.5])
def test_a_still_scene_flickers_less_than_the_camera_itself(studio, amount, sigma):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 30, sigma)
    paintings = studio.painted(photos, 6)
    steadied = Steadier().steady(photos, paintings, amount)[-10:]
    assert flicker(steadied) < 0.15 * flicker(paintings[-10:])
    assert sigma == 0 or flicker(steadied) < flicker(photos[-10:])


def test_noise_that_grows_with_brightness_is_known_as_noise(studio):
    scene = np.repeat(np.linspace(20, 230, WIDTH, dtype=np.float32)[None, :, None], HEIGHT, axis=0).repeat(3, axis=2)
    noise = studio.rng.normal(0, 1, (30, HEIGHT, WIDTH, 3)) * (1 + scene / 60)
    photos = np.clip(np.rint(scene + noise), 0, 255).astype(np.uint8)
    paintings = studio.painted(photos, 6)
    steadied = Steadier().steady(photos, paintings, 0.5)[-10:]
    assert flicker(steadied[:, :, :40]) < 0.2 * flicker(paintings[-10:, :, :40])
    assert flicker(steadied[:, :, -40:]) < 0.2 * flicker(paintings[-10:, :, -40:])


def test_noise_as_a_camera_compresses_it_is_known_as_noise(studio):
    shots = studio.shots([studio.texture(HEIGHT, WIDTH)] * 30, 3)
    coded = [cv2.imencode(".jpg", shot, [cv2.IMWRITE_JPEG_QUALITY, 80])[1] for shot in shots]
    photos = np.stack([cv2.imdecode(code, cv2.IMREAD_COLOR) for code in coded])
    paintings = studio.painted(photos, 6)
    steadied = Steadier().steady(photos, paintings, 0.5)[-10:]
    assert flicker(steadied) < 0.2 * flicker(paintings[-10:])


def test_the_more_the_steadier(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 20, 3)
    paintings = studio.painted(photos)
    flickers = [flicker(Steadier().steady(photos, paintings, amount)[-8:]) for amount in (0, 0.1, 0.25, 0.5)]
    assert flickers == sorted(flickers, reverse=True)


@pytest.mark.parametrize("amount", [0.5, 1.0])
@pytest.mark.parametrize("value", [230.0, 110.0])
@pytest.mark.parametrize("speed_px", [0.3, 2.0, 9.0])
def test_a_square_that_moves_neither_smears_nor_leaves_a_trail(studio, amount, value, speed_px):
    scene = np.full((HEIGHT, WIDTH, 3), 125, np.float32)
    scenes = [with_square(scene, 20 + speed_px * min(i, 8), value) for i in range(12)]
    photos = studio.shots([scene] * 12 + scenes + [scene], 2)
    # Nothing but the photo decides what these paintings show, so that whatever is off was left over.
    paintings = 255 - studio.shots([scene] * 12 + scenes + [scene], 0)
    steadied = Steadier().steady(photos, paintings, amount)
    contrast = abs(value - 125)
    for picture, wanted in zip(steadied[12:], paintings[12:], strict=True):
        assert off(picture, wanted) < 0.05 * contrast
        assert np.abs(cv2.blur(picture.astype(np.float32) - wanted, (5, 5))).max() < 0.35 * contrast


@pytest.mark.parametrize("contrast", [0.3, 1.0])
@pytest.mark.parametrize("still", [0, 8])
def test_a_moving_camera_smears_nothing_even_if_it_has_never_stood_still(studio, still, contrast):
    world = 125 + contrast * (studio.texture(HEIGHT, WIDTH + 60) - 125)
    scenes = [world[:, 2 * max(0, i - still) :][:, :WIDTH] for i in range(still + 16)]
    photos = studio.shots(scenes, 2)
    paintings = 255 - studio.shots(scenes, 0)
    steadied = Steadier().steady(photos, paintings, 0.5)
    for picture, wanted in zip(steadied[still:], paintings[still:], strict=True):
        assert off(picture, wanted) < 2  # the camera's own noise


@pytest.mark.parametrize("amount", [0.5, 1.0])
def test_a_slow_change_of_light_is_followed(studio, amount):
    scene = studio.texture(HEIGHT, WIDTH)
    scenes = [scene + 0.4 * i for i in range(60)]
    photos = studio.shots(scenes, 2)
    paintings = 255 - studio.shots(scenes, 0)
    steadied = Steadier().steady(photos, paintings, amount)
    lags = np.mean(steadied.astype(np.float32) - paintings, axis=(1, 2, 3))
    assert np.abs(lags).max() < 3.5


def test_what_moves_is_steadied_along_its_motion_and_stays_sharp(studio):
    world = studio.texture(HEIGHT + 60, WIDTH + 60)
    scenes = [world[i : i + HEIGHT, 2 * i : 2 * i + WIDTH] for i in range(16)]
    photos = studio.shots(scenes, 2)
    paintings = studio.painted(photos)
    gated, moved = (Steadier().steady(photos, paintings, amount) for amount in (0.5, 1.0))

    def error(pictures: Images) -> float:
        changes = [a[1:-9, 2:-10].astype(np.float32) - b[:-10, :-12] for a, b in pairwise(pictures[6:])]
        return float(np.sqrt(np.mean(np.square(changes))))

    assert error(moved) < 0.7 * error(gated)
    assert sharpness(moved[6:]) > 0.8 * sharpness(paintings[6:])


def test_what_stands_still_beside_something_moving_is_not_dragged_along(studio):
    scene = np.full((HEIGHT, WIDTH, 3), 125, np.float32)
    photos = studio.shots([with_square(scene, 20 + 3 * i) for i in range(16)], 1)
    # The painting has strokes where the photo is flat, so the photo alone can't tell that they must not move.
    strokes = np.rint(studio.texture(HEIGHT, WIDTH))
    paintings = studio.shots([with_square(strokes, 20 + 3 * i) for i in range(16)], 0)
    steadied = Steadier().steady(photos, paintings, 1)
    below = slice(36 + 24 + 14, None)
    assert off(steadied[-1][below], paintings[-1][below]) < 2


@pytest.mark.parametrize("amount", [0.5, 1.0])
def test_a_cut_shows_nothing_of_the_scene_before(studio, amount):
    scenes = [studio.texture(HEIGHT, WIDTH)] * 8 + [studio.texture(HEIGHT, WIDTH)] * 3
    photos = studio.shots(scenes, 3)
    paintings = studio.painted(photos)
    steadied = Steadier().steady(photos, paintings, amount)
    assert np.array_equal(steadied[8], paintings[8])
    assert not np.array_equal(steadied[9], paintings[9])


def test_after_a_reset_nothing_is_left(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 6, 3)
    paintings = studio.painted(photos)
    steadier = Steadier()
    steadier.steady(photos[:5], paintings[:5], 1)
    steadier.reset()
    assert np.array_equal(steadier.steady(photos[5:], paintings[5:], 1), paintings[5:])


def test_batches_make_no_difference(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 7, 3)
    paintings = studio.painted(photos)
    steadier = Steadier()
    parts = [steadier.steady(photos[a:b], paintings[a:b], 0.8) for a, b in ((0, 1), (1, 1), (1, 4), (4, 7))]
    assert np.array_equal(np.concatenate(parts), Steadier().steady(photos, paintings, 0.8))


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 70), st.integers(1, 70)), min_size=1, max_size=3),
    amount=st.floats(0, 1),
    seed=st.integers(0, 9),
)
def test_any_size_and_any_change_of_size(sizes, amount, seed):
    rng = np.random.default_rng(seed)
    steadier = Steadier()
    for height, width in sizes:
        photos, paintings = (rng.integers(0, 256, (2, height, width, 3), np.uint8) for _ in range(2))
        steadied = steadier.steady(photos, paintings, amount)
        assert steadied.shape == paintings.shape
        assert steadied.dtype == np.uint8
        assert np.array_equal(steadied[0], paintings[0])


def test_large_pictures_are_compared_small(studio):
    photos = studio.shots([studio.texture(721, 641)] * 4, 3)
    paintings = studio.painted(photos)
    steadied = Steadier().steady(photos, paintings, 1)
    assert flicker(steadied[2:]) < 0.5 * flicker(paintings[2:])
