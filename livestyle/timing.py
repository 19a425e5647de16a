"""How long each stage of the way of a frame takes: a rolling window of times, and its percentiles."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

import numpy as np

RANKS = (50, 95, 99)


class StageTimes:
    """The newest times of each stage. May be written and read by any threads.

    Args:
        window: How many times of each stage to keep; older ones are forgotten.
    """

    def __init__(self, window: int = 512) -> None:
        self._window = window
        self._seconds: dict[str, deque[float]] = {}
        self._lock = Lock()

    def add(self, stage: str, seconds: float) -> None:
        """Notes that `stage` took `seconds`."""
        with self._lock:
            self._seconds.setdefault(stage, deque(maxlen=self._window)).append(seconds)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Times the block by the monotonic clock; a block left by an exception is not noted."""
        start_s = time.perf_counter()
        yield
        self.add(stage, time.perf_counter() - start_s)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages timed so far, in the order in which they first were."""
        with self._lock:
            return tuple(self._seconds)

    def percentiles(self, stage: str, ranks: Sequence[float] = RANKS) -> tuple[float, ...]:
        """Percentiles of a stage in milliseconds, one for each rank (0 to 100); NaN while nothing was timed."""
        with self._lock:
            seconds = list(self._seconds.get(stage, ()))
        if not seconds:
            return (float("nan"),) * len(ranks)
        return tuple(float(p) * 1e3 for p in np.percentile(seconds, ranks))

    def summary(self) -> dict[str, dict[str, float]]:
        """Stage -> {"p50_ms", "p95_ms", "p99_ms"}, for the stages timed so far."""
        names = [f"p{rank}_ms" for rank in RANKS]
        return {stage: dict(zip(names, self.percentiles(stage), strict=True)) for stage in self.stages}

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._seconds.clear()


def measured(times: StageTimes | None, stage: str) -> AbstractContextManager[None]:
    """`times.measure(stage)`, or a block that costs nothing where nobody asked for times."""
    return nullcontext() if times is None else times.measure(stage)
