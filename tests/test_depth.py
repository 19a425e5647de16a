from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.depth import QUANTILES, Depth, tones_of
from livestyle.frame import Image

SIZE_HW = (180, 320)


def ramp(low: float, high: float, size_hw: tuple[int, int] = SIZE_HW, *, across: bool = True) -> Image:
    """Grey that grows from left to right, or from top to bottom."""
    height, width = size_hw
    line = np.linspace(low, high, width if across else height)
    grey = np.broadcast_to(line if across else line[:, None], size_hw)
    return np.repeat(grey[:, :, None], 3, axis=2).round().astype(np.uint8)


def lightness(picture: Image) -> np.ndarray:
    return cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[:, :, 0]


def textured(picture: Image) -> Image:
    """With strokes of a few pixels over it."""
    rng = np.random.default_rng(0)
    strokes = rng.normal(0, 12, (*picture.shape[:2], 1))
    return np.clip(picture + strokes, 0, 255).astype(np.uint8)


PHOTO = ramp(20, 230)
FLAT_PAINTING = textured(ramp(110, 150))
TONES = tones_of(ramp(40, 220))


def test_tones_are_growing_quantiles_of_lightness() -> None:
    assert TONES.shape == (QUANTILES,)
    assert TONES.dtype == np.float32
    assert (np.diff(TONES) >= 0).all()
    # sRGB 40 and 220 are L* 15.2 and 87.6; the blur takes a little at both ends.
    assert TONES[0] == pytest.approx(15.2, abs=4)
    assert TONES[-1] == pytest.approx(87.6, abs=4)


def test_masses_come_out_as_in_the_style_and_where_the_photo_has_them() -> None:
    deep = Depth().deepen(PHOTO, FLAT_PAINTING, TONES, 1.0)
    coarse = lightness(cv2.GaussianBlur(deep, (0, 0), 6))[90]
    wanted = lightness(ramp(40, 220))[90]
    inner = slice(20, -20)
    assert np.abs(coarse[inner] - wanted[inner]).max() < 4


def test_the_amount_says_how_far() -> None:
    def spread(amount: float) -> float:
        return float(cv2.GaussianBlur(lightness(Depth().deepen(PHOTO, FLAT_PAINTING, TONES, amount)), (0, 0), 6).std())

    before, half, whole = spread(0.0), spread(0.5), spread(1.0)
    assert half == pytest.approx((before + whole) / 2, rel=0.1)


def test_strokes_stay() -> None:
    deep = Depth().deepen(PHOTO, FLAT_PAINTING, TONES, 0.8)

    def strokes(picture: Image) -> float:
        light = lightness(picture)
        return float((light - cv2.GaussianBlur(light, (0, 0), 6)).std())

    assert strokes(deep) == pytest.approx(strokes(FLAT_PAINTING), rel=0.1)


def test_hardly_any_color_is_lost_or_won() -> None:
    painting = ramp(110, 150)
    painting[:, :, 0] += 40
    painting[:, :, 2] -= 30
    deep = Depth().deepen(ramp(90, 160), painting, tones_of(ramp(80, 170)), 0.8)
    before, after = (cv2.cvtColor(p.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[:, :, 1:] for p in (painting, deep))
    assert np.abs(before - after).max() < 6


def test_none_leaves_the_painting_itself() -> None:
    assert Depth().deepen(PHOTO, FLAT_PAINTING, TONES, 0.0) is FLAT_PAINTING


def test_what_comes_into_the_picture_does_not_change_the_rest_at_once() -> None:
    with_hand = PHOTO.copy()
    with_hand[60:, 200:] = 35
    corner = np.s_[:20, :40]

    def step(depth: Depth) -> float:
        before = depth.deepen(PHOTO, FLAT_PAINTING, TONES, 1.0)[corner].astype(int)
        return float(np.abs(depth.deepen(with_hand, FLAT_PAINTING, TONES, 1.0)[corner] - before).mean())

    class Forgetful(Depth):
        def deepen(self, *args: object) -> Image:
            self.forget()
            return super().deepen(*args)

    assert step(Depth()) < step(Forgetful()) / 3


def test_a_new_histogram_is_reached_in_the_end() -> None:
    depth, other = Depth(), ramp(20, 200)
    depth.deepen(PHOTO, FLAT_PAINTING, TONES, 1.0)
    for _ in range(100):
        last = depth.deepen(other, FLAT_PAINTING, TONES, 1.0)
    fresh = Depth().deepen(other, FLAT_PAINTING, TONES, 1.0)
    assert np.abs(last.astype(int) - fresh).max() <= 1


def test_a_cut_begins_anew() -> None:
    depth, dark = Depth(), ramp(0, 60, across=False)
    depth.deepen(PHOTO, FLAT_PAINTING, TONES, 1.0)
    after_cut = depth.deepen(dark, FLAT_PAINTING, TONES, 1.0)
    np.testing.assert_array_equal(after_cut, Depth().deepen(dark, FLAT_PAINTING, TONES, 1.0))


@given(st.integers(1, 70), st.integers(1, 200), st.integers(0, 255), st.floats(0.01, 1.0), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_size_and_a_flat_picture_will_do(height: int, width: int, grey: int, amount: float, flat: bool) -> None:
    photo = np.full((height, width, 3), grey, np.uint8) if flat else ramp(0, grey, (height, width))
    painting = ramp(255, grey, (height, width))
    kept = painting.copy()
    deep = Depth().deepen(photo, painting, TONES, amount)
    assert deep.shape == painting.shape
    assert deep.dtype == np.uint8
    np.testing.assert_array_equal(painting, kept)


def test_a_flat_wall_does_not_glow() -> None:
    wall = ramp(20, 230)
    wall[:, 100:] = np.linspace(228, 232, SIZE_HW[1] - 100).round().astype(np.uint8)[None, :, None]
    painting = ramp(128, 128)
    deep = lightness(Depth().deepen(wall, painting, TONES, 1.0))[90]
    assert deep[-1] - deep[110] < 20  # of the 70 that the histogram has for so much of the picture
    assert deep[-1] > deep[5] + 30
