"""A result on disk: under construction as `NAME.part`, under its own name only once it is whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from weakref import finalize

from livestyle.errors import SinkError


class PartFile:
    """Reserves a name for a result and hands it over when the result is whole.

    A context manager: entering makes the empty `.part` file, leaving renames it, or deletes it when an exception left
    the block. Those who must decide for themselves call `create`, `finish` and `discard`.

    Args:
        target: The final name.
        overwrite: Whether a file of that name, or the `.part` of an interrupted run, may be replaced.
        source: The file that the result is made from; it is never written over, under whatever name it is given.
    """

    def __init__(self, target: Path, *, overwrite: bool = False, source: Path | None = None) -> None:
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._overwrite = overwrite
        self._source = source
        self._inode: int | None = None
        """Of the `.part` file that this object made, until it is handed over or deleted."""
        self._our_folder = False
        self._lock: Callable[[], object] | None = None

    def __enter__(self) -> Self:
        self.create()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.finish()
        else:
            self.discard()

    def check(self) -> None:
        """Raises `SinkError` if the name is taken or the source's; `create` does so too, but maybe after much work."""
        if os.path.isdir(self.target):  # unlike Path.is_dir it bears names that are too long
            raise SinkError(f"{self.target} is a folder: give the name of a file in it.")
        if self._source is not None and _same_file(self.target, self._source):
            raise SinkError(f"{self.target} is the source itself: choose another name for the result.")
        if os.path.lexists(self.target) and not self._overwrite:
            raise SinkError(f"{self.target} exists already: choose another name, or replace it with --overwrite.")
        if self._lock is None and _is_locked(self.path):
            raise SinkError(f"{self.target} is being written by another run: wait for it, or choose another name.")

    def create(self) -> None:
        """Makes the empty `.part` file, and its folder where only that one is missing.

        Raises:
            SinkError: The name is taken, is the source's, or can't be written.
        """
        self.check()
        if self._source is not None and _same_file(self.path, self._source):
            raise SinkError(f"{self.path.name} would be written over while it is read: choose another name.")
        folder = self.path.parent
        try:
            if not folder.exists():
                folder.mkdir()
                self._our_folder = True
            if self._overwrite:
                self.path.unlink(missing_ok=True)
            self.path.touch(exist_ok=False)
        except FileExistsError:
            raise SinkError(
                f"{self.path} is there already, from a run that was cut off: "
                "rename or delete it, or choose another name."
            ) from None
        except OSError as error:
            raise write_error(self.target, error) from error
        self._inode = self.path.stat().st_ino
        lock = _locked(self.path)
        if lock is not None:
            # A recording that failed is left as it is, with nobody to close it.
            self._lock = finalize(self, os.close, lock)

    def finish(self) -> None:
        """Gives the file its final name. Safe to call twice.

        Raises:
            SinkError: The name was taken meanwhile, or renaming failed; the result is then still in the `.part` file.
                Or another run has put its own file in place of that.
        """
        if self._inode is None:
            return
        is_ours, self._inode = self._is_ours(), None
        if not is_ours:
            self._unlock()
            raise SinkError(f"Another run writes {self.target} too, and this result is lost: choose another name.")
        try:
            self.check()
            os.replace(self.path, self.target)
        except SinkError as error:
            raise SinkError(f"{error} The result is in {self.path}.") from error
        except OSError as error:
            raise SinkError(f"{write_error(self.target, error)} The result is in {self.path}.") from error
        finally:
            self._unlock()

    def discard(self) -> None:
        """Deletes the `.part` file, if this object made it, and the folder it made for it. Safe to call twice."""
        is_ours, self._inode = self._is_ours(), None
        self._unlock()
        if not is_ours:
            return
        # What can't be deleted must not hide the error that brought us here, nor may a folder that others use by now.
        with suppress(OSError):
            self.path.unlink()
            if self._our_folder:
                self.path.parent.rmdir()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock()
            self._lock = None

    def _is_ours(self) -> bool:
        # Where files may be replaced, another run may have put one of its own there by now.
        try:
            return self._inode is not None and self.path.stat().st_ino == self._inode
        except OSError:
            return False


