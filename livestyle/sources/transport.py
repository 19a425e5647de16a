"""Where a film stands, and where the user wants it: pause, go on, seek, loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Transport:
    """Steers a film that plays in real time. Any thread may ask for anything at any moment; who plays it looks here.

    Args:
        duration_s: How long the film is; None where that is not known.
        loops: Whether it starts again at its end.
    """

    def __init__(self, duration_s: float | None, *, loops: bool) -> None:
        self.duration_s = duration_s
        self.loops = loops
        self.position_s = 0.0
        """The time stamp in the film of the frame shown last."""
        self.shown: tuple[float, float] | None = None
        """A time stamp in the film, and when that frame was shown on the clock of the show."""
        self.is_over = False
        """Whether the last frame has been shown, and none follows."""
        self.wake: Callable[[], object] = lambda: None
        """Called when something is asked for: who holds a frame looks again."""
        self._is_paused = False
        self._jumped = False
        self._wanted_s: deque[float] = deque(maxlen=1)

    @property
    def is_paused(self) -> bool:
        """Whether the film stands still, by the user's will or at its end."""
        return self._is_paused or self.is_over

    @property
    def holds(self) -> bool:
        """Whether the frame on show stays."""
        return self._is_paused and not self._wanted_s

    @property
    def is_wanted_elsewhere(self) -> bool:
        """Whether a seek waits to be carried out."""
        return bool(self._wanted_s)

    def toggle(self) -> None:
        """Pauses, or goes on; at the end, begins again."""
        if self.is_over:
            self._is_paused = False
            self.seek(0.0)
            return
        self._is_paused = not self._is_paused
        self._jumped = True
        self.wake()

    def seek(self, time_s: float) -> None:
        """Goes to a time of the film; while it is paused the frame there is shown."""
        most_s = time_s if self.duration_s is None else min(time_s, self.duration_s)
        self._wanted_s.append(max(0.0, most_s))
        self.wake()

    def take_wanted_s(self) -> float | None:
        """Where to go to, told once; None for on."""
        if not self._wanted_s:
            return None
        self.is_over, self._jumped = False, True
        return self._wanted_s.pop()

    def take_jumped(self) -> bool:
        """Whether time has not gone on evenly since this was last asked, so that no frame is late."""
        jumped, self._jumped = self._jumped, False
        return jumped
