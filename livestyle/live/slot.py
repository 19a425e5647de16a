"""The hand-over between two threads of a live picture: it holds the newest and drops the rest."""

from __future__ import annotations

from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds the newest item; putting another one drops it, and counts that."""

    def __init__(self) -> None:
        self._item: T | None = None
        self._changed = Condition()
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were put but never taken."""
        return self._dropped

    def put(self, item: T, *, wait: bool = False) -> None:
        """Puts an item; into a closed slot it is dropped.

        Args:
            item: What to hand over.
            wait: Wait until the one before is taken, instead of dropping it.
        """
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed or self._item is None)
            if self._closed:
                self._dropped += 1
                return
            self._dropped += self._item is not None
            self._item = item
            self._changed.notify_all()

    def take(self, *, wait: bool = True) -> T | None:
        """Takes what is held.

        Args:
            wait: Wait for an item where there is none.

        Returns:
            None when the slot is empty: closed, if there was no hurry.
        """
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed or self._item is not None)
            item, self._item = self._item, None
            self._changed.notify_all()
            return item

    def clear(self) -> None:
        """Drops what is held."""
        with self._changed:
            self._dropped += self._item is not None
            self._item = None
            self._changed.notify_all()

    def close(self) -> None:
        """Takes no more items, and lets every waiting thread go. What is held can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
