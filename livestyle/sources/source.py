"""The contract of everything frames come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Self

from livestyle.frame import Frame
from livestyle.sources.transport import Transport


class FrameSource(ABC):
    """Iterates `Frame`s; a context manager that opens on entering and closes on leaving.

    Constructing one is cheap and touches no device or file; `__enter__` opens, and raises `SourceError` with a sentence
    if that fails. Iterating yields frames in order, all of one size (those of a list of films: all of a film), and ends
    when the source ends; a read that fails later raises `SourceError`. A source is used by one thread at a time, but
    `close` may be called from another and makes the iteration end soon; after that it may be opened again. Frames own
    their pixels: a source never writes into an array it has yielded.
    """

    is_live: bool = False
    """Live sources deliver in real time whether anybody looks or not, so late frames are dropped; others wait."""
    is_drawn: bool = False
    """There is a frame for any moment, and each takes work, so none should be asked for that nobody needs."""
    is_still: bool = False
    """Many frames in a row are the same picture, and have the same array."""
    transport: Transport | None = None
    """Steers a film that plays in real time; None for what can't be steered, and until it is open. While it holds, no
    next frame is to be asked for."""
    tell: Callable[[str], object] | None = None
    """Told a sentence, in the thread that reads, where something was left out and the source goes on."""

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    @abstractmethod
    def name(self) -> str:
        """What to call it in front of a user: the camera's name, the file's name."""

    @abstractmethod
    def open(self) -> None:
        """Opens the device or file, or leaves it open if it is. Raises `SourceError`."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of it. Safe to call twice, from any thread."""

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Yields frames. Raises `SourceError` when reading fails."""
