from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle import large
from livestyle.errors import DeviceMemoryError
from livestyle.frame import Image
from livestyle.large import LargePainter, reduced_as, steps_hw, underpainting_hw
from livestyle.look import Look
from livestyle.networks import families
from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import Family
from livestyle.networks.transform import TransformNetwork
from livestyle.painter import Painter
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Images
from livestyle.stylizer.torch_backend import TorchStylizer

LOOK = Look((("calm", 1.0),))


class Recording(TorchStylizer):
    """Remembers the sizes it is given; has too little memory for pictures above `most_px` pixels."""

    most_px = 10**9

    def __init__(self, file: StyleFile) -> None:
        super().__init__(file)
        self.sizes_hw: list[tuple[int, int]] = []

    def stylize(self, images: Images, code: Code) -> Images:
        self.sizes_hw.append((images.shape[1], images.shape[2]))
        if images[..., 0].size > self.most_px:
            raise DeviceMemoryError("too large")
        return super().stylize(images, code)


class Setup:
    """A painter of large pictures, and the stylizers it uses."""

    def __init__(self, file: StyleFile) -> None:
        self.whole = Recording(file)
        self.tiles: list[Recording] = []
        self.painter = Painter(file, self.whole)
        self.large = LargePainter(self.painter, self.open)

    def open(self, file: StyleFile) -> Recording:
        assert file.spec.frozen
        self.tiles.append(Recording(file))
        return self.tiles[-1]


@pytest.fixture
def setup(tiny_file: StyleFile) -> Setup:
    return Setup(tiny_file)


@pytest.fixture
def photo() -> Image:
    y, x = np.mgrid[0:240, 0:360]
    return np.stack([x * 255 // 360, y * 255 // 240, (x // 20 + y // 20) % 2 * 200], -1).astype(np.uint8)


@pytest.fixture
def is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes pictures of 120x180 the largest that are painted whole."""
    monkeypatch.setattr(large, "LARGE_PX", 120 * 180)


@pytest.fixture
def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the network one that can't paint in tiles."""

    def build_unbounded(width: int) -> StyledNetwork:
        network = TransformNetwork(width)
        network.reach_px = None
        return network

    monkeypatch.setitem(families.FAMILIES, "s2d", Family(build_unbounded))


def test_what_is_not_large_is_painted_as_it_is_live(setup: Setup, photo: Image) -> None:
    expected = setup.painter.paint(photo[None], LOOK)
    with setup.large:
        assert np.array_equal(setup.large.paint(photo[None], LOOK), expected)
    assert not setup.tiles


def test_where_the_memory_is_too_small_there_are_tiles(setup: Setup, photo: Image) -> None:
    expected = setup.painter.paint(photo[None], LOOK)
    setup.whole.most_px = 0
    with setup.large:
        painted = setup.large.paint(photo[None], LOOK)
        again = setup.large.paint(photo[None], LOOK)
    assert np.abs(painted.astype(int) - expected).max() <= 1
    assert np.array_equal(painted, again)
    assert len(setup.tiles) == 1


@pytest.mark.usefixtures("unbounded")
def test_but_not_with_every_network(setup: Setup, photo: Image) -> None:
    setup.whole.most_px = 0
    with setup.large, pytest.raises(DeviceMemoryError):
        setup.large.paint(photo[None], LOOK)


@pytest.mark.usefixtures("is_large")
def test_large_pictures_get_a_surface_and_stay_the_same_picture(
    setup: Setup, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Painter, "paint", lambda *_: pytest.fail("is not large"))
    setup.painter.file = _with_strokes_to(60, setup.painter.file)
    with setup.large:
        painted = setup.large.paint(photo[None], LOOK)[0]
    assert painted.shape == photo.shape
    assert setup.whole.sizes_hw == [(60, 88), (120, 178)]
    assert setup.tiles[0].sizes_hw == [(240, 360)]
    under = setup.whole.stylize(large._resized(photo, (60, 88))[None], _boldest(setup.painter.file))[0]
    assert np.abs(large._resized(painted, (60, 88)).astype(int) - under).mean() < 10
    assert np.abs(large._resized(under, photo.shape[:2]).astype(int) - painted).mean() > 1


@pytest.mark.usefixtures("is_large", "unbounded")
def test_a_network_that_sees_the_whole_picture_paints_a_smaller_one(setup: Setup, photo: Image) -> None:
    with setup.large:
        painted = setup.large.paint(photo[None], LOOK)
    assert painted.shape == photo[None].shape
    assert setup.whole.sizes_hw == [(120, 180)]
    assert not setup.tiles


@pytest.mark.usefixtures("is_large")
def test_weak_strengths_fade_into_the_photo(setup: Setup, photo: Image) -> None:
    with setup.large:
        weak, weaker, none = (
            np.abs(setup.large.paint(photo[None], replace(LOOK, strength=strength))[0].astype(int) - photo).mean()
            for strength in (0.2, 0.05, 0.0)
        )
    assert weaker < weak / 3
    assert none == 0


@pytest.mark.usefixtures("is_large")
def test_colours_are_kept_in_every_strip(setup: Setup, photo: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "_STRIP_PX", 360 * 7)
    grey = np.full_like(photo, 100)
    with setup.large:
        painted = setup.large.paint(grey[None], Look((("wild", 1.0),), colors="camera"))[0]
    assert np.ptp(painted.astype(int), axis=2).max() <= 1


@given(height=st.integers(16, 20_000), width=st.integers(16, 20_000), lines=st.integers(200, 1100))
def test_underpaintings_have_the_lines_that_strokes_need(height: int, width: int, lines: int) -> None:
    under = underpainting_hw((height, width), lines, None)
    assert abs(min(under) - min(lines, height, width)) <= 4
    assert max(under) / min(under) == pytest.approx(max(height, width) / min(height, width), rel=0.03)
    tall, wide = underpainting_hw((height, width), lines, 1_000_000)
    assert tall * wide <= 1_000_000 * 1.05


@given(height=st.integers(16, 3000), width=st.integers(16, 3000), times=st.floats(1, 40))
def test_steps_are_about_twice_as_large_each(height: int, width: int, times: float) -> None:
    end = round(times * height), round(times * width)
    sizes = [(height, width), *steps_hw((height, width), end)]
    assert sizes[-1] == end if len(sizes) > 1 else times < 1.5
    for (small, _), (large_, _) in pairwise(sizes):
        assert 1.3 < large_ / small < 2.95


def test_reduced_it_is_the_smaller_picture() -> None:
    rng = np.random.default_rng(0)
    small = large._resized(rng.integers(60, 200, (8, 12, 3)).astype(np.uint8), (32, 48))
    other = rng.integers(90, 160, (64, 96, 3)).astype(np.uint8)

    def distance(picture: Image) -> float:
        return float(np.abs(large._resized(picture, (32, 48)).astype(int) - small).mean())

    changed = reduced_as(small, other.copy())
    assert distance(changed) < distance(other) / 5
    assert (changed - large._resized(small, (64, 96)).astype(float)).std() > 10


def _with_strokes_to(boldest_px: int, file: StyleFile) -> StyleFile:
    return replace(file, stroke_px=(boldest_px // 3, boldest_px // 2, boldest_px))


def _boldest(file: StyleFile) -> Code:
    return np.asarray(file.styles["calm"].codes[-1])
