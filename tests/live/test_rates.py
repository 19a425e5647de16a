from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.live.rates import LEAST, live_rates
from livestyle.sources.kept import KeptSource

PICTURES = [np.full((24, 32, 3), value, np.uint8) for value in range(3)]


def test_paintings_are_counted_while_the_clock_runs(controls, workshop) -> None:
    ticks = count()
    rates = live_rates(controls, workshop, lambda: KeptSource(PICTURES), 0.0, clock=lambda: next(ticks))
    assert rates.painted_fps == rates.shown_fps > 0
    long = live_rates(controls, workshop, lambda: KeptSource(PICTURES), 500.0, clock=lambda: next(ticks))
    assert long.shown_fps < 1  # each look at the clock is a second
    assert workshop.stylizers[-1].closed
    assert len(workshop.stylizers[-1].codes) > LEAST


def test_what_can_not_be_painted_is_an_error(controls, workshop) -> None:
    workshop.errors = [BackendError("There is no device.")] * 9
    with pytest.raises(BackendError, match="There is no device"):
        live_rates(controls, workshop, lambda: KeptSource(PICTURES, live=True), 0.0)
