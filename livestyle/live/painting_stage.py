"""The stage that paints: holds the painter of the moment, makes it ready, and gets over its failures."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np

from livestyle.errors import DeviceMemoryError, LivestyleError, StyleError
from livestyle.frame import Image, Mask
from livestyle.live.automatic import AutomaticLines
from livestyle.live.controls import Controls
from livestyle.live.decisions import FLUENT_FPS, LINES, PAINTER_RETRIES, fewer_lines, retry_delay_s, scaled_hw
from livestyle.live.message import Kind, Message, Tell, Topic
from livestyle.log import see_log
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.regions import Parted
from livestyle.styles.file import StyleFile
from livestyle.stylizer.fastest import TRIED_HW
from livestyle.stylizer.stylizer import BackendInfo, Finish, Stylizer

log = logging.getLogger(__name__)

OpenStylizer = Callable[[StyleFile], tuple[Stylizer, Sequence[str]]]
"""Opens a stylizer for a style file, and says which backends would not serve, and why. Raises `BackendError`."""

PROBE_HW = TRIED_HW
PROBES = 5


class PaintingStage:
    """A painter that is made ready as the controls ask. Used by one thread, which does all the stylizer's work.

    For each frame: `adjust` to the controls, `prepare` unless it `is_ready`, then `paint` a picture of `size_hw`, or
    `begin` to, and finish it once the next is begun where that `works_ahead`.

    Errors end here. They become messages, and `paint` gives None while nothing can be painted: a device out of memory
    gets fewer lines, one that fails otherwise is opened anew a few times, a style file that can't be used is given up.

    Args:
        open_stylizer: Opens the device.
        tell: Takes messages.
        clock: Monotonic seconds.
    """

    def __init__(self, open_stylizer: OpenStylizer, tell: Tell, clock: Callable[[], float] = time.perf_counter) -> None:
        self._open_stylizer = open_stylizer
        self._tell = tell
        self._clock = clock
        self._file: StyleFile | None = None
        self._look: Look | None = None
        self._lines: int | None = None
        self._outside: Look | None = None
        self._painter: Painter | None = None
        self._outer: Painter | None = None
        """Paints in the look outside: what one painter holds still is nothing to the other."""
        self._automatic: AutomaticLines | None = None
        self.took_s = 0.0
        """How long the last painting kept the device."""
        self._done_s = float("-inf")
        self._frames, self._rate_fps = 1, FLUENT_FPS
        self._most_lines: int | None = None
        self._failures = 0
        self._open_from_s: float | None = float("-inf")
        """When the device may be opened; None for never, until the controls change."""

    @property
    def info(self) -> BackendInfo | None:
        """What paints; None while nothing does."""
        return None if self._painter is None else self._painter.stylizer.info

    @property
    def works_ahead(self) -> bool:
        """Whether the next painting may be begun before the last is finished."""
        return self._painter is not None and self._painter.works_ahead

    def adjust(self, controls: Controls, frames: int = 1) -> None:
        """Takes over what the controls say; a change wipes out the limits found by earlier failures.

        Args:
            controls: The controls.
            frames: How many frames' time a painting may take, where the device is to choose its size.
        """
        self._look = controls.look
        if controls.outside is None and self._outside is not None and self._outer is not None:
            self._outer.forget()
        self._outside = controls.outside
        if (frames, controls.rate_fps) != (self._frames, self._rate_fps):
            self._frames, self._rate_fps = frames, controls.rate_fps
            if self._automatic is not None:
                self._automatic = AutomaticLines(self._automatic.seconds_per_px, frames, self._rate_fps)
        if controls.file is self._file and controls.lines == self._lines:
            return
        if self._file is None or controls.file.weights is not self._file.weights:
            self.close()
            self._automatic = None
        else:  # the same network with other styles
            for painter in self._painters():
                painter.use_styles(controls.file)
        self._file, self._lines = controls.file, controls.lines
        self._most_lines, self._failures, self._open_from_s = None, 0, float("-inf")

    def size_hw(self, source_hw: tuple[int, int]) -> tuple[int, int]:
        """The size to paint frames of a source at."""
        lines = self._lines
        if lines is None:
            lines = LINES[0] if self._automatic is None else self._automatic.lines(source_hw)
        if self._most_lines is not None:
            lines = min(lines, self._most_lines)
        return scaled_hw(source_hw, lines)

    def is_ready(self, source_hw: tuple[int, int]) -> bool:
        """Whether `prepare` would have nothing to do; also true when nothing can be done."""
        if self._painter is None or self._look is None:
            return self._open_from_s is None or self._clock() < self._open_from_s
        is_judged = self._lines is not None or self._automatic is not None
        size_hw = self.size_hw(source_hw)
        return is_judged and all(painter.is_ready(1, size_hw, look) for painter, look in self._parts(self._look))

    def open(self) -> None:
        """Opens the device, which may take seconds, and does what needs no size to be known."""
        self._tell(Message(Kind.BUSY, Topic.PAINTER, "Getting ready to paint."))
        with self._survive(PROBE_HW):
            self._open_painters()

    def prepare(self, source_hw: tuple[int, int]) -> None:
        """Opens the device if need be and does its one-time work for size and look; may take seconds."""
        is_asked_for = self._painter is None or self._lines is not None
        if is_asked_for:
            self._tell(Message(Kind.BUSY, Topic.PAINTER, "Getting ready to paint."))
        with self._survive(source_hw):
            self._open_painters()
            assert self._look is not None
            for painter, look in self._parts(self._look):
                painter.warm_up(1, self.size_hw(source_hw), look)
            self._tell(Message(Kind.CLEAR, Topic.PAINTER))

    def paint(self, photo: Image, source_hw: tuple[int, int]) -> Image | None:
        """Paints as the controls say.

        Args:
            photo: RGB uint8 (H, W, 3), of `size_hw`.
            source_hw: Size of the source's frames.

        Returns:
            RGB uint8 (H, W, 3); None when nothing can be painted.
        """
        return self.begin(photo, source_hw)()

    def begin(self, photo: Image, source_hw: tuple[int, int], mask: Mask | None = None) -> Callable[[], Image | None]:
        """Starts to paint, and gives what waits for the painting; otherwise as `paint`.

        Args:
            photo: As for `paint`.
            source_hw: As for `paint`.
            mask: (H, W): where it is black the look outside is painted; None for nowhere.
        """
        start_s = self._clock()
        look, finish = self._look, None
        if self._painter is not None and look is not None:
            with self._survive(source_hw):
                inside, *outside = self._parts(look)
                if mask is None or not outside:
                    finish = self._painter.begin(photo[None], look)
                else:
                    finish = Parted(lambda _: mask, inside, *outside).begin(photo[None])
        if finish is None or look is None:
            return lambda: None
        return partial(self._finish, finish, photo, look, source_hw, start_s)

    def _finish(
        self, finish: Finish, photo: Image, look: Look, source_hw: tuple[int, int], start_s: float
    ) -> Image | None:
        with self._survive(source_hw):
            painting: Image = finish()[0]
            now_s = self._clock()
            # Until the one before was done the device had that to do.
            self.took_s, self._done_s = now_s - max(start_s, self._done_s), now_s
            # At strength 0 nothing is painted, which takes no time at any size.
            if self._lines is None and self._automatic is not None and look.strength > 0:
                self._automatic.add(self.took_s, (photo.shape[0], photo.shape[1]), source_hw, now_s)
            self._failures = 0
            return painting
        return None

    def forget(self) -> None:
        """Forgets what was painted before: the next picture is of another source."""
        for painter in self._painters():
            painter.forget()

    def close(self) -> None:
        """Frees the device."""
        if self._painter is not None:
            self._painter.stylizer.close()
        self._painter = self._outer = None

    def _painters(self) -> list[Painter]:
        return [painter for painter in (self._painter, self._outer) if painter is not None]

    def _parts(self, look: Look) -> list[tuple[Painter, Look]]:
        """Who paints what: the look, and the one outside if there is one."""
        looks = [look] if self._outside is None else [look, self._outside]
        return list(zip(self._painters(), looks, strict=False))

    def _open_painters(self) -> None:
        """Opens the device if need be, and judges it if it is to choose its size."""
        if self._painter is None:
            assert self._file is not None
            stylizer, refusals = self._open_stylizer(self._file)
            for refusal in refusals:
                self._tell(Message(Kind.NOTE, Topic.PAINTER, refusal))
            self._painter, self._outer = Painter(self._file, stylizer), Painter(self._file, stylizer)
        if self._lines is None and self._automatic is None:
            self._automatic = AutomaticLines(self._probe(self._painter.stylizer), self._frames, self._rate_fps)

    def _probe(self, stylizer: Stylizer) -> float:
        """Seconds a pixel, from a few small pictures: sizes are judged by it before one of them is compiled."""
        stylizer.warm_up(1, *PROBE_HW)
        photos = np.zeros((1, *PROBE_HW, 3), np.uint8)
        code = np.zeros(stylizer.code_size, np.float32)
        times_s = []
        for _ in range(PROBES):
            start_s = self._clock()
            stylizer.stylize(photos, code)
            times_s.append(self._clock() - start_s)
        return min(times_s) / (PROBE_HW[0] * PROBE_HW[1])

    @contextmanager
    def _survive(self, source_hw: tuple[int, int]) -> Iterator[None]:
        try:
            yield
        except (DeviceMemoryError, MemoryError):
            self._take_fewer_lines(min(self.size_hw(source_hw)))
        except LivestyleError as error:
            self._fail(str(error), for_good=isinstance(error, StyleError))
        except Exception:
            log.exception("Painting failed")
            self._fail(see_log("Painting failed"))

    def _take_fewer_lines(self, lines: int) -> None:
        fewer = fewer_lines(lines)
        if fewer is None:
            self._fail("The device has too little memory to paint.", for_good=True)
            return
        self._most_lines = fewer
        text = f"The device has too little memory for {lines} lines, so {fewer} are painted."
        self._tell(Message(Kind.CLEAR, Topic.PAINTER))
        self._tell(Message(Kind.NOTE, Topic.PAINTER, text))

    def _fail(self, text: str, *, for_good: bool = False) -> None:
        self._failures += 1
        self.close()
        give_up = for_good or self._failures > PAINTER_RETRIES
        self._open_from_s = None if give_up else self._clock() + retry_delay_s(self._failures)
        self._tell(Message(Kind.PROBLEM, Topic.PAINTER, text if give_up else f"{text} Trying again."))
