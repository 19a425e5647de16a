from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from livestyle.styles.file import StyleFile
from livestyle.styles.palette import Palette, palette_of

RGB = {"red": (200, 40, 30), "yellow": (220, 200, 40), "green": (40, 160, 60), "blue": (30, 60, 200), "grey": (90,) * 3}


def painted(file: StyleFile, name: str):
    picture = np.full((72, 128, 3), RGB[name][::-1], np.uint8)
    return replace(file.styles["calm"], name=name, preview=cv2.imencode(".jpg", picture)[1].tobytes())


@pytest.mark.parametrize(
    ("name", "palette"),
    [("red", "warm"), ("yellow", "warm"), ("green", "cool"), ("blue", "cool"), ("grey", "quiet")],
)
def test_palettes_are_told_by_the_mean_colour(tiny_file: StyleFile, name: str, palette: str) -> None:
    assert palette_of(painted(tiny_file, name)) is Palette(palette)


def test_what_has_no_preview_has_no_palette(tiny_file: StyleFile) -> None:
    assert palette_of(tiny_file.styles["calm"]) is None
    assert palette_of(replace(tiny_file.styles["calm"], preview=b"junk")) is None
