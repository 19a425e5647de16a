from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def backends() -> None:
    """The real ones, in place of plain torch alone."""


def test_the_fastest_that_works_here_paints(run: Run, clip: Path, photo: Path) -> None:
    code, _, err = run("convert", str(clip), "-o", "painted.mp4", "--style", "dark", "--device", "cpu")
    assert code == 0, err
    with av.open("painted.mp4") as container:
        assert sum(1 for _ in container.decode(video=0)) == 6
    code, _, err = run("--device", "cpu", "stylize", str(photo), "-o", "painted.png", "--style", "dark")
    assert code == 0, err
    assert cv2.imread("painted.png").shape == (48, 64, 3)
