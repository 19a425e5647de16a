"""The live pipeline: source, newest-frame slot, painter, in-betweens, and whoever wants the pictures."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

import numpy as np

from livestyle.errors import SinkError
from livestyle.frame import Frame, Image
from livestyle.live.between_stage import Painted
from livestyle.live.between_thread import BetweenThread
from livestyle.live.controls import Controls
from livestyle.live.decisions import FLUENT_FRAMES, Rate
from livestyle.live.message import Kind, Message, Picture, Stats, Tell, Topic, Written, log_message
from livestyle.live.painting_stage import OpenStylizer, PaintingStage
from livestyle.live.parting import OpenFinder, Parting
from livestyle.live.relay import Relay
from livestyle.live.shape import prepared
from livestyle.live.sink_thread import OnEnd, SinkThread
from livestyle.live.slot import Slot
from livestyle.live.source_thread import MakeSource, SourceThread
from livestyle.log import see_log
from livestyle.people.finder import open_finder
from livestyle.sinks.sink import FrameSink
from livestyle.sound import Sound
from livestyle.sources.source import FrameSource
from livestyle.sources.transport import Transport
from livestyle.stylizer.stylizer import BackendInfo
from livestyle.timing import StageTimes

log = logging.getLogger(__name__)

STAGES_WINDOW = 256
RECENT_S = 1.0
"""A picture on show was taken no longer ago than this, where frames come."""


@dataclass(frozen=True, slots=True)
class _Shot:
    """A frame on its way, and the source it is from. Its time and index are the show's."""

    source: SourceThread
    frame: Frame
    takes_moved: bool
    """Whether an older painting may be shown for it, moved along, instead of its own."""
    is_still: bool
    """Whether it may be the same picture as the frame before."""


@dataclass(frozen=True, slots=True)
class _Still:
    """A painting of a picture that stands still, and what it was painted of and by."""

    picture: Picture
    image: Image
    controls: Controls
    stage: PaintingStage


