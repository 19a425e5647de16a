"""Where a picture is learnt beside the show, and how that gives way to it on a GPU. Imports no torch.

A GPU has no priorities between processes: it deals out its time in slices. So whoever learns there takes a turn, waits
until the device has done it, and stands still for as long: the frames have at least half of the device.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from livestyle.stylizer.stylizer import BackendInfo
from livestyle.training.learnt import Learnt

log = logging.getLogger(__name__)

CPU = "cpu"
NEEDED_BYTES = 2 << 30
"""Memory of a GPU that is to be free: less of it is taken, and the show has some left to grow."""


def painting_device(backend: BackendInfo | None, is_apple: bool) -> str:
    """The device that paints, as torch calls it; the processor where torch doesn't know it.

    Args:
        backend: What paints; None while nothing does.
        is_apple: Whether this is a Mac with a GPU that torch knows.
    """
    if backend is not None and backend.backend == "cuda":
        return "cuda"
    return "mps" if backend is not None and backend.backend == "torch" and is_apple else CPU


def learning_device(painting: str, free_bytes: int | None) -> str:
    """Where to learn: on the device that paints, if it is a GPU with room.

    Args:
        painting: As of `painting_device`.
        free_bytes: How much of its memory nobody has; 0 where it can't be had, None where nobody can tell.
    """
    return CPU if free_bytes is not None and free_bytes < NEEDED_BYTES else painting


class Pace:
    """Turns on a device that others need too.

    Args:
        finish: Waits until the device has done all that this process asked of it.
        clock: Monotonic seconds.
        wait: Stands still for so many seconds.
    """

    def __init__(
        self,
        finish: Callable[[], None],
        clock: Callable[[], float] = time.perf_counter,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._finish, self._clock, self._wait = finish, clock, wait

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What is done in this context is a turn, and is followed by a rest as long as itself."""
        start_s = self._clock()
        yield
        self._finish()
        self._wait(self._clock() - start_s)


def learnt_on(device: str, learn: Callable[[str], Iterator[Learnt]]) -> Iterator[Learnt]:
    """Learns on a device, and if that fails begins again on the processor.

    Args:
        device: As of `learning_device`.
        learn: Learns on a device.

    Yields:
        What is learnt; it never gets worse.

    Raises:
        RuntimeError: The processor failed.
    """
    best: Learnt | None = None
    try:
        for best in learn(device):
            yield best
    except RuntimeError as error:
        if device == CPU:
            raise
        log.warning("The device %s gave up (%s), so the processor learns", device, error)
    else:
        return
    for learnt in learn(CPU):
        is_better = best is None or learnt.closer > best.closer
        yield learnt if is_better or best is None else replace(learnt, codes=best.codes, closer=best.closer)
