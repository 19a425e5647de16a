"""The contract of everything sound comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Event

from livestyle.sound import Sound

Hear = Callable[[Sound], None]
"""Takes sound, in order; must be quick."""


class SoundSource(ABC):
    """Listens, in a thread of its own.

    Attributes:
        name: What to call it in front of a user.
    """

    name: str

    def why_not(self) -> str | None:
        """Why nothing can be heard of it, as a sentence that says what to do; None where it can. May take a second."""
        return None

    @abstractmethod
    def listen(self, hear: Hear, stopping: Event) -> None:
        """Hands over what it hears until it is to stop.

        Raises:
            SourceError: Nothing can be heard, or no longer.
        """
