"""Takes: perform once, and have it painted perfectly later."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import StyleError
from livestyle.gui import outputs
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.choices import paints_live
from livestyle.gui.model import ShowModel
from livestyle.gui.own_styles import OwnStyles
from livestyle.gui.sound_in import has_track
from livestyle.jobs.stop import Stop, Stopped
from livestyle.listening.source import SoundSource
from livestyle.live.message import Written
from livestyle.look import STEADY_OFFLINE, Look
from livestyle.sinks.sink import FrameSink
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.timeline import Timeline, read_timeline

NICE = 10
"""How far painting a take stands back behind the show, where the system knows that of a thread."""


@dataclass
class _Keeping:
    """A take that goes on."""

    start_s: float
    sink: FrameSink | None = None
    path: Path | None = None
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A take that can be painted.

    Attributes:
        path: Its video.
        timeline: What was set.
    """

    path: Path
    timeline: Timeline

    @property
    def names(self) -> list[str]:
        """The styles in it."""
        return self.timeline.styles


@dataclass
class _Painting:
    """A take that is being painted."""

    kept: Kept
    stop: Stop = field(default_factory=Stop)
    share: float = 0.0


class Takes(QObject):
    """Keeps a take of the show, and paints it in the background.

    Args:
        live: The show.
        background: Where to work.
        model: Has the styles.
        own_styles: Those of the user's that are in a take are kept, so that they are there the next time.
        device: What paints, as for `open_stylizer`.
        clock: Monotonic seconds.

    Attributes:
        changed: A take began, ended, is painted, or one of these is further on.
        told: A sentence for the user.
        kept: The take that was kept last and is not painted yet.
        painted: The painting that was finished last.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)
    _progressed = pyqtSignal(object, float)

    def __init__(
        self,
        live: LiveAdapter,
        background: Background,
        model: ShowModel,
        own_styles: OwnStyles,
        sound: Callable[[], SoundSource | None],
        device: str = "auto",
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._background = background
        self._model = model
        self._own_styles = own_styles
        self._sound = sound
        self._device = device
        self._clock = clock
        self._keeping: _Keeping | None = None
        self._painting: _Painting | None = None
        self.kept: Kept | None = None
        self.painted: Path | None = None
        live.sink_ended.connect(self._on_sink_ended)
        self._progressed.connect(self._on_progress)

    @property
    def elapsed_s(self) -> float | None:
        """How long the take has been going on; None while there is none."""
        keeping = self._keeping
        return None if keeping is None or not keeping.is_wanted else self._clock() - keeping.start_s

    @property
    def share(self) -> float | None:
        """How much of a take is painted, from 0 to 1; None while none is."""
        return None if self._painting is None else self._painting.share

    def toggle(self) -> None:
        """Ends the take, or begins one."""
        if self._keeping is None:
            self._begin()
        else:
            self._keeping.is_wanted = False
            if self._keeping.sink is not None:
                self._live.remove_sink(self._keeping.sink)
        self.changed.emit()

    def paint(self) -> None:
        """Paints the take that was kept last, at its full size, with the finest network that has its styles."""
        kept = self.kept
        if kept is None or self._painting is not None:
            if kept is None:
                self.told.emit("There is no take to paint: keep one first.")
            return
        try:
            file = finest(self._model.catalog, kept.names)
        except StyleError as error:
            self.told.emit(str(error))
            return
        painting = self._painting = _Painting(kept)
        self.kept = self.painted = None
        self._background.run(
            "Painting the take",
            partial(_painted, kept, file.name, self._device, painting.stop, partial(self._progressed.emit, painting)),
            self._on_painted,
            self._on_stopped,
        )
        self.changed.emit()

    def stop_painting(self) -> None:
        """Gives the painting up; the take can be painted again."""
        if self._painting is not None:
            self._painting.stop.stop()

    def dismiss(self) -> None:
        """Leaves the take, or its painting, where it is."""
        self.kept = self.painted = None
        self.changed.emit()

    def _begin(self) -> None:
        stats = self._live.stats()
        if stats is None or stats.source_hw is None:
            self.told.emit("There is no picture to record yet.")
            return
        keeping = self._keeping = _Keeping(self._clock())
        self.kept = self.painted = None
        rate_fps = stats.source_fps if stats.source_fps >= 1 else 30.0
        now, folder, source_hw = datetime.now(), self._model.settings.folder, stats.source_hw
        self._background.run(
            "Keeping the take",
            lambda: _take_sink(now, source_hw, rate_fps, folder, has_track(self._sound())),
            partial(self._on_sink_made, keeping),
            self._forget,
        )

    def _on_sink_made(self, keeping: _Keeping, made: tuple[Path, FrameSink]) -> None:
        if not keeping.is_wanted:
            self._forget()
            return
        keeping.path, keeping.sink = made
        self._live.add_sink(keeping.sink)

    def _on_sink_ended(self, sink: FrameSink, error: Exception | None, written: Written) -> None:
        keeping = self._keeping
        if keeping is None or keeping.path is None or keeping.sink is not sink:
            return
        self._forget()
        if error is None and not keeping.path.exists():
            self.told.emit("Nothing was recorded.")
        elif error is None:
            self._background.run("Keeping the take", partial(_read, keeping.path), self._on_kept)

    def _on_kept(self, kept: Kept) -> None:
        self.kept = kept
        own = self._own_styles
        for name in own.names & {*kept.names}:
            if not own.is_kept(name):
                own.keep(name)
        self.changed.emit()

    def _on_progress(self, painting: _Painting, share: float) -> None:
        painting.share = share
        self.changed.emit()

    def _on_painted(self, path: Path | None) -> None:
        if path is None:
            self._on_stopped()
            return
        self._painting, self.painted = None, path
        self.told.emit(f"Painted: {outputs.spoken(path)}")
        self.changed.emit()

    def _on_stopped(self) -> None:
        assert self._painting is not None
        self.kept, self._painting = self._painting.kept, None
        self.changed.emit()

    def _forget(self) -> None:
        self._keeping = None
        self.changed.emit()


def finest(catalog: Catalog, names: Sequence[str]) -> StyleFile:
    """The finest network that has all these styles: the widest of those that paint live, else the first.

    Raises:
        StyleError: A style is unknown, or no network has them all.
    """
    files = catalog.files_with(names)
    return max((file for file in files if paints_live(file)), key=lambda file: file.spec.width, default=files[0])


def _take_sink(
    now: datetime, size_hw: tuple[int, int], rate_fps: float, folder: str | None, sound: bool
) -> tuple[Path, FrameSink]:
    from livestyle.sinks.take import STEM, SUFFIX, TakeSink

    place = outputs.videos_folder(folder)
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
    path = _free_path(place / f"{STEM}{now:%Y%m%d-%H%M%S}{SUFFIX}")
    return path, TakeSink(path, size_hw, rate_fps=rate_fps, sound=sound)


def _free_path(path: Path) -> Path:
    """The path, with a number if its name, or that of what goes with it, is taken."""
    free, number = path, 1
    suffixes = path.suffix, f"{path.suffix}.part", ".toml"
    while any(os.path.exists(f"{free.with_suffix('')}{suffix}") for suffix in suffixes):
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _read(path: Path) -> Kept:
    from livestyle.sinks.take import timeline_of

    return Kept(path, read_timeline(timeline_of(path)))


def _painted(kept: Kept, network: str, device: str, stop: Stop, on_progress: Callable[[float], None]) -> Path | None:
    """Paints a take; returns the painting, or None if it was stopped."""
    from livestyle.jobs.job import ClipJob, How
    from livestyle.jobs.opened import Opened
    from livestyle.jobs.run import run

    if sys.platform == "linux":  # elsewhere it would be the whole program
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    target = _free_path(kept.path.with_name(f"{kept.path.stem}-painted.mp4"))
    how = How(
        Look(((kept.names[0], 1.0),), steady=STEADY_OFFLINE), device=device, network=network, timeline=kept.timeline
    )
    try:
        with Opened() as opened:
            report = run(ClipJob(kept.path, target, how), opened, lambda done, n: on_progress(done / (n or 1e9)), stop)
    except Stopped:
        return None
    if report.error is not None:
        raise report.error
    return target
