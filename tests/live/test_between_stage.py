from __future__ import annotations

import numpy as np
import pytest

from livestyle.frame import Frame, Image
from livestyle.live.between_stage import BetweenStage, Painted
from livestyle.live.message import Picture

RNG = np.random.default_rng(0)
WORLD = np.repeat(np.repeat(RNG.integers(60, 190, (12, 300, 3), np.uint8), 4, 0), 4, 1)


def seen(index: int) -> Image:
    """A camera that pans by a px a frame."""
    return WORLD[:, index : index + 64]


class Show:
    """A camera, and a painter that takes the newest frame whenever it is free, as in the pipeline."""

    def __init__(self, painting_s: float, fps: float = 30.0) -> None:
        self.seen = seen
        self.moving_s = 0.0
        self._clock_s = 0.0
        self.stage = BetweenStage(self._clock)
        self.painting_s, self.fps = painting_s, fps
        self.frames = 0
        self.pictures: list[tuple[int, Picture]] = []
        """Which frame was the newest, and what was shown then."""
        self._in_work: tuple[Frame, float] | None = None
        self._in_slot: Frame | None = None

    def _clock(self) -> float:
        self._clock_s += self.moving_s
        return self._clock_s

    def run(self, frames: int) -> list[Picture]:
        """As many frames more; returns what was shown meanwhile."""
        before = len(self.pictures)
        for _ in range(frames):
            now_s = self.frames / self.fps
            self._paint_until(now_s)
            self._in_slot = Frame(self.seen(self.frames), now_s, self.frames)
            self.stage.see(self._in_slot)
            self.frames += 1
            self._look()
            self._paint_until(now_s)
        return [picture for _, picture in self.pictures[before:]]

    def end(self) -> None:
        """No more frames; what is in work is painted."""
        self._paint_until(float("inf"))

    def _paint_until(self, now_s: float) -> None:
        free_s = -np.inf
        while True:
            if self._in_work is not None:
                frame, done_s = self._in_work
                if done_s > now_s:
                    return
                self.stage.add(
                    Painted(
                        Frame(255 - frame.image, frame.time_s, frame.index),
                        frame.image,
                        frame.image,
                        False,
                        self.painting_s,
                    )
                )
                self._in_work, free_s = None, done_s
                self._look()
            if self._in_slot is None:
                return
            self._in_work = self._in_slot, max(free_s, self._in_slot.time_s) + self.painting_s
            self._in_slot = None

    def _look(self) -> None:
        picture = self.stage.due()
        if picture is not None:
            self.pictures.append((self.frames - 1, picture))


def test_where_every_frame_can_be_painted_nothing_is_moved_and_nothing_waits() -> None:
    show = Show(painting_s=0.02)
    pictures = show.run(60)
    assert [picture.frame.index for picture in pictures] == list(range(59))
    assert not any(picture.is_moved for picture in pictures)
    assert all((picture.frame.image == 255 - picture.photo).all() for picture in pictures)


@pytest.mark.parametrize(("painting_s", "k"), [(0.05, 2), (0.08, 3), (0.11, 4)])
def test_every_frame_is_shown_once_and_as_late_as_a_painting_takes(painting_s: float, k: int) -> None:
    show = Show(painting_s)
    show.run(60)
    pictures = show.run(60)
    assert [picture.frame.index for picture in pictures] == list(range(60 - k, 120 - k))
    assert {newest - picture.frame.index for newest, picture in show.pictures[-60:]} == {k}
    assert all(picture.is_painted for picture in pictures)
    assert max(picture.age for picture in pictures) <= k
    assert np.mean([not picture.is_moved for picture in pictures]) > 0.5 / k


def test_a_moved_painting_is_that_of_its_photo() -> None:
    show = Show(painting_s=0.08)
    show.run(60)
    for picture in show.run(30):
        np.testing.assert_array_equal(picture.photo, seen(picture.frame.index))
        assert np.abs(picture.frame.image.astype(int) - (255 - picture.photo))[:, 8:-8].mean() < 6
        assert picture.frame.time_s == pytest.approx(picture.frame.index / 30)


