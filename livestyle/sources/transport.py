"""Where films stand, and where the user wants them: pause, go on, seek, loop, the next one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Transport:
    """Steers films that play in real time. Any thread may ask for anything at any moment; who plays them looks here.

    Args:
        duration_s: How long the film is; None where that is not known.
        loops: Whether it, or the list of films, starts again at its end.
        films: How many films there are, one after the other.
    """

    def __init__(self, duration_s: float | None, *, loops: bool, films: int = 1) -> None:
        self.duration_s = duration_s
        self.loops = loops
        self.films = films
        self.film = 0
        """Which of them is on."""
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
        self._wanted_film: deque[int] = deque(maxlen=1)

    @property
    def is_paused(self) -> bool:
        """Whether the film stands still, by the user's will or at its end."""
        return self._is_paused or self.is_over

    @property
    def holds(self) -> bool:
        """Whether the frame on show stays."""
        return self._is_paused and not self.is_wanted_elsewhere

    @property
    def is_wanted_elsewhere(self) -> bool:
        """Whether a seek, or another film, waits to be carried out."""
        return bool(self._wanted_s) or self.is_other_wanted

    @property
    def is_other_wanted(self) -> bool:
        """Whether another film of the list is asked for."""
        return bool(self._wanted_film)

    @property
    def loops_film(self) -> bool:
        """Whether the film itself starts again at its end, and no other follows."""
        return self.loops and self.films == 1

    def toggle(self) -> None:
        """Pauses, or goes on; at the end, begins again."""
        if self.is_over:
            self._is_paused = False
            if self.films > 1:
                self._wanted_film.append(0)
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

    def skip(self, films: int) -> None:
        """Goes so many films on in the list, or back; from one end of it to the other. Nothing where there is one."""
        if self.films == 1:
            return
        wanted = [*self._wanted_film] or [self.film]
        self._wanted_film.append((wanted[0] + films) % self.films)
        self.wake()

    def begin(self, film: int, duration_s: float | None) -> None:
        """Takes note of which film is on now, from its start.

        Args:
            film: Its number in the list.
            duration_s: How long it is; None where that is not known.
        """
        self.film, self.duration_s, self.position_s = film, duration_s, 0.0

    def take_wanted_s(self) -> float | None:
        """Where to go to, told once; None for on."""
        if not self._wanted_s:
            return None
        self.is_over, self._jumped = False, True
        return self._wanted_s.pop()

    def take_wanted_film(self) -> int | None:
        """Which film of the list to go to, told once; None for on. Where to go in the one before is forgotten."""
        if not self._wanted_film:
            return None
        self.is_over, self._jumped = False, True
        self._wanted_s.clear()
        return self._wanted_film.pop()

    def take_jumped(self) -> bool:
        """Whether time has not gone on evenly since this was last asked, so that no frame is late."""
        jumped, self._jumped = self._jumped, False
        return jumped
