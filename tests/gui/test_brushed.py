from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

from livestyle.gui.brushed import as_text, empty, feathered, from_text, with_stroke

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


def test_a_mask_comes_back_from_its_text() -> None:
    text = as_text(MASK)
    assert len(text) < 1500
    assert np.array_equal(from_text(text), MASK)
    assert feathered(text) is feathered(text)


def test_nothing_brushed_is_no_text_and_no_mask() -> None:
    assert as_text(empty((360, 640))) == ""
    assert from_text("") is None
    assert feathered("") is None


@pytest.mark.parametrize("text", ["nonsense!", "äöü", base64.b64encode(b"no picture").decode()])
def test_what_is_no_mask_counts_as_none(text: str) -> None:
    assert from_text(text) is None


def test_its_edge_is_soft() -> None:
    soft = feathered(as_text(MASK))
    assert soft is not None
    edge = soft[60:91, 160].astype(int)
    assert edge[0] == 0
    assert edge[-1] == 255
    assert ((edge > 0) & (edge < 255)).sum() >= 6
    assert cv2.countNonZero(soft) > cv2.countNonZero(MASK)
