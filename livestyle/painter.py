"""The painter: a stylizer and its styles, turning photos and a look into paintings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import cv2
import numpy as np

from livestyle.compose import compose
from livestyle.depth import Depth, Tones, amount_of
from livestyle.fade import moved
from livestyle.look import Look
from livestyle.steady.steadier import Steadier
from livestyle.styles.catalog import mixed_code, mixed_tones
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Finish, Images, Stylizer

if TYPE_CHECKING:
    from livestyle.device.painter import DevicePainter
    from livestyle.stylizer.ferry import Work
    from livestyle.stylizer.resident import Resident

log = logging.getLogger(__name__)

REDUCTIONS = (1.0, 0.75, 0.5)
"""How much smaller a picture may be painted. A stylizer has to be made ready for every size (OpenVINO: 0.3 s), so there
are few, and someone who moves a slider meets two such moments at most. Strokes grow evenly all the same: the picture is
made smaller than it need be, and the code, which costs nothing to change, makes up for that."""

JUMP = 0.5
"""A look that changes by more than this from one painting to the next is another: what was painted before would show
through."""
BEHIND = 0.05
"""How far a look that fades may be behind at most, by the paintings before that are averaged in. Before a still camera
the past then halves the flicker of a fade of 2 s and shows no more than it does of a look that stands (2.2 steps of 255
off the painting alone, against 1.6); twice as far behind it shows twice as much, and without a limit 16 steps of it in
a fade of 0.5 s."""


def most_kept(step: float) -> float:
    """How much of the paintings before may go into one whose look has changed: 1 for all, 0 for nothing.

    An average that keeps a share k of the past is k / (1 - k) paintings behind, so the faster a look changes, the
    shorter must be the past.

    Args:
        step: How far the look has moved since the painting before, as `fade.moved` has it.
    """
    return 0.0 if step > JUMP else BEHIND / (BEHIND + step)


class Painter:
    """Paints batches in any look of one network. Used from the one thread that owns the stylizer.

    With a steady or deep look, what it paints depends on what it has painted before: pictures come in order of time.
    Where the network lives on a GPU, all that happens to a picture happens there; otherwise on the processor.

    Args:
        file: The network's styles.
        stylizer: Runs that network.
    """

    def __init__(self, file: StyleFile, stylizer: Stylizer) -> None:
        self.file = file
        self.stylizer = stylizer
        self._code_of: tuple[Look, int] | None = None
        self._code: Code = file.identity
        self._has_other_styles = False
        """Whether the code may be another one, though the look is the same."""
        self._tones: Tones | None = None
        self._most_kept = 1.0
        """How much of the past the next painting may keep."""
        self._processor = _ProcessorPainter(stylizer)
        self._device: DevicePainter | None = None
        self._device_lacks_something = False

    def use_styles(self, file: StyleFile) -> None:
        """Goes on with other styles of the same network; one that paints a little otherwise is as a look that moves."""
        self.file, self._has_other_styles = file, True

    def painted_hw(self, size_hw: tuple[int, int], look: Look) -> tuple[int, int]:
        """The size at which the stylizer paints a picture.

        It is smaller than the picture if that is the only way to strokes bolder than the boldest that were learnt.
        """
        stroke_px, boldest_px = look.stroke * min(size_hw), self.file.stroke_px[-1]
        share = next((share for share in REDUCTIONS if share * stroke_px <= boldest_px), REDUCTIONS[-1])
        if share == 1.0:
            return size_hw
        # Multiples of 4, which the networks take without a detour.
        height, width = (max(4, round(share * side / 4) * 4) for side in size_hw)
        return height, width

    @property
    def works_ahead(self) -> bool:
        """Whether a GPU may paint while the processor does something else, so that `begin` is worth it."""
        resident = self._resident()
        return resident is not None and resident.ferry.in_flight > 1

    @property
    def ends_apart(self) -> bool:
        """Whether what `begin` gives may be called in another thread, one for all, in order.

        Where the processor does what comes after the network, the network paints the next pictures meanwhile.
        """
        return self._resident() is None

    def is_ready(self, batch: int, size_hw: tuple[int, int], look: Look) -> bool:
        """Whether all one-time work for such pictures is done."""
        painted_hw = self.painted_hw(size_hw, look)
        device = self._device_for(painted_hw)
        painter = self._processor if device is None else device
        return painter.is_ready(batch, size_hw, painted_hw, look)

    def warm_up(self, batch: int, size_hw: tuple[int, int], look: Look) -> None:
        """Does all one-time work for such pictures.

        Raises:
            BackendError: The device gave up.
        """
        painted_hw = self.painted_hw(size_hw, look)
        device = self._device_for(painted_hw)
        if device is not None:
            photos = np.zeros((batch, *size_hw, 3), np.uint8)
            if self.begin_work(photos, device.opening(batch, size_hw, painted_hw, look)) is not None:
                return
        self._processor.warm_up(batch, size_hw, painted_hw, look)

    def paint(self, photos: Images, look: Look) -> Images:
        """Paints.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            look: How.

        Returns:
            RGB uint8 (N, H, W, 3).

        Raises:
            StyleError: A style of the look is not in the file.
            BackendError: The device gave up.
        """
        return self.begin(photos, look)()

    def begin(self, photos: Images, look: Look) -> Finish:
        """Starts to paint; a GPU goes on with it while the processor does something else.

        The next batch may be begun before this one is waited for. They are waited for in order.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            look: How.

        Returns:
            What waits for the paintings, RGB uint8 (N, H, W, 3). It raises `BackendError` if the device gives up.

        Raises:
            StyleError: A style of the look is not in the file.
            BackendError: The device gave up.
        """
        if look.strength == 0:
            self.forget()
            return lambda: photos
        work = self.work(photos, look)
        finish = None if work is None else self.begin_work(photos, work)
        if finish is not None:
            return finish
        painted_hw = self.painted_hw((photos.shape[1], photos.shape[2]), look)
        code = self.code(look, min(painted_hw))
        return self._processor.begin(photos, painted_hw, code, self._tones, look, self._take_most_kept())

    def work(self, photos: Images, look: Look) -> Work | None:
        """What a GPU does to pictures to paint them: to be begun next, and on them alone.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            look: How.

        Returns:
            The work, for `begin_work`; None where the processor has to do its part.

        Raises:
            StyleError: A style of the look is not in the file.
            BackendError: The stylizer is closed.
        """
        painted_hw = self.painted_hw((photos.shape[1], photos.shape[2]), look)
        code = self.code(look, min(painted_hw))
        device = self._device_for(painted_hw)
        if device is None:
            return None
        if look.strength == 0:
            self.forget()
            return lambda uploaded: uploaded
        return device.work(photos, painted_hw, code, self._tones, look, self._take_most_kept())

    def begin_work(self, photos: Images, work: Work) -> Finish | None:
        """Starts work of a GPU, this painter's own or what includes it.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            work: What `work` gave for them.

        Returns:
            As of `begin`; None if it turns out that the GPU can't do it.

        Raises:
            BackendError: The device gave up.
        """
        assert self._device is not None
        try:
            return self._device.begin(photos, work)
        except NotImplementedError as error:
            log.warning("The GPU runs the network, and the processor does the rest: %s", error)
            self._device_lacks_something, self._device = True, None
            return None

    def code(self, look: Look, lines: int) -> Code:
        """The style code (K,) of a look in a picture painted with so many lines; the last one is remembered."""
        if (look, lines) != self._code_of or self._has_other_styles:
            code = mixed_code(self.file, look, lines)
            if not np.array_equal(code, self._code):
                before, lines_before = self._code_of or (None, 0)
                step = 1.0
                if before is not None and lines_before == lines:
                    step = self._step_to(code) if self._has_other_styles else moved(before, look)
                kept = min(self._most_kept, most_kept(step))
                if kept == 0:
                    self.forget()  # or the style before would show through
                self._most_kept = kept or 1.0
            self._code, self._code_of, self._has_other_styles = code, (look, lines), False
            self._tones = mixed_tones(self.file, look)
        return self._code

    def _step_to(self, code: Code) -> float:
        """How far another code is away, as `fade.moved` has it: full strength is 1."""
        reach = float(np.linalg.norm(self._code - self.file.identity))
        return float(np.linalg.norm(code - self._code)) / max(reach, 1e-6)

    def _take_most_kept(self) -> float:
        """How much of the past the next painting may keep; those after it all, until the look changes again."""
        most, self._most_kept = self._most_kept, 1.0
        return most

    def renew(self) -> None:
        """From now on nothing counts of what was painted before the call before this one.

        It costs no more than what holds paintings still does; on a GPU, where it would, the past goes on.
        """
        self._processor.renew()

    def forget(self) -> None:
        """Forgets what was painted before: the next picture has nothing to do with it."""
        self._processor.forget()
        if self._device is not None:
            self._device.forget()

    def _device_for(self, painted_hw: tuple[int, int]) -> DevicePainter | None:
        """What paints pictures of a size on a GPU; None if the processor has to."""
        resident = self._resident()
        if resident is None:
            return None
        from livestyle.device.painter import DevicePainter, fits  # imports torch

        if not fits(resident, painted_hw):
            return None
        if self._device is None:
            self._device = DevicePainter(resident)
        return self._device

    def _resident(self) -> Resident | None:
        return None if self._device_lacks_something else self.stylizer.resident()


class _ProcessorPainter:
    """Has the network run by a stylizer, and does all else with OpenCV."""

    def __init__(self, stylizer: Stylizer) -> None:
        self._stylizer = stylizer
        self._memory = _Memory()
        self._next_memory: _Memory | None = None
        """Of what came since the memory was last renewed: it takes over at the next time."""
        self._forgets = self._renews = False
        """Whether the next pictures have nothing to do with those before, and whether memory is renewed before them."""
        self._warm: set[tuple[int, tuple[int, int]]] = set()

    def is_ready(self, batch: int, size_hw: tuple[int, int], painted_hw: tuple[int, int], look: Look) -> bool:
        return (batch, painted_hw) in self._warm

    def warm_up(self, batch: int, size_hw: tuple[int, int], painted_hw: tuple[int, int], look: Look) -> None:
        self._stylizer.warm_up(batch, *painted_hw)
        self._warm.add((batch, painted_hw))

    def begin(
        self,
        photos: Images,
        painted_hw: tuple[int, int],
        code: Code,
        tones: Tones | None,
        look: Look,
        most_kept: float,
    ) -> Finish:
        small = _resized(photos, painted_hw, cv2.INTER_AREA)
        paintings = self._stylizer.stylize(small, code)
        forgets, self._forgets = self._forgets, False
        renews, self._renews = self._renews, False
        return lambda: self._finish(photos, small, paintings, tones, look, most_kept, forgets=forgets, renews=renews)

    def forget(self) -> None:
        self._forgets = True

    def renew(self) -> None:
        self._renews = True

    def _finish(
        self,
        photos: Images,
        small: Images,
        paintings: Images,
        tones: Tones | None,
        look: Look,
        most_kept: float,
        *,
        forgets: bool,
        renews: bool,
    ) -> Images:
        """All after the network. What is remembered is touched here alone, so that it may be another thread."""
        if forgets:
            self._memory, self._next_memory = _Memory(), _Memory() if self._next_memory else None
        if renews:
            self._memory, self._next_memory = self._next_memory or self._memory, _Memory()
        if self._next_memory is not None:
            self._next_memory.held(small, paintings.copy(), tones, look, most_kept)
        paintings = self._memory.held(small, paintings, tones, look, most_kept)
        paintings = _resized(paintings, (photos.shape[1], photos.shape[2]), cv2.INTER_CUBIC)
        for photo, painting in zip(photos, paintings, strict=True):
            painting[:] = compose(photo, painting, look)
        return paintings


class _Memory:
    """What is remembered of pictures, for those after them."""

    def __init__(self) -> None:
        self._steadier: Steadier | None = None
        self._depth = Depth()

    def held(self, photos: Images, paintings: Images, tones: Tones | None, look: Look, most_kept: float) -> Images:
        """Paintings held still, and deep; they may be written to."""
        paintings = self._steadied(photos, paintings, look.steady, most_kept)
        for photo, painting in zip(photos, paintings, strict=True):
            painting[:] = self._depth.deepen(photo, painting, tones, amount_of(look))
        return paintings

    def _steadied(self, photos: Images, paintings: Images, amount: float, most_kept: float) -> Images:
        if amount == 0:
            self._steadier = None
            return paintings
        if self._steadier is None:
            self._steadier = Steadier()
        return self._steadier.steady(photos, paintings, amount, most_kept)


def _resized(pictures: Images, size_hw: tuple[int, int], interpolation: int) -> Images:
    """Pictures (N, H, W, 3) at a size; themselves if they have it."""
    if pictures.shape[1:3] == size_hw:
        return pictures
    height, width = size_hw
    return np.stack([cv2.resize(picture, (width, height), interpolation=interpolation) for picture in pictures])