def clear_left_over(target: Path) -> None:
    """Deletes the `.part` file of a run that was cut off, if there is one and no run is at it."""
    path = PartFile(target).path
    if not _is_locked(path):
        with suppress(OSError):  # there is none, or Windows knows who is at it
            path.unlink()


@contextmanager
def taken(part: Path) -> Iterator[bool]:
    """Marks the `.part` file of a run that was cut off as being at work on; gives whether no other run is at it."""
    is_free = not _is_locked(part) and os.path.exists(part)
    lock = _locked(part) if is_free else None
    try:
        yield is_free
    finally:
        if lock is not None:
            os.close(lock)


def write_error(path: Path, error: Exception) -> SinkError:
    """The sentence for a file, by its final name, that could not be written: the system or PyAV raised `error`."""
    match getattr(error, "errno", None):
        case errno.ENOSPC | errno.EDQUOT:
            return SinkError(f"There is no space left for {path}: free some, or write to another disk.")
        case errno.EFBIG:
            return SinkError(f"{path} grows larger than its disk allows: write to another disk.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return SinkError(f"{path} can't be written: its folder is read-only. Choose another folder.")
        case errno.ENOENT:
            return SinkError(f"There is no folder {path.parent}: make it, or choose another.")
        case errno.ENOTDIR:
            return SinkError(f"{path.parent} is no folder: choose another place for {path.name}.")
        case errno.ENAMETOOLONG:
            return SinkError(f"The name {path.name[:40]}… is too long for its disk: choose a shorter one.")
        case _:
            return SinkError(f"{path} can't be written: {error}.")


def targets_for(
    sources: Sequence[Path], out: Path, suffixes: Sequence[str], *, into_folder: bool = False
) -> list[Path]:
    """The files that the results of some sources go to.

    Args:
        sources: The inputs.
        out: A file, if there is one source and `out` has a suffix and is no folder; else a folder, in which results
            have their sources' names.
        suffixes: What can be written, in lower case; sources of other kinds get the first.
        into_folder: Take `out` for a folder even if there is one source.

    Returns:
        A target for each source.

    Raises:
        SinkError: `out` is a file, but there are several sources; or two sources would go to one file.
    """
    # os.path and not Path, which raises on names that are too long.
    if out.suffix and not os.path.isdir(out):
        if len(sources) == 1 and not into_folder:
            return [out]
        if out.suffix.lower() in suffixes or os.path.exists(out):
            raise SinkError(f"{out} is a single file: give a folder for the results.")
    taken: dict[Path, Path] = {}
    for source in sources:
        target = out / (source.name if source.suffix.lower() in suffixes else f"{source.stem}{suffixes[0]}")
        if target in taken:
            raise SinkError(f"{taken[target]} and {source} would both become {target}: convert them to two folders.")
        taken[target] = source
    return list(taken)


def _locked(path: Path) -> int | None:
    """Marks a file as being written until what is returned is closed; None where that can't be done."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # on Windows: a file that is open can't be replaced there anyway
        return None
    file = os.open(path, os.O_RDONLY)
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except OSError:  # some network drives
        os.close(file)
        return None
    return file


def _is_locked(path: Path) -> bool:
    """Whether another run has marked a file as being written."""
    try:
        from fcntl import LOCK_NB, LOCK_SH, flock

        with path.open("rb") as file:
            flock(file, LOCK_SH | LOCK_NB)
    except ImportError:
        return _is_open(path)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _is_open(path: Path) -> bool:
    """Whether a file is open on Windows, where one that is can't be renamed, be it to its own name."""
    try:
        os.rename(path, path)
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _same_file(a: Path, b: Path) -> bool:
    try:
        return a.samefile(b)
    except OSError:  # one of them does not exist
        return False
