from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.errors import SourceError
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.regions import by_mask, fixed, read_mask
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Images
from livestyle.stylizer.torch_backend import TorchStylizer


def filled(value: int) -> object:
    return lambda photos: np.full_like(photos, value)


def as_is(photos: Images) -> Images:
    return photos


@settings(deadline=None)
@given(
    mask_hw=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    size_hw=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    value=st.integers(0, 255),
)
def test_grey_is_blended_in_proportion(mask_hw: tuple[int, int], size_hw: tuple[int, int], value: int) -> None:
    mask = np.full(mask_hw, value, np.uint8)
    photos = np.zeros((2, *size_hw, 3), np.uint8)
    painted = by_mask(fixed(mask), filled(200), filled(100))(photos)  # type: ignore[arg-type]
    assert painted.shape == photos.shape
    assert painted.dtype == np.uint8
    assert np.abs(painted - (100 + 100 * value / 255)).max() <= 0.5 + 1e-4


def test_white_black_and_the_edge_between_them() -> None:
    mask = np.repeat(np.uint8([0, 255]), 50)[None].repeat(10, 0)
    painted = by_mask(fixed(mask), filled(200), filled(100))(np.zeros((1, 30, 300, 3), np.uint8))  # type: ignore[arg-type]
    row = painted[0, 15, :, 0].astype(int)
    assert (row[:145] == 100).all()
    assert (row[155:] == 200).all()
    assert (np.diff(row) >= 0).all()


def test_outside_may_stay_the_photo_which_is_not_written_to() -> None:
    photos = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3)).astype(np.uint8)
    photos.flags.writeable = False
    mask = np.zeros((8, 8), np.uint8)
    mask[:4] = 255
    painted = by_mask(fixed(mask), filled(7), None)(photos)  # type: ignore[arg-type]
    assert (painted[0, :4] == 7).all()
    assert np.array_equal(painted[0, 4:], photos[0, 4:])
    assert np.array_equal(by_mask(fixed(mask), as_is, None)(photos), photos)


def test_each_region_is_held_still_by_itself(tiny_file: StyleFile) -> None:
    rng = np.random.default_rng(0)
    still = cv2.resize(rng.integers(0, 256, (6, 8, 3)).astype(np.uint8), (64, 48))
    frames = [np.clip(still + rng.normal(0, 4, still.shape), 0, 255).astype(np.uint8)[None] for _ in range(4)]
    mask = np.zeros((48, 64), np.uint8)
    mask[:, :32] = 255
    with TorchStylizer(tiny_file) as stylizer:

        def bound(name: str) -> object:
            painter, look = Painter(tiny_file, stylizer), Look(((name, 1.0),), steady=0.5)
            return lambda photos: painter.paint(photos, look)

        paint, calm, wild = by_mask(fixed(mask), bound("calm"), bound("wild")), bound("calm"), bound("wild")  # type: ignore[arg-type]
        for frame in frames:
            both, left, right = paint(frame), calm(frame), wild(frame)  # type: ignore[operator]
    assert np.array_equal(both[:, :, :32], left[:, :, :32])
    assert np.array_equal(both[:, :, 32:], right[:, :, 32:])


def test_a_mask_is_read_by_its_brightness(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "mask.png"), np.uint8([[[0, 0, 0], [255, 255, 255], [0, 255, 0]]]))
    assert read_mask(tmp_path / "mask.png").tolist() == [[0, 255, 150]]
    with pytest.raises(SourceError, match="no file"):
        read_mask(tmp_path / "gone.png")
