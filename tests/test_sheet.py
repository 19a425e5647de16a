from __future__ import annotations

import numpy as np
import pytest

from livestyle.painter import Painter
from livestyle.sheet import GAP_PX, contact_sheet
from livestyle.styles.file import StyleFile
from livestyle.stylizer.torch_backend import TorchStylizer


@pytest.mark.parametrize("columns", [None, 1, 4])
def test_the_sheet_holds_the_photo_and_every_style(tiny_file: StyleFile, columns: int | None) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (32, 40, 3)).astype(np.uint8)
    with TorchStylizer(tiny_file, "cpu") as stylizer:
        painter = Painter(tiny_file, stylizer)
        sheet = contact_sheet(painter, photo, columns)
    assert np.array_equal(sheet[GAP_PX : GAP_PX + 32, GAP_PX : GAP_PX + 40], photo)
    cells = (sheet.shape[0] // 32) * (sheet.shape[1] // 40)
    assert cells >= 4
    if columns:
        assert sheet.shape[1] == columns * (40 + GAP_PX) + GAP_PX
