"""Whether a faster way to paint paints what the plain one does: the same picture, by PSNR."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Images

LEAST_DB = 35.0
"""Below it, differences begin to be seen."""

TRIED_HW = (360, 640)
TRIED_STYLES = 4

PaintWith = Callable[[Images, Code], Images]


def likeness_db(tried: PaintWith, trusted: PaintWith, file: StyleFile) -> float:
    """How alike two paint the demo scene in a few styles of a file.

    Args:
        tried: Paints RGB uint8 (N, H, W, 3) with a code (K,).
        trusted: The same, known to be right.
        file: Their network.

    Returns:
        PSNR in dB over all the pictures together; infinite where all are equal.
    """
    scene = draw_demo_scene(0.0, *TRIED_HW)[None]
    errors = [
        np.square(np.subtract(tried(scene, code), trusted(scene, code), dtype=np.float32)).mean()
        for code in tried_codes(file)
    ]
    error = float(np.mean(errors))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def tried_codes(file: StyleFile) -> Sequence[Code]:
    """Codes of a few styles, as different as their order in the file lets one hope; the photo's own if it has none."""
    styles = list(file.styles.values())
    some = styles[:: max(1, len(styles) // TRIED_STYLES)][:TRIED_STYLES]
    return [style.codes[i % len(style.codes)] for i, style in enumerate(some)] or [file.identity]
