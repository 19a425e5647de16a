"""What the live pipeline tells the outside: messages, pictures and figures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from livestyle.frame import Frame, Image
from livestyle.stylizer.stylizer import BackendInfo

log = logging.getLogger(__name__)


class Kind(Enum):
    """How a message is to be taken."""

    NOTE = auto()
    """Something happened; of interest for a few seconds."""
    BUSY = auto()
    """Something takes its time; stands until its topic is cleared."""
    PROBLEM = auto()
    """Something is wrong; stands until its topic is cleared."""
    CLEAR = auto()
    """All is well again with this topic."""


class Topic(Enum):
    """What a message is about."""

    SOURCE = auto()
    PAINTER = auto()
    OUTPUT = auto()


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the user, or the end of an earlier one. It replaces the one before on the same matter.

    Attributes:
        output: The name of the sink, where the topic is one of several.
        share: How much is done of work that is done but once on a computer, 0 to 1; None for other messages.
    """

    kind: Kind
    topic: Topic
    text: str = ""
    share: float | None = None
    output: str = ""

    @property
    def matter(self) -> tuple[Topic, str]:
        """What exactly it is about."""
        return self.topic, self.output


Tell = Callable[[Message], None]
"""Takes messages, from any thread; must be quick."""


def log_message(message: Message) -> None:
    """The `Tell` for where there is no window."""
    if message.text:
        log.log(logging.WARNING if message.kind is Kind.PROBLEM else logging.INFO, "%s", message.text)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on show at a moment.

    Attributes:
        frame: The painted picture; its time counts from the start of the show, its index counts what the sources
            delivered. While nothing can be painted it is the photo.
        photo: What the camera saw, RGB uint8 of the frame's size.
        is_painted: Whether the frame is a painting.
        age: How many frames before this one the painting was made that is shown here, moved along; 0 for its own.
        source: The frame as the source gave it, RGB uint8 of its full size and not mirrored; None where nobody kept it.
        is_mirrored: Whether frame and photo are mirrored.
    """

    frame: Frame
    photo: Image
    is_painted: bool
    age: int = 0
    source: Image | None = None
    is_mirrored: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether this is an older painting, moved along."""
        return self.age > 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a sink was given.

    Attributes:
        painted: Pictures painted.
        moved: Pictures that are an older painting, moved along.
        unpainted: Photos, while nothing could be painted.
    """

    painted: int = 0
    moved: int = 0
    unpainted: int = 0

    def plus(self, picture: Picture) -> Written:
        """With one picture more."""
        if not picture.is_painted:
            return replace(self, unpainted=self.unpainted + 1)
        return replace(self, moved=self.moved + 1) if picture.is_moved else replace(self, painted=self.painted + 1)


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of the last moments of a show.

    Attributes:
        source_fps: Frames a second that the source delivers.
        painted_fps: Frames a second painted.
        shown_fps: Frames a second handed over; between paintings they are moved along.
        dropped: Frames left out since the start because a newer one was there before they could be shown.
        latency_p50_ms: Half of the last pictures were handed over so soon after their capture; NaN before the first.
        latency_p95_ms: The same for 95 %.
        stages: Stage -> {"p50_ms", "p95_ms", "p99_ms"}, as `StageTimes.summary` gives them.
        backend: What paints; None while nothing does.
        source_hw: Size of the source's frames; None before the first is painted.
        is_still: Whether the source shows a picture that stands still: it is painted once, and its rates say nothing.
    """

    source_fps: float
    painted_fps: float
    shown_fps: float
    dropped: int
    latency_p50_ms: float
    latency_p95_ms: float
    stages: dict[str, dict[str, float]]
    backend: BackendInfo | None
    source_hw: tuple[int, int] | None = None
    is_still: bool = False
