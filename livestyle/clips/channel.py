"""A bounded way from one thread to another that drops nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Condition
from typing import Generic, Self, TypeVar

T = TypeVar("T")

# Windows delivers Ctrl-C only between waits, so no wait is longer than this.
_WAIT_S = 0.5


class ChannelCancelled(Exception):  # noqa: N818 - it says that, not what, went wrong
    """The other end gave up: stop, its own error says why."""


class Channel(Generic[T]):
    """Hands items from one thread to another, in order, at most `capacity` waiting.

    A full channel makes the producer wait, an empty one the consumer. As a context manager it closes for whoever holds
    it. Left normally it ends: what waits is still delivered, then the iteration stops. Left by an exception it is
    cancelled: the other end gets `ChannelCancelled` at its next step, so that nobody ever waits for one who is gone.

    Args:
        capacity: How many items may wait, at least 1.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._ended = False
        self._cancelled = False
        self._changed = Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.end()
        else:
            self.cancel()

    def put(self, item: T) -> None:
        """Hands an item over, waiting while the channel is full.

        Raises:
            ChannelCancelled: The channel was cancelled.
        """
        with self._changed:
            while len(self._items) >= self._capacity and not self._cancelled:
                self._changed.wait(_WAIT_S)
            if self._cancelled:
                raise ChannelCancelled
            self._items.append(item)
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        """Yields what is handed over, until the end.

        Raises:
            ChannelCancelled: The channel was cancelled.
        """
        while True:
            with self._changed:
                while not (self._items or self._ended or self._cancelled):
                    self._changed.wait(_WAIT_S)
                if self._cancelled:
                    raise ChannelCancelled
                if not self._items:
                    return
                item = self._items.popleft()
                self._changed.notify_all()
            yield item

    def end(self) -> None:
        """Says that no more items come. What waits is still delivered."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def cancel(self) -> None:
        """Stops both ends at their next step and forgets what waits."""
        with self._changed:
            self._cancelled = True
            self._items.clear()
            self._changed.notify_all()
