from __future__ import annotations

import numpy as np
import pytest

from livestyle.errors import StyleError
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer


class InvertingStylizer(Stylizer):
    """Inverts pictures, and remembers the codes it was given."""

    def __init__(self) -> None:
        self.codes: list[Code] = []

    @property
    def info(self) -> BackendInfo:
        return BackendInfo("torch", "test", "float32")

    @property
    def code_size(self) -> int:
        return 0

    def stylize(self, images: Images, code: Code) -> Images:
        self.codes.append(code)
        return 255 - images

    def close(self) -> None:
        pass


@pytest.fixture
def photos() -> Images:
    return np.random.default_rng(0).integers(0, 256, (2, 12, 16, 3)).astype(np.uint8)


def test_paints_with_the_looks_code(tiny_file: StyleFile, photos: Images) -> None:
    stylizer = InvertingStylizer()
    painted = Painter(tiny_file, stylizer).paint(photos, Look((("wild", 1.0),)))
    assert np.array_equal(painted, 255 - photos)
    np.testing.assert_allclose(stylizer.codes[0], tiny_file.styles["wild"].codes[0], atol=1e-6)


def test_a_new_look_is_a_new_code(tiny_file: StyleFile, photos: Images) -> None:
    stylizer = InvertingStylizer()
    painter = Painter(tiny_file, stylizer)
    for name in ("wild", "wild", "calm"):
        painter.paint(photos, Look(((name, 1.0),)))
    assert stylizer.codes[0] is stylizer.codes[1]
    assert not np.array_equal(stylizer.codes[1], stylizer.codes[2])


def test_strength_0_is_the_photo(tiny_file: StyleFile, photos: Images) -> None:
    painted = Painter(tiny_file, InvertingStylizer()).paint(photos, Look((("wild", 1.0),), strength=0))
    assert np.array_equal(painted, photos)


def test_keep_colors_reaches_every_picture_of_the_batch(tiny_file: StyleFile) -> None:
    grey = np.full((2, 8, 8, 3), 100, np.uint8)
    painted = Painter(tiny_file, InvertingStylizer()).paint(grey, Look((("wild", 1.0),), colors="camera"))
    assert np.abs(painted.astype(int) - 155).max() <= 1


def test_unknown_style_gives_a_sentence(tiny_file: StyleFile, photos: Images) -> None:
    with pytest.raises(StyleError, match="no style 'nope'"):
        Painter(tiny_file, InvertingStylizer()).paint(photos, Look((("nope", 1.0),)))
