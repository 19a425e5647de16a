"""The hand-over between two threads of a live picture: it holds the newest and drops the rest."""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds the newest items; putting one more drops the oldest, and counts it.

    Args:
        capacity: How many items are kept. More than 1 only where a hiccup of the taker must cost none of them.
    """

    def __init__(self, capacity: int = 1) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
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
            wait: Wait for room instead of dropping the oldest.
        """
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if self._closed:
                self._dropped += 1
                return
            if len(self._items) == self._capacity:
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._changed.notify_all()

    def take(self, timeout_s: float | None = None) -> T | None:
        """Waits for an item and takes it; None when the slot is closed and empty, or when the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._items), timeout_s)
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def clear(self) -> None:
        """Drops what is held."""
        with self._changed:
            self._dropped += len(self._items)
            self._items.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Takes no more items, and lets every waiting thread go. What is held can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
