"""Processes for what is done beside the show, that take what the others leave, or less than they do.

Processes and not threads: importing torch holds Python's lock, and the live picture would stand still meanwhile.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

NICE = 3
"""How far back what somebody waits for stands where the show wants all there is: it gets a third, and the live picture,
which finds a size that holds its rate, the rest. At 10 nothing would come of it."""


def can_start() -> bool:
    """Whether there is a Python to start: a program packed into one file has none."""
    return not getattr(sys, "frozen", False)


def start(module: str, *arguments: str, talks: bool = False) -> subprocess.Popen[bytes]:
    """Runs a module on one core; whoever has the process may end it at any time.

    Args:
        module: It calls `stand_back` or `take_less` first.
        arguments: Of its command line.
        talks: Whether something is to be written to it, and read from it: then somebody waits for it.
    """
    priority = "BELOW_NORMAL_PRIORITY_CLASS" if talks else "IDLE_PRIORITY_CLASS"
    windows = getattr(subprocess, priority, 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    channel = subprocess.PIPE if talks else subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=channel,
        stdout=channel,
        stderr=channel,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        creationflags=windows,
    )


def stand_back() -> None:
    """Has this process run when no other wants to, where the system knows such a thing; else after the others."""
    with suppress(AttributeError, OSError):
        os.nice(19)
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def take_less() -> None:
    """Has this process get less than others, for what somebody waits for."""
    with suppress(AttributeError, OSError):  # Windows shares evenly, or not at all
        os.nice(NICE)