def test_the_last_frame_of_a_source_is_painted_and_shown_as_it_is() -> None:
    show = Show(painting_s=0.08)
    show.run(60)
    show.end()
    _, last = show.pictures[-1]
    assert last.frame.index == 59
    np.testing.assert_array_equal(last.frame.image, 255 - seen(59))
    assert show.stage.due() is None


def test_a_device_that_gets_slower_or_faster_is_followed() -> None:
    show = Show(painting_s=0.02)
    show.run(30)
    show.painting_s = 0.08
    assert [picture.frame.index for picture in show.run(60)[-20:]] == list(range(67, 87))
    show.painting_s = 0.02
    pictures = show.run(60)[-20:]
    assert [picture.frame.index for picture in pictures] == list(range(129, 149))
    assert not any(picture.is_moved for picture in pictures)


def test_where_moving_takes_too_long_paintings_are_shown_as_they_come_until_it_is_faster() -> None:
    show = Show(painting_s=0.08)
    show.moving_s = 0.06
    show.run(60)
    pictures = show.run(60)
    assert len(pictures) == pytest.approx(60 / 30 / 0.08, abs=1)
    assert not any(picture.is_moved for picture in pictures)
    show.moving_s = 0.01
    show.run(800)
    assert len(show.run(60)) == 60


def test_where_the_flow_loses_the_photos_paintings_are_shown_as_they_come_until_it_finds_them() -> None:
    def noisy(index: int) -> Image:
        """The left two fifths are never the same."""
        photo = seen(index).copy()
        photo[:, :26] = np.random.default_rng(index).integers(0, 256, (48, 26, 3), np.uint8)
        return photo

    show = Show(painting_s=0.08)
    show.run(60)
    show.seen = noisy
    show.run(60)
    pictures = show.run(60)
    assert not any(picture.is_moved for picture in pictures)
    assert len(pictures) == pytest.approx(60 / 30 / 0.08, abs=1)
    assert {newest - picture.frame.index for newest, picture in show.pictures[-20:]} <= {2, 3}
    show.seen = seen
    show.run(60)
    assert len(show.run(60)) == 60


def test_of_a_fast_camera_every_other_frame_is_moved() -> None:
    show = Show(painting_s=0.08, fps=60.0)
    show.run(100)
    indices = [picture.frame.index for picture in show.run(60)]
    assert len(indices) == 30
    assert set(np.diff(indices)) == {2}


def test_what_comes_in_at_once_is_not_shown_late() -> None:
    show = Show(painting_s=0.08)
    show.run(60)
    while show.stage.due() is not None:
        pass
    for index in range(60, 70):
        show.stage.see(Frame(seen(index), index / 30, index))
    assert show.stage.due().frame.index == 66
    assert show.stage.due() is None


def test_after_it_was_told_to_forget_there_is_nothing_to_show_before_the_next_painting() -> None:
    show = Show(painting_s=0.08)
    show.run(60)
    show.stage.forget()
    for index in range(60, 70):
        show.stage.see(Frame(seen(index), index / 30, index))
        assert show.stage.due() is None


def test_frames_are_mirrored_and_sized_as_the_painting_is() -> None:
    show = Show(painting_s=0.08)
    show.run(60)
    show.stage.forget()
    photo = np.ascontiguousarray(seen(60)[::2, ::-2])
    for index in range(60, 65):
        show.stage.see(Frame(seen(60), index / 30, index))
    show.stage.add(Painted(Frame(255 - photo, 2.0, 60), photo, seen(60), True, 0.08))
    picture = show.stage.due()
    assert picture.age == 1
    assert picture.photo.shape == photo.shape
    assert np.array_equal(picture.source, seen(60))
    assert picture.is_mirrored
    assert np.abs(picture.photo.astype(int) - photo).mean() < 12
