from __future__ import annotations

import numpy as np
import pytest

from livestyle.gui.brushed import empty, with_stroke

MASK = with_stroke(empty((360, 640)), (0.25, 0.5), (0.75, 0.5), 0.1)


@pytest.mark.parametrize(
    ("picture_hw", "expected"), [((360, 640), (180, 320)), ((640, 360), (320, 180)), ((1, 9000), (1, 320))]
)
def test_a_mask_has_the_shape_of_its_picture(picture_hw: tuple[int, int], expected: tuple[int, int]) -> None:
    assert empty(picture_hw).shape == expected


def test_a_stroke_is_as_broad_as_its_brush_and_round_at_its_ends() -> None:
    assert MASK[:, 160].sum() // 255 in (36, 37)
    assert MASK[90, 62] == MASK[90, 257] == 255
    assert MASK[90, 60] == MASK[90, 259] == 0 or MASK[90, 58] == MASK[90, 261] == 0
    assert MASK[75, 66] == 0


def test_a_stroke_can_erase_and_leaves_the_mask_before_alone() -> None:
    before = MASK.copy()
    erased = with_stroke(MASK, (0.5, 0), (0.5, 1), 0.05, erases=True)
    assert erased[90, 160] == 0
    assert erased[90, 100] == 255
    assert np.array_equal(MASK, before)


def test_a_dab_beside_the_picture_draws_nothing() -> None:
    assert not with_stroke(empty((360, 640)), (1.5, 0.5), (1.5, 0.5), 0.1).any()
