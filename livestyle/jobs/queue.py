"""The queue of videos: which are to be painted, in which order, and how far each is; as values, and as a file."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from livestyle.errors import LivestyleError
from livestyle.jobs.inputs import Source, file_name
from livestyle.jobs.job import ClipJob
from livestyle.jobs.plain import from_plain, to_plain
from livestyle.sinks.kinds import CONTAINERS

log = logging.getLogger(__name__)

FORMAT_VERSION = 1

State = Literal["waiting", "painting", "paused", "done", "failed"]
"""Of a video: its turn comes; it is being painted; somebody has to let it go on; it is painted; it could not be."""
Afterwards = Literal["nothing", "notify", "folder", "sleep"]
"""What happens when all is painted: the user is told; or the folder is opened; or the computer is put to sleep."""
AFTERWARDS: tuple[Afterwards, ...] = get_args(Afterwards)


@dataclass(frozen=True, slots=True)
class Entry:
    """A video of the queue.

    Attributes:
        number: By which it is known as long as it is there.
        job: What is to be done.
        state: How it stands.
        done: How many frames are painted.
        total: About how many there are; None if there is no telling.
        error: Why it could not be painted, a sentence.
        warnings: What a user should know about the result, a sentence each.
    """

    number: int
    job: ClipJob
    state: State = "paused"
    done: int = 0
    total: int | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """How much of it is painted, 0 to 1."""
        if self.state == "done":
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def is_begun(self) -> bool:
        """Whether some of it is painted, and not yet all."""
        return self.done > 0 and self.state != "done"


@dataclass(frozen=True, slots=True)
class Queue:
    """All videos, in their order.

    Attributes:
        entries: The videos.
        folder: Where results go; None for beside each video.
        afterwards: What happens when all is painted.
    """

    entries: tuple[Entry, ...] = ()
    folder: Path | None = None
    afterwards: Afterwards = "notify"

    def find(self, number: int) -> Entry | None:
        """The entry of a number; None once it is gone."""
        return next((entry for entry in self.entries if entry.number == number), None)

    @property
    def painting(self) -> Entry | None:
        """The one that is being painted."""
        return next((entry for entry in self.entries if entry.state == "painting"), None)

    @property
    def next(self) -> Entry | None:
        """The one whose turn comes."""
        return next((entry for entry in self.entries if entry.state == "waiting"), None)

    @property
    def is_busy(self) -> bool:
        """Whether any is being painted, or will be."""
        return self.painting is not None or self.next is not None

    def with_entry(self, entry: Entry) -> Queue:
        """With another state of an entry, or with one more at the end."""
        if self.find(entry.number) is None:
            return replace(self, entries=(*self.entries, entry))
        return replace(self, entries=tuple(entry if each.number == entry.number else each for each in self.entries))

    def without(self, numbers: Collection[int]) -> Queue:
        """Without some entries."""
        return replace(self, entries=tuple(each for each in self.entries if each.number not in numbers))

    def ordered(self, numbers: Sequence[int]) -> Queue:
        """In the order of numbers; what is not named comes last, as it stood."""
        place = {number: i for i, number in enumerate(numbers)}
        return replace(self, entries=tuple(sorted(self.entries, key=lambda entry: place.get(entry.number, len(place)))))

    @property
    def free_number(self) -> int:
        """A number that none has."""
        return max((entry.number for entry in self.entries), default=0) + 1

    @property
    def targets(self) -> set[Path]:
        """The results that are planned or there."""
        return {entry.job.target for entry in self.entries}


def free_target(source: Source, folder: Path | None, taken: Collection[Path] = ()) -> Path:
    """A name for a result that no file has, nor what goes with one.

    Args:
        source: The video.
        folder: Where it goes; None for beside the video. What an address gives goes to the present folder.
        taken: Names that are planned for others.
    """
    name = file_name(source)
    suffix = name.suffix.lower() if name.suffix.lower() in CONTAINERS else next(iter(CONTAINERS))
    beside = source.parent if isinstance(source, Path) else Path()
    return free_name((folder or beside) / f"{name.stem}-painted{suffix}", taken)


def free_name(target: Path, taken: Collection[Path] = ()) -> Path:
    """The name of a result, with a number if it is taken."""
    free, number = target, 1
    while free in taken or any(os.path.lexists(f"{free}{more}") for more in ("", ".part", ".segments")):
        number += 1
        free = target.with_stem(f"{target.stem}-{number}")
    return free


def load_queue(path: Path) -> Queue:
    """Reads a queue. What was being painted waits, to go on first, unless it got whole after the queue was written.

    Never fails: what can't be read is left out.

    A file that is no queue at all is kept beside it under another name.
    """
    try:
        return parse_queue(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Queue()
    except (OSError, ValueError, RecursionError) as error:
        log.warning("The queue in %s can't be read and starts anew: %s", path, error)
        with suppress(OSError):
            os.replace(path, path.with_name(f"{path.name}.damaged"))
        return Queue()


def parse_queue(document: object) -> Queue:
    """Takes what is usable of a JSON document.

    Raises:
        ValueError: It is none of ours, or of a later version.
    """
    if not isinstance(document, dict) or document.get("version") != FORMAT_VERSION:
        raise ValueError("no queue of this version")
    plain_entries = document.get("entries", [])
    if not isinstance(plain_entries, list):
        raise ValueError("its videos are no list")
    entries: dict[int, Entry] = {}
    for plain in plain_entries:
        try:
            entry = _entry(plain)
        except (LivestyleError, AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            log.warning("A video of the queue can't be read and is left out: %s", error)
        else:
            entries[entry.number] = entry
    folder, afterwards = document.get("folder"), document.get("afterwards")
    return Queue(
        tuple(entries.values()),
        Path(folder) if isinstance(folder, str) and folder else None,
        next((each for each in AFTERWARDS if each == afterwards), "notify"),
    )


def save_queue(queue: Queue, path: Path) -> None:
    """Writes a queue whole or not at all, be the power cut. A failure is logged."""
    part = path.with_name(f"{path.name}.part")
    document = {
        "version": FORMAT_VERSION,
        "folder": None if queue.folder is None else str(queue.folder),
        "afterwards": queue.afterwards,
        "entries": [_plain(entry) for entry in queue.entries],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        log.warning("The queue can't be saved in %s: %s", path, error.strerror or error)
        with suppress(OSError):
            part.unlink()


def _plain(entry: Entry) -> dict[str, Any]:
    values = {each.name: getattr(entry, each.name) for each in fields(Entry)}
    return {**values, "job": to_plain(entry.job)}


def _entry(plain: dict[str, Any]) -> Entry:
    state, total = plain["state"], plain.get("total")
    if state not in get_args(State):
        raise ValueError(f"a state of {state!r}")
    job = from_plain(plain["job"])
    if state == "painting":  # its name was free when that began, and it gets it when it is whole
        state = "done" if os.path.lexists(job.target) else "waiting"
    return Entry(
        int(plain["number"]),
        job,
        state,
        int(plain.get("done", 0)),
        None if total is None else int(total),
        str(plain.get("error", "")),
        tuple(map(str, plain.get("warnings", ()))),
    )
