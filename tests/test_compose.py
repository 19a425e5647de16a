from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from livestyle.compose import FADE_BELOW, compose, with_colors_of
from livestyle.fade import between
from livestyle.frame import Image
from livestyle.look import Look

MIX = (("any", 1.0),)


@pytest.fixture
def photo() -> Image:
    return np.random.default_rng(1).integers(60, 200, (20, 30, 3)).astype(np.uint8)


@pytest.fixture
def painting() -> Image:
    return np.random.default_rng(2).integers(60, 200, (20, 30, 3)).astype(np.uint8)


def test_full_strength_is_the_painting_untouched(photo: Image, painting: Image) -> None:
    assert compose(photo, painting, Look(MIX)) is painting


def test_strength_is_left_to_the_code_above_the_fade(photo: Image, painting: Image) -> None:
    assert compose(photo, painting, Look(MIX, strength=FADE_BELOW)) is painting


def test_weak_strength_fades_into_the_photo(photo: Image, painting: Image) -> None:
    nearly = compose(photo, painting, Look(MIX, strength=FADE_BELOW / 100)).astype(int)
    assert np.abs(nearly - photo).max() <= 2
    half = compose(photo, painting, Look(MIX, strength=FADE_BELOW / 2)).astype(float)
    assert np.abs(half - (photo.astype(float) + painting) / 2).max() <= 1


def luma_of(picture: Image) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(int)


pictures = arrays(np.uint8, (6, 7, 3))


@given(photo=pictures, painting=pictures)
def test_only_the_colors_keeps_the_photos_luma_whatever_the_colors(photo: Image, painting: Image) -> None:
    composed = compose(photo, painting, Look(MIX, colors="only"))
    assert np.abs(luma_of(composed) - luma_of(photo)).max() <= 1


@given(photo=pictures, painting=pictures)
def test_the_cameras_colors_keep_the_paintings_luma(photo: Image, painting: Image) -> None:
    composed = compose(photo, painting, Look(MIX, colors="camera"))
    assert np.abs(luma_of(composed) - luma_of(painting)).max() <= 1


def test_a_color_too_strong_for_its_luma_is_paler_and_no_other_hue() -> None:
    dark = np.full((2, 2, 3), 20, np.uint8)
    red = np.full((2, 2, 3), (250, 30, 30), np.uint8)
    r, g, b = (int(v) for v in with_colors_of(dark, red)[0, 0])
    assert r > 40
    assert g == b <= 2


def test_grey_takes_all_color_away(photo: Image) -> None:
    grey = np.full_like(photo, 77)
    composed = compose(photo, grey, Look(MIX, colors="only"))
    np.testing.assert_array_equal(composed, luma_of(photo)[:, :, None].repeat(3, axis=2))


def test_keep_colors_has_the_paintings_luma_and_the_photos_chroma() -> None:
    # Muted colours, so that nothing is clipped on the way back to RGB.
    photo = np.full((8, 8, 3), (150, 120, 110), np.uint8)
    painting = np.full((8, 8, 3), (90, 100, 130), np.uint8)
    result = cv2.cvtColor(with_colors_of(painting, photo), cv2.COLOR_RGB2YCrCb)[0, 0].astype(int)
    luma = cv2.cvtColor(painting, cv2.COLOR_RGB2YCrCb)[0, 0, 0]
    chroma = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb)[0, 0, 1:]
    assert abs(result[0] - luma) <= 1
    assert np.abs(result[1:] - chroma).max() <= 1


def test_colours_fade_from_one_to_the_other(photo, painting) -> None:
    looks = {colors: Look((("any", 1.0),), colors=colors) for colors in ("painting", "camera", "only")}
    alone = {colors: compose(photo, painting, look).astype(float) for colors, look in looks.items()}
    half = compose(photo, painting, between(looks["painting"], looks["camera"], 0.25))
    np.testing.assert_allclose(half, 0.75 * alone["painting"] + 0.25 * alone["camera"], atol=1)
    third = between(between(looks["painting"], looks["camera"], 0.5), looks["only"], 0.5)
    wanted = 0.25 * alone["painting"] + 0.25 * alone["camera"] + 0.5 * alone["only"]
    np.testing.assert_allclose(compose(photo, painting, third), wanted, atol=2)
