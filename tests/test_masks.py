from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

from livestyle.masks import as_address, as_text, feathered, from_text

MASK = np.zeros((180, 320), np.uint8)
MASK[70:110, 80:240] = 255


def test_a_mask_comes_back_from_its_text() -> None:
    text = as_text(MASK)
    assert len(text) < 1500
    assert np.array_equal(from_text(text), MASK)
    assert np.array_equal(from_text(as_address(MASK)), MASK)
    assert feathered(text) is feathered(text)


def test_nothing_brushed_is_no_text_and_no_mask() -> None:
    assert as_text(np.zeros_like(MASK)) == ""
    assert as_address(np.zeros_like(MASK)) == as_address(None) == ""
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
