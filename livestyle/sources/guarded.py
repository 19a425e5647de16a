"""Devices and files that one thread reads while another may close them, and calls that may never come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Guarded(Generic[T]):
    """A resource that is never closed while it is in use, though anybody may ask for it at any time without waiting.

    Args:
        resource: The open device or file.
        release: Closes it; called once.
    """

    def __init__(self, resource: T, release: Callable[[T], object]) -> None:
        self._resource: T | None = resource
        self._release = release
        self._lock = Lock()
        self.closed = Event()

    @contextmanager
    def use(self) -> Iterator[T | None]:
        """Lends the resource, or None once it is closed. One thread at a time; `close` does not wait for it."""
        try:
            with self._lock:
                yield None if self.closed.is_set() else self._resource
        finally:
            if self.closed.is_set():
                self._let_go()

    def close(self) -> None:
        """Closes it, now or, if it is in use, at the end of that use. Safe to call again."""
        self.closed.set()
        self._let_go()

    def _let_go(self) -> None:
        # Whoever holds the lock comes here after giving it back, so nothing is left open.
        if self._lock.acquire(blocking=False):
            try:
                if self._resource is not None:
                    self._release(self._resource)
                    self._resource = None
            finally:
                self._lock.release()


class TookTooLong(Exception):  # noqa: N818
    """A call did not come back in time."""


def within(limit_s: float, make: Callable[[], T], discard: Callable[[T], object]) -> T:
    """Calls a function that may hang in a driver or a name server.

    Args:
        limit_s: How long to wait for it.
        make: The function; called in a thread of its own.
        discard: Gets what it returned after all when nobody waits any more.

    Returns:
        What it returned.

    Raises:
        TookTooLong: It did not come back in time.
        Exception: What it raised.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    lock, abandoned = Lock(), Event()

    def run() -> None:
        try:
            result = make()
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            errors.append(error)
            return
        with lock:
            if not abandoned.is_set():
                results.append(result)
                return
        discard(result)

    thread = Thread(target=run, name="livestyle open", daemon=True)
    thread.start()
    thread.join(limit_s)
    with lock:
        if results:
            return results[0]
        if errors:
            raise errors[0]
        abandoned.set()
    raise TookTooLong
