"""What a batch does, as lines of JSON on standard output, for programs that call livestyle.

Each line is an object whose `event` says what the rest is:
    start     source, target, number (from 1), of
    progress  source, done, total (null if there is no telling): frames of a clip
    done      source, target, frames, fps, warnings
    failed    source, error: the sentence
    end       painted, failed: how many
    refused   error: the sentence; in place of all others, where nothing could begin
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from livestyle.cli.options import Run, Shared
from livestyle.cli.progress import USAGE_ERROR
from livestyle.errors import LivestyleError

if TYPE_CHECKING:
    from livestyle.clips.job import OnProgress
    from livestyle.jobs.job import Job
    from livestyle.jobs.run import Report


def with_refusal(run: Run) -> Run:
    """A command that also tells as an event what it refuses before the first job."""

    def told(args: argparse.Namespace, shared: Shared) -> int:
        try:
            return run(args, shared)
        except LivestyleError as error:
            if shared.json:
                _print("refused", error=str(error))
            raise

    return told


def run_with_events(jobs: Sequence[Job], run: Callable[[Job, OnProgress], Report]) -> int:
    """Carries jobs out and prints the events; returns the exit code.

    Args:
        jobs: The jobs, in order.
        run: Carries one out.
    """
    failed = sum(_one(job, number, len(jobs), run).error is not None for number, job in enumerate(jobs, start=1))
    _print("end", painted=len(jobs) - failed, failed=failed)
    return USAGE_ERROR if failed else 0


def _one(job: Job, number: int, of: int, run: Callable[[Job, OnProgress], Report]) -> Report:
    from livestyle.jobs.inputs import shown_name

    source, target = shown_name(job.source), str(job.target)
    _print("start", source=source, target=target, number=number, of=of)
    report = run(job, lambda done, total: _print("progress", source=source, done=done, total=total))
    if report.error is not None:
        _print("failed", source=source, error=str(report.error))
    else:
        fps = round(report.fps, 2)
        _print("done", source=source, target=target, frames=report.frames, fps=fps, warnings=report.warnings)
    return report


def _print(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)
