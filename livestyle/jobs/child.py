"""Clip jobs in a process of its own: `python -m livestyle.jobs.child`.

A process and not a thread: painting beside the live picture shares no lock of Python's with it, a codec that crashes
takes nothing down with it, and ending it frees a GPU's memory at once. Nothing is lost by that, as the jobs are such
that can be gone on with.

Each line of its standard input is a job, as `plain.to_plain` makes it. Each line of its standard output is an object:
`{"done", "total"}` of the job's frames as it goes on, `{"frames", "error", "warnings"}` once at its end. It ends with
its input: whoever started it is gone, or has no more to do.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import TextIO

from livestyle import idle
from livestyle.jobs.job import ClipJob
from livestyle.jobs.plain import from_plain
from livestyle.sinks.part import clear_left_over


def main() -> int:
    """Does what comes in, and says what comes of it."""
    # What libraries print goes where errors go.
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    idle.take_less()
    work(_jobs(sys.stdin), told)
    return 0


def work(jobs: Iterator[ClipJob], told: TextIO) -> None:
    """Does jobs one after the other, with one network kept open for all that need it."""
    from livestyle.jobs.opened import Opened
    from livestyle.jobs.run import run

    def tell(**facts: object) -> None:
        print(json.dumps(facts), file=told, flush=True)

    with Opened() as opened:
        for job in jobs:
            # Of one that was cut off before any of it was painted.
            clear_left_over(job.target)
            report = run(job, opened, lambda done, total: tell(done=done, total=total))
            error = None if report.error is None else str(report.error)
            tell(frames=report.frames, error=error, warnings=report.warnings)


def _jobs(lines: TextIO) -> Iterator[ClipJob]:
    waiting: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        for line in lines:
            waiting.put(line)
        # At once, in the middle of a job too: what is painted of it is kept.
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield from_plain(json.loads(waiting.get()))


if __name__ == "__main__":
    sys.exit(main())
