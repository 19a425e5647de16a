"""Cycles that nobody refers to any more are cleared away in the GUI thread alone.

Python looks for them in whichever thread happens to allocate. Widgets, timers and their slots are often part of one:
cleared in another thread, a slot is an empty shell while Qt still calls it, or the application itself goes, and the
process ends with a segmentation fault.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from PyQt6.QtCore import QTimer

from livestyle.gui.heap import give_back

EVERY_MS = 1000
"""How often it is looked for what is new."""
OLDER_EVERY, OLDEST_EVERY = 8, 64
"""Every so many times also at what was there the time before, and at all there is."""


def collections() -> Iterator[int]:
    """Clears away once for each item, which is the generation up to which it did; the heap is given back at times."""
    for number in count(1):
        generation = 2 if number % OLDEST_EVERY == 0 else 1 if number % OLDER_EVERY == 0 else 0
        gc.collect(generation)
        if generation == 2:
            give_back()
        yield generation


@contextmanager
def cleared_here() -> Iterator[None]:
    """While this lasts, cycles are cleared away in this thread, from its event loop, and in no other."""
    timer, steps, was_on = QTimer(), collections(), gc.isenabled()
    timer.timeout.connect(lambda: next(steps))
    gc.disable()
    timer.start(EVERY_MS)
    try:
        yield
    finally:
        timer.stop()
        if was_on:
            gc.enable()
