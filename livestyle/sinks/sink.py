"""The contract of everything frames go to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from livestyle.frame import Frame
from livestyle.sound import Sound
from livestyle.timeline import Cue


@dataclass(frozen=True, slots=True)
class Wants:
    """How a sink wants what it is given by a show.

    Attributes:
        size_hw: The size of every picture, which then is letterboxed and never stretched; None for as it is painted.
        rate_fps: Pictures a second, at even times: the last one is repeated where painting is slower. None for as they
            come.
        sound: Whether it takes sound.
        own: Whether it takes the source's own pictures, not mirrored and at their full size, and what is set, in place
            of paintings.
    """

    size_hw: tuple[int, int] | None = None
    rate_fps: float | None = None
    sound: bool = False
    own: bool = False


class FrameSink(ABC):
    """Takes `Frame`s; a context manager that opens on entering and finishes its output on leaving.

    Entering, `write`, `hear` and `note` raise `SinkError` with a sentence when the output can't be made. When an
    exception leaves the block, what was written so far is thrown away or kept as the sink's own docstring says, but the
    final name never holds a broken file.

    Attributes:
        name: What to call it in front of a user.
        wants: How it wants what it is given. Fixed before it is opened.
        seen_as: What other programs find it by while it is open: the name of a camera, an address; empty for files.
    """

    name: str
    wants: Wants = Wants()
    seen_as: str = ""

    def why_not(self) -> str | None:
        """Why it can't be used on this computer, as a sentence that says what to do; None where it can.

        Found out without opening it, maybe in a second; what goes wrong later is a `SinkError`. A command to type or an
        address to open stands in `backticks`, in errors too, so that it can be copied.
        """
        return None

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

    def hear(self, sound: Sound) -> None:  # noqa: B027 - those without sound have nothing to do
        """Takes some sound, where it wants any: in order, on the clock of the frames. Raises `SinkError`.

        A picture comes when it is painted and so after the sound of its moment; both say when they were taken.
        """

    def note(self, cue: Cue) -> None:  # noqa: B027 - most have nothing to do
        """Takes what is set, where it wants the source's own pictures: in order, on the clock of the frames.

        The first ones lie before the first picture, and say all that is set. Raises `SinkError`.
        """

    @abstractmethod
    def close(self, *, completed: bool = True) -> None:
        """Finishes the output, or gives it up if not `completed`. Safe to call twice."""


class NullSink(FrameSink):
    """Counts frames and forgets them: for benchmarks and tests."""

    name = "nothing"

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
