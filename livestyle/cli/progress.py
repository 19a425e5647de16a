"""What a command says while it works and at its end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from livestyle.errors import LivestyleError

if TYPE_CHECKING:
    from livestyle.jobs.run import Report

USAGE_ERROR = 2
STOPPED = 130


class ProgressBar:
    """A progress bar with speed and time left, on standard error. It stays once its work is done.

    Attributes:
        stays: Whether it does; where something failed the sentence about it stands alone.
    """

    def __init__(self, what: str, unit: str) -> None:
        from tqdm import tqdm

        self.stays = True
        self._bar: Any = tqdm(desc=what, unit=f" {unit}s", dynamic_ncols=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._bar.leave = self.stays and kind is None
        self._bar.close()

    def __call__(self, done: int, total: int | None) -> None:
        """Shows how much is done, of how much: None if there is no telling."""
        self._bar.total = total
        self._bar.update(done - self._bar.n)


def attempt(work: Callable[[], object]) -> int:
    """Does what a short program does; returns its exit code. An error the user can put right is told."""
    try:
        work()
    except LivestyleError as error:
        tell(error)
        return USAGE_ERROR
    return 0


def tell(sentence: object) -> None:
    """Says something beside the result, on standard error."""
    print(f"livestyle: {sentence}", file=sys.stderr, flush=True)


def tell_about(report: Report) -> None:
    """Says what a user should know about what came of a job."""
    for sentence in report.warnings:
        tell(sentence)
    if report.error is not None:
        tell(report.error)


def conclude(reports: Sequence[Report]) -> int:
    """Says at the end of several jobs which of them failed; returns the exit code."""
    from livestyle.jobs.inputs import shown_name

    failed = [shown_name(report.job.source) for report in reports if report.error is not None]
    if failed and len(reports) > 1:
        tell(f"{len(failed)} of {len(reports)} could not be painted: {', '.join(failed)}.")
    return USAGE_ERROR if failed else 0
