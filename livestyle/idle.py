"""Processes for what is done beside the show, that take what the others leave.

Processes and not threads: importing torch holds Python's lock, and the live picture would stand still meanwhile.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress


def can_start() -> bool:
    """Whether there is a Python to start: a program packed into one file has none."""
    return not getattr(sys, "frozen", False)


def start(module: str, *arguments: str, talks: bool = False) -> subprocess.Popen[bytes]:
    """Runs a module on one core; whoever has the process may end it at any time.

    Args:
        module: It calls `stand_back` first.
        arguments: Of its command line.
        talks: Whether something is to be written to it, and read from it.
    """
    windows = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
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
