"""The queue of videos at work: one is painted after the other, and a file keeps them, be there a crash."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock

import platformdirs
from PyQt6.QtCore import QLockFile, QObject, pyqtSignal

from livestyle.clips.options import ConvertOptions
from livestyle.clips.unfinished import discard, folder_of
from livestyle.gui.background import Background
from livestyle.gui.queue_painter import QueuePainter
from livestyle.jobs.inputs import Source, clips_among
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import Afterwards, Entry, Queue, State, free_name, free_target, load_queue, save_queue
from livestyle.sinks.part import clear_left_over

FINISHED: tuple[State, ...] = ("done", "failed")


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a video is painted.

    Attributes:
        fps: Frames a second.
        left_s: How long it still takes; None if there is no telling.
    """

    fps: float
    left_s: float | None


class VideoQueue(QObject):
    """The videos, and what is done with them.

    Args:
        background: Where folders are read and files are written.
        path: The file of the queue; None for the usual place.
        painter: What paints.
        clock: Monotonic seconds.

    Attributes:
        changed: Videos came, went, or stand otherwise.
        progressed: One is further on; its number.
        painted: One is painted; the result.
        all_painted: The last one that was not to wait is.
        told: A sentence for the user.
    """

    changed = pyqtSignal()
    progressed = pyqtSignal(int)
    painted = pyqtSignal(Path)
    all_painted = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(
        self,
        background: Background,
        path: Path | None = None,
        painter: QueuePainter | None = None,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._path = path or platformdirs.user_data_path("livestyle", appauthor=False) / "videos.json"
        self._painter = painter or QueuePainter(self)
        self._clock = clock
        self._began: tuple[int, float] | None = None
        """Frames that were painted when the first was told of, and when."""
        self._lock: QLockFile | None = None
        self._is_saving = self._is_unsaved = False
        self._writing = Lock()
        self.queue = Queue()
        self._painter.progressed.connect(self._on_progress)
        self._painter.finished.connect(self._on_finished)

    # ---- from the file, and to it ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Reads the queue, and goes on with it. While another window has it, this one has none."""
        if self._is_ours():
            self.queue = load_queue(self._path)
            self._go_on()
            self.changed.emit()

    def close(self) -> None:
        """Stops, to go on the next time."""
        self._painter.stop()
        if self._lock is not None:
            self._write()
            self._lock.unlock()
            self._lock = None

    def _is_ours(self) -> bool:
        if self._lock is None:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = QLockFile(f"{self._path}.lock")
            lock.setStaleLockTime(0)
            # Where nothing can be written there is a queue for this time.
            if lock.tryLock(0) or lock.error() != QLockFile.LockError.LockFailedError:
                self._lock = lock
        return self._lock is not None

    # ---- what the user does ------------------------------------------------------------------------------------------

    def add(self, sources: Iterable[Source], how: How, options: ConvertOptions | None = None) -> None:
        """Takes videos in, and those of folders. They are painted in turn if others are; else once they are to be."""
        found = partial(clips_among, list(sources))
        self._background.run("Looking for videos", found, lambda clips: self._take_in(clips, how, options))

    def add_job(self, job: ClipJob) -> None:
        """Takes one in that is to be painted first."""
        if self._is_there():
            queue = self.queue
            job = replace(job, options=replace(job.options, resume=True))
            entry = Entry(queue.free_number, job, "waiting")
            first = [each.number for each in queue.entries if each.state == "painting"]
            self._use(queue.with_entry(entry).ordered([*first, entry.number]))

    def go_on(self, numbers: Collection[int]) -> None:
        """Lets those that were not to be painted yet, or could not be, have their turn."""
        for entry in self._named(numbers, "paused", "failed"):
            self.queue = self.queue.with_entry(replace(entry, state="waiting", error=""))
        self._use(self.queue)

    def pause(self, numbers: Collection[int]) -> None:
        """Holds some until they are to go on."""
        for entry in self._named(numbers, "waiting", "painting"):
            self._let_go(entry)
            self.queue = self.queue.with_entry(replace(entry, state="paused"))
        self._use(self.queue)

    def remove(self, numbers: Collection[int]) -> None:
        """Takes some out. What is painted of them is deleted, unless all of it is."""
        for entry in self._named(numbers, "waiting", "painting", "paused", "failed"):
            self._let_go(entry)
            self._background.run("Tidying up", partial(_tidy_up, entry.job.target), lambda _: None)
        self._use(self.queue.without(numbers))

    def order(self, numbers: Sequence[int]) -> None:
        """Puts the videos in an order; what is being painted stays so."""
        self._use(self.queue.ordered(numbers))

    def change(self, numbers: Collection[int], change: Callable[[ClipJob], ClipJob]) -> None:
        """Has some painted otherwise; not those that are painted, or being painted."""
        for entry in self._named(numbers, "waiting", "paused", "failed"):
            job = change(entry.job)
            if job != entry.job:
                self.queue = self.queue.with_entry(replace(entry, job=job, done=0, total=None))
        self._use(self.queue)

    def use_folder(self, folder: Path | None) -> None:
        """Has results go to a folder, or beside each video: also those that nothing is painted of yet."""
        self.queue = replace(self.queue, folder=folder)
        for entry in self._named([each.number for each in self.queue.entries], "waiting", "paused", "failed"):
            if not entry.is_begun:
                target = free_target(entry.job.source, folder, self.queue.without([entry.number]).targets)
                self.queue = self.queue.with_entry(replace(entry, job=replace(entry.job, target=target)))
        self._use(self.queue)

    def use_afterwards(self, afterwards: Afterwards) -> None:
        """Chooses what happens when all is painted."""
        self._use(replace(self.queue, afterwards=afterwards))

    # ---- how it goes -------------------------------------------------------------------------------------------------

    @property
    def speed(self) -> Speed | None:
        """How fast the present one is painted; None before that is known."""
        painting = self.queue.painting
        if painting is None or self._began is None:
            return None
        first, start_s = self._began
        took_s, frames = self._clock() - start_s, painting.done - first
        if frames < 1 or took_s <= 0:
            return None
        fps = frames / took_s
        return Speed(fps, None if painting.total is None else max(0, painting.total - painting.done) / fps)

    def _take_in(self, clips: Sequence[Source], how: How, options: ConvertOptions | None) -> None:
        if not self._is_there():
            return
        queue = self.queue
        state: State = "waiting" if queue.is_busy else "paused"
        for clip in clips:
            target = free_target(clip, queue.folder, queue.targets)
            job = ClipJob(clip, target, how, replace(options or ConvertOptions(), resume=True))
            queue = queue.with_entry(Entry(queue.free_number, job, state))
        self._use(queue)

    def _is_there(self) -> bool:
        if not self._is_ours():
            self.told.emit("Another window of livestyle has the videos: add them there, or close it.")
        return self._lock is not None

    def _named(self, numbers: Collection[int], *states: State) -> list[Entry]:
        return [each for each in self.queue.entries if each.number in numbers and each.state in states]

    def _let_go(self, entry: Entry) -> None:
        if entry.state == "painting":
            self._painter.stop()

    def _use(self, queue: Queue) -> None:
        self.queue = queue
        self._go_on()
        self._save()
        self.changed.emit()

    def _go_on(self) -> None:
        """Begins the next if none is being painted."""
        entry = self.queue.next
        if entry is None or self.queue.painting is not None:
            return
        if not entry.is_begun and not folder_of(entry.job.target).is_dir():
            # Its name may have been taken since it was chosen.
            target = free_name(entry.job.target, self.queue.without([entry.number]).targets)
            entry = replace(entry, job=replace(entry.job, target=target))
        self._began = None
        self.queue = self.queue.with_entry(replace(entry, state="painting"))
        self._painter.paint(entry.job)

    def _on_progress(self, done: int, total: int | None) -> None:
        entry = self.queue.painting
        if entry is None:
            return
        if self._began is None:
            self._began = done, self._clock()
        self.queue = self.queue.with_entry(replace(entry, done=done, total=total))
        self.progressed.emit(entry.number)

    def _on_finished(self, frames: int, error: str, warnings: tuple[str, ...]) -> None:
        entry = self.queue.painting
        if entry is None:
            return
        if error:
            entry = replace(entry, state="failed", error=error)
        else:
            entry = replace(entry, state="done", done=frames, total=frames, error="", warnings=warnings)
        queue = self.queue.with_entry(entry)
        self._use(queue)
        if not error:
            self.painted.emit(entry.job.target)
        if not queue.is_busy:
            self._painter.stop()
            self.all_painted.emit()

    def _save(self) -> None:
        """Writes the file in the background; what changes meanwhile is written after."""
        if self._lock is None:
            return
        self._is_unsaved = self._is_saving
        if not self._is_saving:
            self._is_saving = True
            self._background.run("Saving the queue", self._write, lambda _: self._on_saved())

    def _write(self) -> None:
        """Writes the file as all is now, in whichever thread."""
        with self._writing:
            save_queue(self.queue, self._path)

    def _on_saved(self) -> None:
        self._is_saving = False
        if self._is_unsaved:
            self._save()


def _tidy_up(target: Path) -> None:
    """Deletes what is left of a result that was given up."""
    discard(folder_of(target))
    clear_left_over(target)
