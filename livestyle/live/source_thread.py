"""The thread that reads one source, and keeps at it when the camera is pulled out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.live.decisions import retry_delay_s
from livestyle.live.message import Kind, Message, Tell, Topic
from livestyle.log import see_log
from livestyle.sources.source import FrameSource
from livestyle.sources.transport import Transport

log = logging.getLogger(__name__)

MakeSource = Callable[[], FrameSource]
"""Makes a source that is not open yet. May take seconds (looking for a camera) and may raise `SourceError`."""

LET_GO_S = 5.0
"""How long a source waits for the one before it to let go of its device, which may be the same."""


class Receive(Protocol):
    """Takes the frames of a source, in its thread."""

    def __call__(self, thread: SourceThread, source: FrameSource, frame: Frame) -> None:
        """Takes one frame of the source that a thread reads; it may wait until somebody needs it."""


class SourceThread:
    """Delivers the frames of one source until it is stopped.

    A read that fails is told, and the source is opened again after a while, longer each time, for as long as it takes.
    A source that never gave a frame gives way to the one before it, if that one worked. At the end of a source, and
    while it is paused, its last frame stays; `again` delivers it once more.

    Args:
        make: Makes the source, in this thread.
        receive: Takes the frames.
        tell: Takes messages.
        before: The thread that this one replaces; it is stopped first.
        fallback: What to turn to if the one before never worked.
        works: Told, in this thread, once the source has delivered a frame; never of what is turned to in its place.
    """

    def __init__(
        self,
        make: MakeSource,
        receive: Receive,
        tell: Tell,
        before: SourceThread | None = None,
        fallback: MakeSource | None = None,
        works: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._receive = receive
        self._tell = tell
        self._before = before
        self._fallback = fallback
        self._works = works
        self._source: FrameSource | None = None
        self._has_worked = False
        self._delivered = False
        self._stopping = Event()
        self._wake = Event()
        self._thread = Thread(target=self._run, name="livestyle source", daemon=True)

    def start(self) -> None:
        """Starts to read."""
        self._thread.start()

    def stop(self) -> None:
        """Makes the reading end soon, from any thread; may wait for the device."""
        self._stopping.set()
        self._wake.set()
        source = self._source
        if source is not None:
            try:
                source.close()
            except Exception:
                log.exception("Closing %s failed", source.name)

    def join(self, timeout_s: float) -> bool:
        """Waits for the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def again(self) -> None:
        """Delivers the last frame once more if the source has ended, or is paused."""
        self._wake.set()

    @property
    def name(self) -> str:
        """What to call the source in front of a user; empty while it is being looked for."""
        source = self._source
        return source.name if source is not None else ""

    @property
    def transport(self) -> Transport | None:
        """Steers the source, where it can be steered."""
        source = self._source
        return None if source is None else source.transport

    @property
    def is_still(self) -> bool:
        """Whether the source shows a picture that stands still."""
        source = self._source
        return source is not None and source.is_still

    def _run(self) -> None:
        try:
            self._take_over()
            self._read()
        except Exception:
            log.exception("Reading the source failed")
            text = f"{see_log('Reading the source failed')} Choose it again or another one."
            self._tell(Message(Kind.PROBLEM, Topic.SOURCE, text))

    def _take_over(self) -> None:
        before, self._before = self._before, None
        if before is None:
            return
        before.stop()
        if not before.join(LET_GO_S):
            log.warning("The source %s does not let go of its device", before.name)
        if before._has_worked:
            self._fallback = before._make
        else:
            self._fallback = before._fallback or self._fallback

    def _read(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                last = self._read_once(failures)
            except SourceError as error:
                if self._stopping.is_set():
                    return
                if not self._has_worked and self._fallback is not None:
                    self._tell(Message(Kind.NOTE, Topic.SOURCE, str(error)))
                    self._make, self._fallback, self._source = self._fallback, None, None
                    self._works = lambda: None
                    continue
                failures = 1 if self._delivered else failures + 1
                self._tell(Message(Kind.PROBLEM, Topic.SOURCE, f"{error} Trying again."))
                self._stopping.wait(retry_delay_s(failures))
            else:
                if not self._hold(last):
                    return

    def _read_once(self, failures: int) -> Frame | None:
        """Reads from opening to the end; returns the last frame."""
        self._delivered = False
        if self._source is None:
            self._tell(Message(Kind.BUSY, Topic.SOURCE, "Looking for the source."))
            self._source = self._make()
        source = self._source
        source.tell = lambda sentence: self._tell(Message(Kind.NOTE, Topic.SOURCE, sentence))
        if self._stopping.is_set():
            # `stop` may have come before it was known here.
            source.close()
            return None
        if not failures:
            self._tell(Message(Kind.BUSY, Topic.SOURCE, f"Opening {source.name}."))
        frame = None
        with source:
            if self._stopping.is_set():
                return None
            transport = source.transport
            if transport is not None:
                transport.wake = self._wake.set
            for frame in source:
                if self._stopping.is_set():
                    return None
                if not self._delivered:
                    self._delivered = True
                    self._tell(Message(Kind.CLEAR, Topic.SOURCE))
                    if self._has_worked and failures:
                        self._tell(Message(Kind.NOTE, Topic.SOURCE, f"{source.name} is back."))
                    else:
                        self._works()
                    self._has_worked = True
                self._receive(self, source, frame)
                while transport is not None and transport.holds:
                    self._wake.wait()
                    self._wake.clear()
                    if self._stopping.is_set():
                        return None
                    if transport.holds:
                        self._receive(self, source, frame)
        return frame

    def _hold(self, last: Frame | None) -> bool:
        """Keeps the last frame on show; returns whether the source is to be read again, from elsewhere."""
        if self._stopping.is_set():
            return False
        self._tell(Message(Kind.CLEAR, Topic.SOURCE))
        self._tell(Message(Kind.NOTE, Topic.SOURCE, f"{self.name} has ended."))
        source = self._source
        while last is not None and source is not None:
            # What was asked for before the end counts too: the frame may have been painted as it was until then.
            self._wake.wait()
            self._wake.clear()
            if self._stopping.is_set():
                return False
            if source.transport is not None and source.transport.is_wanted_elsewhere:
                return True
            self._receive(self, source, last)
        return False
