from __future__ import annotations

import time
from itertools import islice, pairwise
from threading import Timer

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.errors import SourceError
from livestyle.sources import demo
from livestyle.sources.demo import DemoSource
from livestyle.sources.demo_scene.figure import pose_at
from livestyle.sources.demo_scene.scene import DemoScene, draw_demo_scene


@pytest.fixture(scope="module")
def scene() -> DemoScene:
    return DemoScene(144, 256)


def test_the_same_moment_is_the_same_picture(scene: DemoScene) -> None:
    first = scene.draw(3.5)
    scene.draw(9.0)
    assert np.array_equal(scene.draw(3.5), first)
    assert np.array_equal(draw_demo_scene(3.5, 144, 256), first)


def test_every_moment_is_another_picture_and_small_steps_change_little(scene: DemoScene) -> None:
    now, soon, later = (scene.draw(t).astype(int) for t in (2.0, 2.0 + 1 / 30, 6.0))
    assert 0 < np.abs(now - soon).mean() < 2
    assert np.abs(now - later).mean() > np.abs(now - soon).mean()


def test_all_sizes_show_the_same_picture() -> None:
    reference = draw_demo_scene(4.0, 360, 640)
    for height, width in ((720, 1280), (180, 320), (90, 160), (36, 64)):
        image = draw_demo_scene(4.0, height, width)
        small = [cv2.resize(i, (64, 36), interpolation=cv2.INTER_AREA).astype(int) for i in (image, reference)]
        assert np.abs(small[0] - small[1]).mean() < 3


def test_the_picture_is_rich_enough_to_judge_a_style_by(scene: DemoScene) -> None:
    image = scene.draw(0.0)
    top, bottom = image[:30], image[-30:]
    assert top[..., 2].mean() > top[..., 0].mean()  # blue above
    assert bottom[:, :60, 1].mean() > bottom[:, :60, 2].mean()  # green below
    assert image.std() > 40
    detail = np.abs(cv2.Laplacian(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.CV_32F))
    assert np.percentile(detail, 25) < 8  # calm parts
    assert np.percentile(detail, 95) > 40  # and busy ones


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 100), st.integers(1, 100), st.floats(-1e6, 1e7))
def test_any_size_and_moment_can_be_drawn(height: int, width: int, time_s: float) -> None:
    image = draw_demo_scene(time_s, height, width)
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize(("height", "width"), [(16, 900), (900, 16)])
def test_extreme_shapes_can_be_drawn(height: int, width: int) -> None:
    assert draw_demo_scene(1.0, height, width).shape == (height, width, 3)


def test_she_blinks_now_and_then() -> None:
    lids = [pose_at(n / 30).lids for n in range(30 * 60)]
    closed = [lid > 0.9 for lid in lids]
    blinks = sum(now and not before for before, now in pairwise(closed))
    assert 10 < blinks < 60
    assert sum(lid == 0 for lid in lids) > 0.85 * len(lids)


def test_a_source_that_is_not_live_yields_every_frame() -> None:
    with DemoSource((24, 32), rate_fps=10, duration_s=0.5) as source:
        frames = list(source)
    assert [f.index for f in frames] == [0, 1, 2, 3, 4]
    assert [f.time_s for f in frames] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert all(f.image.shape == (24, 32, 3) for f in frames)
    assert not source.is_live


def test_frames_own_their_pixels() -> None:
    with DemoSource((24, 32)) as source:
        frames = list(islice(source, 3))
    assert not np.shares_memory(frames[0].image, frames[1].image)
    assert np.array_equal(frames[0].image, draw_demo_scene(0.0, 24, 32))


class FakeTime:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def monotonic(self) -> float:
        return self.now_s


def test_a_live_source_waits_for_the_moment_and_skips_what_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeTime()
    waits: list[float] = []

    def wait(timeout: float) -> bool:
        waits.append(timeout)
        clock.now_s += max(0.0, timeout)
        return False

    monkeypatch.setattr(demo, "time", clock)
    source = DemoSource((24, 32), rate_fps=10, live=True)
    with source:
        monkeypatch.setattr(source._closed, "wait", wait)
        frames = iter(source)
        assert next(frames).index == 0
        assert next(frames).index == 1
        assert clock.now_s == pytest.approx(50.1)
        clock.now_s += 0.75  # nobody asked for a while
        late = next(frames)
        assert (late.index, late.time_s) == (8, pytest.approx(0.8))
        assert next(frames).index == 9
    assert source.is_live


def test_closing_from_another_thread_ends_a_live_source() -> None:
    with DemoSource((24, 32), rate_fps=0.01, live=True) as source:  # the second frame is due in 100 s
        Timer(0.05, source.close).start()
        start_s = time.monotonic()
        assert len(list(source)) == 1
        assert time.monotonic() - start_s < 50


def test_a_closed_source_opens_again() -> None:
    source = DemoSource((24, 32), duration_s=0.1)
    for _ in range(2):
        with source:
            assert len(list(source)) == 3
        assert list(source) == []


@pytest.mark.parametrize(("size_hw", "rate_fps"), [((0, 10), 30.0), ((10, 10), 0.0), ((10, 10), float("nan"))])
def test_senseless_wishes_are_refused(size_hw: tuple[int, int], rate_fps: float) -> None:
    with pytest.raises(SourceError, match="demo scene can't be"):
        DemoSource(size_hw, rate_fps).open()


def test_an_unopened_source_says_so() -> None:
    with pytest.raises(SourceError, match="not open"):
        next(iter(DemoSource()))
