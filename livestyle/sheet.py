"""The contact sheet: one picture in every style, to choose by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.look import Look
from livestyle.painter import Painter

GAP_PX = 8
LABEL_PX = 26
BACKGROUND = (24, 24, 27)
INK = (228, 228, 231)


def contact_sheet(painter: Painter, photo: Image, columns: int | None = None) -> Image:
    """Paints a picture in all styles of a file and lays the paintings out, the picture itself first.

    Args:
        painter: Paints.
        photo: RGB uint8 (H, W, 3).
        columns: Pictures in a row; by default the sheet comes out about as wide as high.

    Returns:
        RGB uint8: the sheet, every picture at the size of `photo` with its name below.

    Raises:
        BackendError: The device gave up.
    """
    cells = [("original", photo)]
    for name in painter.file.styles:
        cells.append((name, painter.paint(photo[None], Look(((name, 1.0),)))[0]))
    return labelled_sheet(cells, columns)


def labelled_sheet(cells: Sequence[tuple[str, Image]], columns: int | None = None) -> Image:
    """Lays pictures out in rows, each with its label below.

    Args:
        cells: Labels and pictures, RGB uint8 (H, W, 3), all of one size.
        columns: Pictures in a row; by default the sheet comes out about as wide as high.

    Returns:
        RGB uint8.
    """
    height, width = cells[0][1].shape[:2]
    columns = columns or max(1, round(math.sqrt(len(cells) * (height + LABEL_PX) / width)))
    rows = math.ceil(len(cells) / columns)
    step_y, step_x = height + LABEL_PX + GAP_PX, width + GAP_PX
    sheet = np.full((rows * step_y + GAP_PX, columns * step_x + GAP_PX, 3), BACKGROUND, np.uint8)
    for i, (name, picture) in enumerate(cells):
        top, left = GAP_PX + i // columns * step_y, GAP_PX + i % columns * step_x
        sheet[top : top + height, left : left + width] = picture
        origin = (left + 2, top + height + LABEL_PX - 8)
        cv2.putText(sheet, name, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    return sheet
