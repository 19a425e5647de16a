from __future__ import annotations

import pytest

from livestyle.gui.bar import LEAST_PX, Bar, clock_text
from livestyle.gui.pace import PaceReport


@pytest.fixture
def bar(qtbot) -> Bar:
    bar = Bar()
    qtbot.addWidget(bar)
    return bar


def test_what_falls_short_stands_out_and_says_why(bar) -> None:
    bar.show_pace(PaceReport("20 fps", "Holding 20 fps."))
    assert (bar.figures.text(), bar.figures.toolTip(), bar.figures.property("kind")) == (
        "20 fps",
        "Holding 20 fps.",
        "",
    )
    bar.show_pace(PaceReport("9 fps", "Close other programs.", is_short=True))
    assert (bar.figures.toolTip(), bar.figures.property("kind")) == ("Close other programs.", "problem")


def test_where_there_is_room_for_words_buttons_have_them(bar) -> None:
    bar.resize(1000, 48)
    bar.show()
    bar.show_recording(3675.0)
    assert bar.buttons["take"].isVisible()
    assert [bar.buttons[name].text() for name in ("record", "snapshot")] == ["Stop  1:01:15", "Snapshot"]
    bar.resize(LEAST_PX, 48)
    assert [bar.buttons[name].text() for name in ("record", "snapshot")] == ["1:01:15", ""]
    assert bar.buttons["snapshot"].accessibleName() == "Save this picture"


def test_at_its_narrowest_nothing_overlaps(bar) -> None:
    bar.resize(LEAST_PX, 48)
    bar.show_recording(3675.0)
    bar.show_pace(PaceReport("99.9 fps"))
    bar.show()
    parts = [part for part in (*bar.buttons.values(), bar.figures) if part.isVisible()]
    assert [name for name, button in bar.buttons.items() if button not in parts] == ["take"]
    assert not [(a, b) for a in parts for b in parts if a is not b and a.geometry().intersects(b.geometry())]
    assert all(bar.rect().contains(part.geometry()) for part in parts)


def test_clock() -> None:
    assert [clock_text(s) for s in (0.0, 75.2, 3675.0)] == ["00:00", "01:15", "1:01:15"]
