from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from livestyle.errors import StyleError
from livestyle.frame import Frame
from livestyle.live.controls import Controls
from livestyle.live.message import Picture
from livestyle.live.parting import Parting
from livestyle.live.pipeline import Live
from livestyle.look import Look, Region
from livestyle.people.finder import Find, Shares

HALF = np.zeros((24, 32), np.uint8)
HALF[:, :16] = 255
"""White on the left."""
LEFT, RIGHT = (0, 0, 0), (0, -1, 0)


def on_the_left(picture: np.ndarray) -> Shares:
    shares = np.zeros(picture.shape[:2], np.float32)
    shares[:, : shares.shape[1] // 2] = 1
    return shares


class Door:
    """Opens what finds people on the left, once it may."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.opened = 0

    def __call__(self) -> Find:
        assert self.gate.wait(20)
        self.opened += 1
        if self.error is not None:
            raise self.error
        return on_the_left


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def show(controls, workshop, audience, door) -> Iterator[Live]:
    with Live(controls, workshop, open_finder=door, tell=audience.tell) as live:
        audience.live = live
        live.subscribe(audience.on_picture)
        yield live
        door.gate.set()
        assert live.stop(20)


def corners(live: Live) -> tuple[int, int]:
    """What the newest picture shows at its left and at its right edge."""
    image = live.newest.frame.image
    return int(image[LEFT]), int(image[RIGHT])


def shows(live: Live, source, expected: tuple[int, int]) -> Callable[[], bool]:
    """Whether it is shown; as long as it isn't, another frame comes."""

    def check() -> bool:
        if live.newest is not None and live.newest.is_painted and corners(live) == expected:
            return True
        source.push(10)
        return False

    return check


@pytest.mark.parametrize("inbetweens", [False, True])
@pytest.mark.parametrize(
    ("region", "expected"),
    [("everything", (110, 110)), ("me", (110, 10)), ("background", (10, 110)), ("brushed", (110, 10))],
)
def test_what_is_not_to_be_painted_is_the_cameras_own(
    show, source, audience, controls, region: Region, expected: tuple[int, int], inbetweens: bool
) -> None:
    show.use_controls(
        Controls(controls.file, controls.look, lines=24, inbetweens=inbetweens, region=region, brushed=HALF)
    )
    show.use_source(lambda: source)
    audience.wait_until(shows(show, source, expected))
    assert (show.newest.photo == 10).all()


def test_two_looks_are_painted_and_held_still_each_by_itself(show, source, audience, controls, workshop) -> None:
    calm, wild = Look((("calm", 1.0),), steady=0.5), Look((("wild", 1.0),), steady=0.5)
    show.use_controls(Controls(controls.file, calm, lines=24, region="me", outside=wild))
    show.use_source(lambda: source)
    audience.wait_until(shows(show, source, (110, 110)))

    def are_both_painted() -> bool:
        source.push(10)
        return len({code.tobytes() for code in workshop.stylizers[0].codes}) >= 2

    audience.wait_until(are_both_painted)


def test_until_people_can_be_found_all_is_painted(show, source, audience, controls, door) -> None:
    door.gate.clear()
    show.use_controls(Controls(controls.file, controls.look, lines=24, region="background"))
    show.use_source(lambda: source)
    audience.wait_until(shows(show, source, (110, 110)))
    door.gate.set()
    audience.wait_until(shows(show, source, (10, 110)))
    assert door.opened == 1
    assert (10, True) in audience.shown


def test_where_people_can_not_be_found_that_is_told_once_and_all_is_painted(
    show, source, audience, controls, door
) -> None:
    door.error = StyleError("There is no people file.")
    show.use_controls(Controls(controls.file, controls.look, lines=24, region="me"))
    show.use_source(lambda: source)
    audience.wait_until(shows(show, source, (110, 110)))
    audience.wait_for_text("There is no people file.")
    source.push(20, 30)
    audience.wait_for_value(130)
    assert corners(show) == (130, 130)
    assert door.opened == 1


def test_a_bug_in_what_finds_people_leaves_the_show_alone(show, source, audience, controls, door) -> None:
    door.error = ZeroDivisionError()
    show.use_controls(Controls(controls.file, controls.look, lines=24, region="me"))
    show.use_source(lambda: source)
    audience.wait_until(shows(show, source, (110, 110)))
    audience.wait_for_text("Looking for people failed")


def test_a_still_picture_is_parted_once_that_can_be_done(show, scripted, audience, controls, door) -> None:
    source = scripted()
    source.is_still = True
    door.gate.clear()
    show.use_controls(Controls(controls.file, controls.look, lines=24, region="me"))
    show.use_source(lambda: source)
    source.push(10)
    audience.wait_for_value(110)
    source.end()
    door.gate.set()
    audience.wait_until(lambda: corners(show) == (110, 10))


def test_brushing_goes_with_the_picture_and_nothing_brushed_is_all_painted(controls, door) -> None:
    parting = Parting(door, lambda message: None, lambda: None)
    photo, painting = np.zeros((48, 64, 3), np.uint8), np.full((48, 64, 3), 9, np.uint8)
    picture = Picture(Frame(painting, 0.0, 0), photo, is_painted=True)
    bare = Controls(controls.file, controls.look, region="brushed")
    assert parting.parted(picture, bare) is picture
    brushed = Controls(controls.file, controls.look, region="brushed", brushed=HALF)
    shown = parting.parted(picture, brushed).frame.image[0, :, 0]
    assert (shown[:30] == 9).all()
    assert (shown[34:] == 0).all()
    other = Controls(controls.file, controls.look, region="brushed", brushed=255 - HALF)
    assert parting.parted(picture, other).frame.image[0, -1, 0] == 9
    assert door.opened == 0


def test_an_unknown_style_outside_is_refused(controls) -> None:
    with pytest.raises(StyleError, match="clam"):
        Controls(controls.file, controls.look, outside=Look((("clam", 1.0),)))
