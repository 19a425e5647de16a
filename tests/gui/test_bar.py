from __future__ import annotations

import math

import pytest

from livestyle.gui.bar import Bar
from livestyle.live.message import Stats


@pytest.mark.parametrize(
    ("painted_fps", "shown_fps", "text"),
    [(20.0, 20.1, "20 fps\n"), (9.6, 29.8, "30 fps, 10 painted\n"), (29.0, 30.0, "30 fps\n"), (0.4, 0.4, "0.4 fps\n")],
)
def test_what_is_painted_is_told_beside_what_is_shown(qtbot, painted_fps: float, shown_fps: float, text: str) -> None:
    bar = Bar()
    qtbot.addWidget(bar)
    bar.show_stats(Stats(30.0, painted_fps, shown_fps, 0, math.nan, math.nan, {}, None), None)
    assert bar.figures.text().startswith(text)
    assert f"painted {painted_fps} fps, shown {shown_fps} fps" in bar.figures.toolTip()
