"""What pauses and stops work that another thread does."""

from __future__ import annotations

from threading import Condition

# Windows delivers Ctrl-C only between waits, so no wait is longer than this.
_WAIT_S = 0.5


class Stopped(Exception):  # noqa: N818 - it says that, not what, went wrong
    """The work was told to stop."""


class Stop:
    """Tells work to pause, to go on, or to stop for good. Any thread may tell it.

    The work calls `check` often: wherever it can wait without losing anything, and be given up.
    """

    def __init__(self) -> None:
        self._paused = False
        self._stopped = False
        self._changed = Condition()

    def stop(self) -> None:
        """Stops the work for good, paused or not."""
        self._tell(paused=False, stopped=True)

    def pause(self) -> None:
        """Holds the work until `go_on` or `stop`."""
        self._tell(paused=True)

    def go_on(self) -> None:
        """Lets paused work go on."""
        self._tell(paused=False)

    def check(self) -> None:
        """Waits while the work is paused. Takes next to no time while it is not.

        Raises:
            Stopped: It is to stop.
        """
        with self._changed:
            while self._paused:
                self._changed.wait(_WAIT_S)
            if self._stopped:
                raise Stopped

    def _tell(self, *, paused: bool, stopped: bool = False) -> None:
        with self._changed:
            self._stopped = self._stopped or stopped
            self._paused = paused and not self._stopped
            self._changed.notify_all()
