"""Takes: perform once, and have it painted perfectly later."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import StyleError
from livestyle.gui import outputs
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.choices import paints_live
from livestyle.gui.file_sink import FileSink
from livestyle.gui.model import ShowModel
from livestyle.gui.own_styles import OwnStyles
from livestyle.gui.sound_in import has_track
from livestyle.jobs.job import ClipJob, How
from livestyle.listening.source import SoundSource
from livestyle.live.message import Written
from livestyle.look import STEADY_OFFLINE, Look
from livestyle.sinks.sink import FrameSink
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.timeline import Timeline, read_timeline


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


class Takes(QObject):
    """Keeps a take of the show, to be painted when it is over.

    Args:
        live: The show.
        background: Where to work.
        model: Has the styles.
        own_styles: Those of the user's that are in a take are kept, so that they are there the next time.
        device: What paints, as for `open_stylizer`.
        clock: Monotonic seconds.

    Attributes:
        changed: A take began or ended, or is there to be painted, or no longer.
        painting_wanted: A take is to be painted; its `ClipJob`.
        told: A sentence for the user.
        kept: The take that was kept last and is not to be painted yet.
    """

    changed = pyqtSignal()
    painting_wanted = pyqtSignal(object)
    told = pyqtSignal(str)

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
        self._file = FileSink(live, background, "Keeping the take", self, clock)
        self.kept: Kept | None = None
        self._file.changed.connect(self.changed)
        self._file.ended.connect(self._on_ended)

    @property
    def elapsed_s(self) -> float | None:
        """How long the take has been going on; None while there is none."""
        return self._file.elapsed_s

    def toggle(self) -> None:
        """Ends the take, or begins one."""
        if self._file.is_there:
            self._file.end()
        else:
            self._begin()
        self.changed.emit()

    def paint(self) -> None:
        """Has the take that was kept last painted at its full size, with the finest network that has its styles."""
        kept = self.kept
        if kept is None:
            self.told.emit("There is no take to paint: keep one first.")
            return
        try:
            file = finest(self._model.catalog, kept.names)
        except StyleError as error:
            self.told.emit(str(error))
            return
        look = Look(((kept.names[0], 1.0),), steady=STEADY_OFFLINE)
        how = How(look, device=self._device, network=file.name, timeline=kept.timeline)
        self.dismiss()
        self.painting_wanted.emit(ClipJob(kept.path, kept.path.with_name(f"{kept.path.stem}-painted.mp4"), how))

    def dismiss(self) -> None:
        """Leaves the take where it is."""
        self.kept = None
        self.changed.emit()

    def offer(self, paths: Sequence[Path]) -> None:
        """Offers the last of some recordings that is a take to be painted, as one that was just kept."""
        self._background.run("Keeping the take", partial(_read_last, paths), self._on_found)

    def _begin(self) -> None:
        stats = self._live.stats()
        if stats is None or stats.source_hw is None:
            self.told.emit("There is no picture to record yet.")
            return
        self.kept = None
        rate_fps = stats.source_fps if stats.source_fps >= 1 else 30.0
        now, folder, source_hw = datetime.now(), self._model.settings.folder, stats.source_hw
        self._file.begin(lambda: _take_sink(now, source_hw, rate_fps, folder, has_track(self._sound())))

    def _on_ended(self, path: Path, error: Exception | None, written: Written) -> None:
        if error is None and not path.exists():
            self.told.emit("Nothing was recorded.")
        elif error is None:
            self._background.run("Keeping the take", partial(_read, path), self._on_kept)

    def _on_kept(self, kept: Kept) -> None:
        self.kept = kept
        own = self._own_styles
        for name in own.names & {*kept.names}:
            if not own.is_kept(name):
                own.keep(name)
        self.changed.emit()

    def _on_found(self, kept: Kept | None) -> None:
        # Whoever keeps a take by now means that one.
        if kept is not None and not self._file.is_there and self.kept is None:
            self._on_kept(kept)


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


def _read_last(paths: Sequence[Path]) -> Kept | None:
    from livestyle.sinks.take import STEM, timeline_of

    takes = [path for path in paths if path.name.startswith(STEM) and timeline_of(path).exists()]
    return _read(takes[-1]) if takes else None
