"""The contract of everything frames go to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from livestyle.frame import Frame


class FrameSink(ABC):
    """Takes `Frame`s; a context manager that opens on entering and finishes its output on leaving.

    Entering and `write` raise `SinkError` with a sentence when the output can't be made. When an exception leaves the
    block, what was written so far is thrown away or kept as the sink's own docstring says, but the final name never
    holds a broken file.
    """

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close(completed=kind is None)

    @abstractmethod
    def open(self) -> None:
        """Makes ready to write. Raises `SinkError`."""

    @abstractmethod
    def write(self, frame: Frame) -> None:
        """Takes one frame; time stamps must increase. Raises `SinkError`."""

    @abstractmethod
    def close(self, *, completed: bool = True) -> None:
        """Finishes the output, or gives it up if not `completed`. Safe to call twice."""


class NullSink(FrameSink):
    """Counts frames and forgets them: for benchmarks and tests."""

    def __init__(self) -> None:
        self.frames = 0

    def open(self) -> None:
        """Starts counting at zero."""
        self.frames = 0

    def write(self, frame: Frame) -> None:
        """Counts the frame."""
        self.frames += 1

    def close(self, *, completed: bool = True) -> None:
        """Does nothing."""
