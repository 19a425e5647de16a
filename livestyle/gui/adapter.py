"""The one place where the live pipeline meets Qt: its events become signals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import LivestyleError, SinkError
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message, Picture, Stats, Tell, Topic, Written
from livestyle.log import see_log
from livestyle.sinks.sink import FrameSink
from livestyle.sound import Sound

if TYPE_CHECKING:
    from livestyle.live.flicker_thread import FlickerThread
    from livestyle.live.painting_stage import OpenStylizer
    from livestyle.live.pipeline import Live
    from livestyle.live.source_thread import MakeSource
    from livestyle.sources.transport import Transport
    from livestyle.steady.flicker import Flicker
    from livestyle.styles.file import StyleFile
    from livestyle.stylizer.stylizer import Stylizer

log = logging.getLogger(__name__)

START_JOIN_S = 30.0
FLICKER_JOIN_S = 5.0


class LiveAdapter(QObject):
    """A show, as the window sees it. The pipeline is imported and started in a thread, and no method waits for it.

    What is asked of it before it runs is done as soon as it does. That it can't start is told as any problem is.

    Attributes:
        picture_ready: There is a new `newest`. Carries nothing, so that a busy window skips pictures, not queues them.
        told: A `Message`.
        sink_ended: A sink is closed: the sink, its `SinkError` or None, and what was `Written`.
    """

    picture_ready = pyqtSignal()
    told = pyqtSignal(object)
    sink_ended = pyqtSignal(object, object, object)

    def __init__(self, controls: Controls, open_stylizer: OpenStylizer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self._open_stylizer = open_stylizer
        self._lock = Lock()
        self._live: Live | None = None
        self._flicker_thread: FlickerThread | None = None
        self._waiting: list[Callable[[Live], None]] = []
        self._is_announced = False
        self._is_stopped = False
        self._starter = Thread(target=self._start, name="livestyle starter", daemon=True)

    def start(self) -> None:
        """Starts the show; returns at once."""
        self._starter.start()

    def stop(self) -> bool:
        """Ends the show and waits for its threads; a recording is finished. Returns whether all threads have ended."""
        self._is_stopped = True
        if self._starter.ident is not None:
            self._starter.join(START_JOIN_S)
        ended = not self._starter.is_alive() and (self._live is None or self._live.stop())
        if self._flicker_thread is not None:
            self._flicker_thread.stop()
            ended &= self._flicker_thread.join(FLICKER_JOIN_S)
        return ended

    @property
    def newest(self) -> Picture | None:
        """The picture handed over last."""
        return None if self._live is None else self._live.newest

    def take(self) -> Picture | None:
        """The newest picture, in answer to `picture_ready`: the next one is announced again."""
        self._is_announced = False
        return self.newest

    @property
    def source_name(self) -> str:
        """What the source is called; empty while there is none."""
        return "" if self._live is None else self._live.source_name

    @property
    def transport(self) -> Transport | None:
        """Steers the source, where it is a film."""
        return None if self._live is None else self._live.transport

    @property
    def now_s(self) -> float:
        """The time on the show's clock; 0 before the start."""
        return 0.0 if self._live is None else self._live.now_s

    @property
    def wants_sound(self) -> bool:
        """Whether a sink takes sound."""
        return self._live is not None and self._live.wants_sound

    def hear(self, sound: Sound) -> None:
        """Hands sound to the sinks that want it, from any thread; before the start it is lost."""
        if self._live is not None:
            self._live.hear(sound)

    def stats(self) -> Stats | None:
        """The figures of the last moments; None before the start."""
        return None if self._live is None else self._live.stats()

    def flicker(self) -> Flicker | None:
        """How still the paintings of the last second hold; None while that is unknown."""
        return None if self._flicker_thread is None else self._flicker_thread.reading

    def change(self, controls: Controls) -> None:
        """Changes the controls."""
        self._ask(lambda live: live.use_controls(controls))

    def use_source(
        self, make: MakeSource, fallback: MakeSource | None = None, works: Callable[[], None] = lambda: None
    ) -> None:
        """Changes the source, as `Live.use_source` does."""
        self._ask(lambda live: live.use_source(make, fallback, works))

    def add_sink(self, sink: FrameSink) -> None:
        """Writes every picture to a sink; `sink_ended` says when it is closed."""

        def ended(error: SinkError | None, written: Written) -> None:
            self.sink_ended.emit(sink, error, written)

        self._ask(lambda live: live.add_sink(sink, ended))

    def remove_sink(self, sink: FrameSink) -> None:
        """Finishes a sink; `sink_ended` says when it is done."""
        self._ask(lambda live: live.remove_sink(sink))

    def _ask(self, request: Callable[[Live], None]) -> None:
        with self._lock:
            if self._live is None:
                self._waiting.append(request)
                return
        request(self._live)

    def _start(self) -> None:
        try:
            self._open()
        except LivestyleError as error:
            self.told.emit(Message(Kind.PROBLEM, Topic.PAINTER, f"The show can't start. {error}"))
        except Exception:
            log.exception("The show can't start")
            self.told.emit(Message(Kind.PROBLEM, Topic.PAINTER, see_log("The show can't start")))

    def _open(self) -> None:
        from livestyle.live.flicker_thread import FlickerThread
        from livestyle.live.pipeline import Live

        if self._is_stopped:  # importing takes seconds
            return
        flicker_thread = self._flicker_thread = FlickerThread(self.told.emit)
        flicker_thread.start()
        live = Live(self._controls, self._open_stylizer, tell=self.told.emit)
        live.subscribe(self._announce)
        live.subscribe(lambda: flicker_thread.put(live.newest))
        live.start()
        with self._lock:
            self._live = live
            for request in self._waiting:
                request(live)
            self._waiting.clear()

    def _announce(self) -> None:
        if not self._is_announced:
            self._is_announced = True
            self.picture_ready.emit()


def stylizer_opener(device: str, tell: Tell) -> OpenStylizer:
    """Opens stylizers on a device, and tells it, from any thread, if that gives up in the background."""

    def open_on_device(file: StyleFile) -> tuple[Stylizer, Sequence[str]]:
        from livestyle.stylizer.first_time import first_time
        from livestyle.stylizer.meanwhile import open_meanwhile

        for step, share in first_time(file, device):
            tell(Message(Kind.BUSY, Topic.PAINTER, step, share))
        return open_meanwhile(file, device, lambda text: tell(Message(Kind.NOTE, Topic.PAINTER, text)))

    return open_on_device
