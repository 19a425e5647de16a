from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from livestyle.styles.file import StyleFile
from livestyle.stylizer import likeness
from livestyle.stylizer.likeness import likeness_db, tried_codes
from livestyle.stylizer.stylizer import Code, Images


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "TRIED_HW", (36, 64))


def grey(level: int) -> likeness.PaintWith:
    return lambda images, code: np.full_like(images, level)


def test_equal_pictures_are_infinitely_alike(tiny_file: StyleFile) -> None:
    assert likeness_db(grey(7), grey(7), tiny_file) == math.inf


@pytest.mark.parametrize(("other", "db"), [(8, 48.13), (17, 28.13), (107, 8.13)])
def test_differences_are_psnr(other: int, db: float, tiny_file: StyleFile) -> None:
    assert likeness_db(grey(7), grey(other), tiny_file) == pytest.approx(db, abs=0.01)
    assert likeness_db(grey(other), grey(7), tiny_file) == pytest.approx(db, abs=0.01)


def test_one_style_that_differs_is_enough(tiny_file: StyleFile) -> None:
    dark = tiny_file.styles["dark"]

    def wrong_in_the_dark(images: Images, code: Code) -> Images:
        return np.full_like(images, 200 if any((code == each).all() for each in dark.codes) else 7)

    assert likeness_db(wrong_in_the_dark, grey(7), tiny_file) < likeness.LEAST_DB


def test_a_few_styles_are_tried_in_several_strokes(tiny_file: StyleFile) -> None:
    many = {f"{i}": replace(tiny_file.styles["calm"], name=f"{i}") for i in range(26)}
    assert len(tried_codes(replace(tiny_file, styles=many))) == likeness.TRIED_STYLES
    codes = tried_codes(tiny_file)
    assert [code.tolist() for code in codes] == [
        style.codes[i].tolist() for i, style in enumerate(tiny_file.styles.values())
    ]


def test_without_styles_the_photos_own_code_is_tried(tiny_file: StyleFile) -> None:
    (code,) = tried_codes(replace(tiny_file, styles={}))
    assert code is tiny_file.identity