class Live:
    """A show: frames of a source, painted as the controls say, handed to subscribers and sinks as fast as they come.

    Four kinds of threads: one reads the source, one does all the painting, one moves paintings along in between, one
    for each sink writes. Between them lie slots that hold the newest frame and drop the rest. (A source that isn't live
    waits instead: every frame of it is painted, and none is dropped.) Until the first painting the photo is shown, and
    never again: where nothing can be painted for a while, the last painting stays.

    Every method may be called from any thread at any moment. Source and controls may be changed while the show runs:
    the next frame obeys, and once `use_source` has returned, no frame of the source before is handed over any more.

    Args:
        controls: What to start with.
        open_stylizer: Opens the device, in the painting thread.
        open_finder: Opens what finds people, once it is wanted, in a thread of its own.
        tell: Takes messages, in the threads of the show.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        controls: Controls,
        open_stylizer: OpenStylizer,
        *,
        open_finder: OpenFinder = open_finder,
        tell: Tell = log_message,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._controls = controls
        self._open_stylizer = open_stylizer
        self._tell = tell
        self._clock = clock
        self._start_s = clock()
        self._times = StageTimes(STAGES_WINDOW)
        self._shots: Slot[_Shot] = Slot()
        self._between = BetweenThread(self._show, tell, clock)
        self._parting = Parting(open_finder, tell, self._again)
        self._painting_thread = Thread(target=self._paint_all, name="livestyle painter", daemon=True)
        self._painter_is_busy = True
        self._has_painted = False
        self._under_way: Callable[[], None] | None = None
        """Waits for the painting that was begun last, and hands it over. Of the painting thread."""
        self._still: _Still | None = None
        """What was painted last of a picture that stands still. Of the painting thread."""
        self._backend: BackendInfo | None = None
        self._source_hw: tuple[int, int] | None = None
        self._stopped = False
        self._has_begun = Event()
        """A source is asked for, or the show has ended."""
        # Guards what follows: frames are numbered, and handed over, by two threads.
        self._lock = Lock()
        self._source: SourceThread | None = None
        self._count = 0
        self._dropped = 0
        self._shown: tuple[int, bool] = (-1, False)
        self._newest: Picture | None = None
        self._source_rate, self._painted_rate, self._shown_rate = Rate(), Rate(), Rate()
        self._cues = [controls.since(None, 0.0)]
        """What has led to what is set, from where nothing moved."""
        self._sinks: dict[FrameSink, SinkThread] = {}
        self._subscribers: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Starts to paint what comes."""
        self._between.start()
        self._painting_thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Ends the show: finishes every sink, frees camera and device, and waits for the threads.

        Args:
            timeout_s: How long to wait. A driver that hangs must not hold the program.

        Returns:
            Whether all threads have ended.
        """
        deadline_s = time.monotonic() + timeout_s
        self._stopped = True
        with self._lock:
            source, self._source = self._source, None
            sinks = list(self._sinks.values())
        self._has_begun.set()
        self._shots.close()
        self._between.stop()
        for thread in sinks:
            thread.finish()
        if source is not None:
            source.stop()
        joins = [self._between.join, self._parting.join, *(thread.join for thread in sinks)]
        if source is not None:
            joins.append(source.join)
        ended = [join(max(0.0, deadline_s - time.monotonic())) for join in joins]
        if self._painting_thread.ident is not None:
            self._painting_thread.join(max(0.0, deadline_s - time.monotonic()))
        return all(ended) and not self._painting_thread.is_alive()

    # ---- what can be changed while it runs ---------------------------------------------------------------------------

    def use_controls(self, controls: Controls) -> None:
        """Changes the controls: the next frame obeys, or the last one anew if its source has ended.

        A look with a fade is on its way from then on.
        """
        with self._lock:
            self._set(controls, self.now_s)
        self._again()

    def _set(self, controls: Controls, time_s: float) -> None:
        before = self._controls
        self._controls = after = controls.after(before, time_s)
        cue = after.since(before, time_s)
        if before.is_still_at(time_s):
            self._cues = [before.since(None, time_s)]
        self._cues.append(cue)
        if cue.changes or cue.mirror is not None:
            for thread in self._sinks.values():
                thread.note(cue)

    def use_source(
        self, make: MakeSource, fallback: MakeSource | None = None, works: Callable[[], None] = lambda: None
    ) -> None:
        """Changes the source.

        Args:
            make: Makes the new one, in a thread of its own.
            fallback: What to turn to if that one doesn't work and none before it did.
            works: Told, in that thread, once the new one has delivered a frame.
        """
        with self._lock:
            if self._stopped:
                return
            self._source = SourceThread(make, self._receive, self._tell, self._source, fallback, works)
            self._shots.clear()
            self._source.start()
        self._has_begun.set()

    def _again(self) -> None:
        source = self._source
        if source is not None:
            source.again()

    # ---- where the pictures go ---------------------------------------------------------------------------------------

    @property
    def newest(self) -> Picture | None:
        """The picture handed over last."""
        return self._newest

    def subscribe(self, on_picture: Callable[[], None]) -> None:
        """Calls `on_picture` after each new `newest`, in a thread of the show; it must be quick."""
        with self._lock:
            self._subscribers = [*self._subscribers, on_picture]

    def add_sink(self, sink: FrameSink, on_end: OnEnd | None = None) -> None:
        """Opens a sink and writes every picture to it until it is removed, fails, or the show stops.

        One that wants a size or a rate is looked at live: it begins with what is on show, or black before the first
        picture, so that a camera is one from the start, and while the source is lost.

        Args:
            sink: Where to write. One that fails is told and dropped.
            on_end: Called once the sink is closed, in its thread, with the error or None, and what was written.
        """

        def ended(error: SinkError | None, written: Written) -> None:
            with self._lock:
                self._sinks.pop(sink, None)
            if error is not None:
                self._tell(Message(Kind.NOTE, Topic.OUTPUT, str(error), output=sink.name))
            if on_end is not None:
                on_end(error, written)

        thread = SinkThread(sink, ended)
        with self._lock:
            if self._stopped:
                return
            self._sinks[sink] = thread
            first = self._first_for(sink)
            if first is not None:
                thread.put(first)
            thread.note(*self._cues)
            thread.start()

    def _first_for(self, sink: FrameSink) -> Picture | None:
        """What a sink begins with; None for whatever comes next."""
        wants, newest = sink.wants, self._newest
        if wants.own:
            return None
        if wants.size_hw is None and (wants.rate_fps is None or newest is None):
            return None
        if newest is None:
            assert wants.size_hw is not None
            black = np.zeros((*wants.size_hw, 3), np.uint8)
            newest = Picture(Frame(black, 0.0, 0), black, is_painted=False)
        # A picture of long ago counts as one of just now, or the times of those that come would leap.
        return replace(newest, frame=replace(newest.frame, time_s=max(newest.frame.time_s, self.now_s - RECENT_S)))

    def remove_sink(self, sink: FrameSink) -> None:
        """Finishes a sink; returns at once, and the sink's `on_end` says when it is done."""
        with self._lock:
            thread = self._sinks.get(sink)
        if thread is not None:
            thread.finish()

    @property
    def now_s(self) -> float:
        """The time on the show's clock, which frames and sound are told by."""
        return self._clock() - self._start_s

    @property
    def wants_sound(self) -> bool:
        """Whether a sink takes sound."""
        with self._lock:
            return any(sink.wants.sound for sink in self._sinks)

    def hear(self, sound: Sound) -> None:
        """Hands sound to the sinks that want it; never waits."""
        with self._lock:
            for thread in self._sinks.values():
                thread.hear(sound)

    # ---- figures -----------------------------------------------------------------------------------------------------

    @property
    def source_name(self) -> str:
        """What to call the source in front of a user; empty while there is none."""
        source = self._source
        return "" if source is None else source.name

    @property
    def transport(self) -> Transport | None:
        """Steers the source, where it is a film."""
        source = self._source
        return None if source is None else source.transport

    def stats(self) -> Stats:
        """The figures of the last moments."""
        now_s = self._clock()
        with self._lock:
            source_fps, painted_fps, shown_fps = (
                rate.fps(now_s) for rate in (self._source_rate, self._painted_rate, self._shown_rate)
            )
        p50_ms, p95_ms = self._times.percentiles("latency", (50, 95))
        summary = self._times.summary()
        rates = source_fps, painted_fps, shown_fps
        source = self._source
        is_still = source is not None and source.is_still
        return Stats(*rates, self._dropped, p50_ms, p95_ms, summary, self._backend, self._source_hw, is_still)

    # ---- the way of a frame ------------------------------------------------------------------------------------------

    def _receive(self, thread: SourceThread, source: FrameSource, frame: Frame) -> None:
        """In the source's thread."""
        now_s = self._clock()
        with self._lock:
            if thread is not self._source:
                return
            # One clock and one count for all sources: a recording goes on when the source changes.
            frame = Frame(frame.image, now_s - self._start_s, self._count)
            self._count += 1
            self._source_rate.add(now_s)
            own = Picture(frame, frame.image, is_painted=False)
            self._give(own, own=True)
        transport = source.transport
        if transport is not None and not transport.is_paused:
            transport.shown = transport.position_s, frame.time_s
        # What is drawn is drawn no faster than it is painted.
        waits = not source.is_live or source.is_drawn
        shot = _Shot(thread, frame, self._controls.inbetweens and not waits and not source.is_still, source.is_still)
        if shot.takes_moved:
            self._between.see(thread, frame)
        self._shots.put(shot, wait=waits)
        if self._painter_is_busy and not self._has_painted:
            self._hand_over(thread, self._unpainted(shot))

    def _paint_all(self) -> None:
        """The painting thread: opens the device, paints, closes it."""
        source = None
        with closing(Relay(self._open_stylizer, self._tell, self._clock)) as relay:
            self._has_begun.wait()
            if not self._stopped:
                with self._busy():  # while the source is opened as well
                    relay.open(self._controls)
            while not self._stopped and (shot := self._next_shot()) is not None:
                if shot.source is not source:
                    self._land()
                    relay.forget()
                    self._parting.forget()
                    source = shot.source
                with self._none_lost_unseen():
                    self._paint(relay, shot)

    def _next_shot(self) -> _Shot | None:
        """The next frame to paint. Where none waits, the painting that is under way is handed over first."""
        shot = None if self._under_way is None else self._shots.take(wait=False)
        if shot is None:
            self._land()
            shot = self._shots.take()
        return shot

    def _land(self) -> None:
        """Waits for the painting that is under way, if one is, and hands it over."""
        finish, self._under_way = self._under_way, None
        if finish is not None:
            with self._none_lost_unseen():
                finish()

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """While this lasts, and nothing has been painted, the photo moves on by itself."""
        self._painter_is_busy = True
        try:
            yield
        finally:
            self._painter_is_busy = False

    @contextmanager
    def _none_lost_unseen(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            log.exception("A frame was lost")
            self._tell(Message(Kind.NOTE, Topic.PAINTER, see_log("A frame was lost")))

    def _paint(self, relay: Relay, shot: _Shot) -> None:
        source_hw = shot.frame.height, shot.frame.width
        while True:
            controls = self._controls_at(shot.frame.time_s)
            stage = relay.stage_for(controls, source_hw, FLUENT_FRAMES if shot.takes_moved or shot.is_still else 1)
            if stage.is_ready(source_hw):
                break
            self._land()
            # The first time takes seconds, so the photo moves on.
            if stage.info is None:
                self._show_unpainted(shot)
            with self._busy():
                stage.prepare(source_hw)
            if self._stopped:
                return
        if shot.is_still and self._shows_again(shot, controls, stage):
            return
        with self._times.measure("prepare"):
            photo = prepared(shot.frame.image, stage.size_hw(source_hw), mirror=controls.mirror)
        self._backend, self._source_hw = stage.info, source_hw
        # Left out, the camera's own picture is put in when it is shown; a second look is painted along.
        mask = None if controls.outside is None else self._parting.mask(photo, controls)
        finish = stage.begin(photo, source_hw, mask)
        self._land()
        self._under_way = partial(self._finish, stage, shot, photo, controls, finish)
        if not stage.works_ahead:
            self._land()

    def _finish(
        self,
        stage: PaintingStage,
        shot: _Shot,
        photo: Image,
        controls: Controls,
        finish: Callable[[], Image | None],
    ) -> None:
        painting, self._still = finish(), None
        if not self._controls.is_still_at(shot.frame.time_s):
            shot.source.again()
        if painting is None:
            self._show_unpainted(shot)
            return
        self._has_painted = True
        self._times.add("paint", stage.took_s)
        with self._lock:
            self._painted_rate.add(self._clock())
        frame = Frame(painting, shot.frame.time_s, shot.frame.index)
        if shot.takes_moved:
            self._between.add(shot.source, Painted(frame, photo, shot.frame.image, controls.mirror, stage.took_s))
            return
        self._between.forget(shot.source)
        picture = Picture(frame, photo, True, source=shot.frame.image, is_mirrored=controls.mirror)
        picture = self._parted(picture, controls)
        # A painting that a photo had overtaken was not shown: the next frame is painted anew.
        is_shown = self._hand_over(shot.source, picture)
        if is_shown and shot.is_still and self._parting.is_settled(controls):
            self._still = _Still(picture, shot.frame.image, controls, stage)

    def _shows_again(self, shot: _Shot, controls: Controls, stage: PaintingStage) -> bool:
        """Hands a painting to the sinks once more if nothing has changed since; returns whether it is so."""
        self._land()
        still = self._still
        if still is None or still.image is not shot.frame.image:
            return False
        if still.controls is not controls or still.stage is not stage:
            return False
        frame = Frame(still.picture.frame.image, shot.frame.time_s, shot.frame.index)
        self._hand_over(shot.source, replace(still.picture, frame=frame), is_new=False)
        return True

    def _controls_at(self, time_s: float) -> Controls:
        """The controls at the time of a frame: the same from one to the next while nothing moves."""
        with self._lock:
            if self._controls.is_still_at(time_s):
                self._controls = self._controls.at(time_s)
            controls = self._controls
        return controls.at(time_s)

    def _give(self, picture: Picture, *, own: bool) -> None:
        """Hands a picture to the sinks that want the source's own ones, or to the others."""
        for sink, thread in self._sinks.items():
            if sink.wants.own == own:
                thread.put(picture)

    def _unpainted(self, shot: _Shot) -> Picture:
        """What is shown of a frame before the first painting."""
        size_hw = shot.frame.height, shot.frame.width
        mirror = self._controls.mirror
        photo = prepared(shot.frame.image, size_hw, mirror=mirror)
        frame = Frame(photo, shot.frame.time_s, shot.frame.index)
        return Picture(frame, photo, False, source=shot.frame.image, is_mirrored=mirror)

    def _show_unpainted(self, shot: _Shot) -> None:
        self._between.forget(shot.source)
        if not self._has_painted:
            self._hand_over(shot.source, self._unpainted(shot))

    def _show(self, source: SourceThread, picture: Picture) -> None:
        """In the thread of the in-betweens."""
        self._hand_over(source, self._parted(picture, self._controls))

    def _parted(self, picture: Picture, controls: Controls) -> Picture:
        if controls.region == "everything":
            return picture
        with self._times.measure("parting"):
            return self._parting.parted(picture, controls)

    def _hand_over(self, source: SourceThread, picture: Picture, *, is_new: bool = True) -> bool:
        """Hands a picture to the sinks, and to the subscribers if it is not what they have.

        Returns:
            Whether it came in time.
        """
        now_s = self._clock()
        frame = picture.frame
        with self._lock:
            # A photo may have overtaken this frame while the painter was being made ready.
            order = (frame.index, picture.is_painted)
            if source is not self._source or order <= self._shown:
                return False
            self._dropped += max(0, frame.index - self._shown[0] - 1)
            self._shown = order
            self._newest = picture
            if is_new:
                self._shown_rate.add(now_s)
            self._give(picture, own=False)
            subscribers = self._subscribers if is_new else []
        if picture.is_painted and is_new:
            self._times.add("latency", now_s - self._start_s - frame.time_s)
        for on_picture in subscribers:
            on_picture()
        return True
