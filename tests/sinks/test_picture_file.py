from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livestyle.errors import SinkError
from livestyle.sinks.picture_file import SUFFIXES, write_picture

resource: Any = pytest.importorskip("resource")  # stands in for a full disk; not on Windows


def drawn(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (height + width)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".JPG"])
def test_every_kind_keeps_its_colours(tmp_path: Path, suffix: str) -> None:
    image = drawn(40, 60)
    write_picture(tmp_path / f"a{suffix}", image)
    found = cv2.imread(str(tmp_path / f"a{suffix}"))[:, :, ::-1].astype(int)
    exact = suffix in (".png", ".bmp", ".tif", ".tiff")
    assert np.abs(found - image).max() <= (0 if exact else 12)
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size_hw=st.tuples(st.integers(1, 40), st.integers(1, 40)), suffix=st.sampled_from(SUFFIXES))
def test_any_size(tmp_path: Path, size_hw: tuple[int, int], suffix: str) -> None:
    write_picture(tmp_path / f"a{suffix}", drawn(*size_hw), overwrite=True)
    assert cv2.imread(str(tmp_path / f"a{suffix}")).shape == (*size_hw, 3)


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    write_picture(path, drawn(4, 4))
    with pytest.raises(SinkError, match="exists already"):
        write_picture(path, drawn(8, 8))
    assert cv2.imread(str(path)).shape == (4, 4, 3)
    write_picture(path, drawn(8, 8), overwrite=True)
    assert cv2.imread(str(path)).shape == (8, 8, 3)


def test_never_over_the_source(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", drawn(4, 4))
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(SinkError, match="is the source itself"):
        write_picture(tmp_path / "b.png", drawn(8, 8), overwrite=True, source=tmp_path / "a.png")
    assert cv2.imread(str(tmp_path / "a.png")).shape == (4, 4, 3)


def test_kinds_and_sizes_that_can_not_be(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"end it in \.png, \.jpg"):
        write_picture(tmp_path / "a.gif", drawn(4, 4))
    with pytest.raises(SinkError, match=r"can't hold 20000x1 pixels: write a\.webp as \.png"):
        write_picture(tmp_path / "a.webp", np.zeros((1, 20_000, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(SinkError, match="larger than its disk allows"):
            write_picture(tmp_path / "a.bmp", drawn(100, 100))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
