from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.steady.flicker import Flicker, FlickerMeter
from livestyle.stylizer.stylizer import Images

HEIGHT, WIDTH = 144, 192


def measured(
    photos: Images, paintings: Images, meter: FlickerMeter | None = None, start_s: float = 0
) -> Flicker | None:
    meter = meter or FlickerMeter()
    for i, (photo, painting) in enumerate(zip(photos, paintings, strict=True)):
        meter.add(photo, painting, start_s + i / 30)
    return meter.reading


def test_one_frame_says_nothing(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)], 3)
    assert measured(photos, photos) is None


def test_still_pictures_do_not_flicker(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)], 3).repeat(4, axis=0)
    assert measured(photos, photos) == Flicker(0, 0, 1)


def test_noise_is_read_in_steps(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 12, 3)
    reading = measured(photos, studio.painted(photos, 4))
    assert reading is not None
    assert reading.photo_steps == pytest.approx(3 * 2**0.5, rel=0.1)
    assert reading.painting_steps == pytest.approx(5 * 2**0.5, rel=0.1)  # 3 of the photo's own, 4 more


def test_what_moves_with_the_photo_does_not_flicker(studio):
    world = studio.texture(HEIGHT + 60, WIDTH + 60)
    photos = studio.shots([world[i : i + HEIGHT, 2 * i : 2 * i + WIDTH] for i in range(12)], 0)
    moving = measured(photos, 255 - photos)
    boiling = measured(photos, studio.painted(photos, 10))
    assert moving is not None
    assert boiling is not None
    assert moving.painting_steps < 2
    assert boiling.painting_steps > 12


def test_blur_is_seen(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 4, 3)
    paintings = 255 - photos
    blurred = np.stack([cv2.GaussianBlur(painting, (0, 0), 2) for painting in paintings])
    sharp, soft = measured(photos, paintings), measured(photos, blurred)
    assert sharp is not None
    assert soft is not None
    assert sharp.sharpness == pytest.approx(1, rel=0.05)
    assert soft.sharpness < 0.3


def test_only_the_last_second_counts(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)], 3).repeat(30, axis=0)
    meter = FlickerMeter()
    measured(photos, studio.painted(photos, 10), meter)
    reading = measured(photos, photos, meter, start_s=1.1)
    assert reading is not None
    assert reading.painting_steps == 0
    meter.add(photos[0], photos[0], 10)
    assert meter.reading is None


@pytest.mark.parametrize("phase", range(5))
def test_repeated_frames_are_neither_all_that_counts_nor_left_out(studio, phase):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 60, 3)
    photos[1 + phase :: 5] = photos[phase:-1:5]
    reading = measured(photos, photos)
    assert reading is not None
    assert 0.6 < reading.painting_steps / (3 * 2**0.5) < 1.0


def test_a_cut_is_no_flicker(studio):
    for at in (1, 2, 3):
        scenes = [studio.texture(HEIGHT, WIDTH)] * at + [studio.texture(HEIGHT, WIDTH)] * 6
        photos = studio.shots(scenes, 0)
        reading = measured(photos, photos)
        assert reading is None or reading.painting_steps == 0


def test_a_step_back_in_time_begins_anew(studio):
    photos = studio.shots([studio.texture(HEIGHT, WIDTH)] * 4, 3)
    meter = FlickerMeter()
    measured(photos, photos, meter, start_s=5)
    meter.add(photos[0], photos[0], 0)
    assert meter.reading is None


def test_a_change_of_size_is_survived(studio):
    meter = FlickerMeter()
    for i, (height, width) in enumerate([(HEIGHT, WIDTH), (96, 128), (96, 128), (96, 128)]):
        photo = studio.shots([studio.texture(height, width)], 3)[0]
        meter.add(photo, photo, i / 30)


@settings(deadline=None, max_examples=40)
@given(height=st.integers(1, 70), width=st.integers(1, 70), seed=st.integers(0, 9))
def test_any_size(height, width, seed):
    photos = np.random.default_rng(seed).integers(0, 256, (4, height, width, 3), np.uint8)
    measured(photos, photos)
