"""How fast a show is: what it paints and what it shows a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

from livestyle.errors import BackendError
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message
from livestyle.live.painting_stage import OpenStylizer
from livestyle.live.pipeline import Live
from livestyle.live.source_thread import MakeSource

SETTLED = 12
"""After so many paintings it is known how long one takes, and whether to move them along."""
LEAST = 5
"""So many paintings more are waited for, however long they take."""
SILENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class LiveRates:
    """Pictures a second.

    Attributes:
        painted_fps: Painted.
        shown_fps: Shown: painted, or moved along.
    """

    painted_fps: float
    shown_fps: float


class _Watch:
    """Notes what a show shows, and waits for it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._paintings: dict[int, int] = {}
        """Frame -> the frame whose painting it shows."""
        self._problem = ""

    def see(self, live: Live) -> None:
        picture = live.newest
        if picture is not None and picture.is_painted:
            with self._changed:
                self._paintings[picture.frame.index] = picture.frame.index - picture.age
                self._changed.notify_all()

    def tell(self, message: Message) -> None:
        if message.kind is Kind.PROBLEM:
            with self._changed:
                self._problem = message.text
                self._changed.notify_all()

    def count(self) -> tuple[int, int]:
        """Paintings, and pictures shown, since the last `clear`."""
        with self._changed:
            return len(set(self._paintings.values())), len(self._paintings)

    def wait_for(self, is_enough: Callable[[], bool]) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._problem or is_enough(), SILENCE_S):
                raise BackendError("The show stands still: it can't be measured.")
            if self._problem:
                raise BackendError(self._problem)

    def clear(self) -> None:
        with self._changed:
            self._paintings.clear()


def live_rates(
    controls: Controls,
    open_stylizer: OpenStylizer,
    make: MakeSource,
    seconds: float,
    clock: Callable[[], float] = time.perf_counter,
) -> LiveRates:
    """Runs a show for a while and counts.

    Args:
        controls: How to paint.
        open_stylizer: Opens the device.
        make: Makes the source.
        seconds: How long to count, once it has settled.
        clock: Monotonic seconds.

    Raises:
        BackendError: Nothing can be painted, or the source does not work.
    """
    watch = _Watch()
    with Live(controls, open_stylizer, tell=watch.tell, clock=clock) as live:
        live.subscribe(lambda: watch.see(live))
        live.use_source(make)
        watch.wait_for(lambda: watch.count()[0] >= SETTLED)
        start_s = clock()
        watch.clear()
        watch.wait_for(lambda: watch.count()[0] >= LEAST and clock() - start_s >= seconds)
        (painted, shown), elapsed_s = watch.count(), clock() - start_s
    return LiveRates(painted / elapsed_s, shown / elapsed_s)
