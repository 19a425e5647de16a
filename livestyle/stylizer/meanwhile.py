"""Has one stylizer paint while a faster one gets ready: what a live show opens.

That is a device that takes long to compile for, or the processor in the precision that turns out the fastest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from livestyle.errors import BackendError, LivestyleError
from livestyle.styles.file import StyleFile
from livestyle.stylizer.failure import reason
from livestyle.stylizer.fastest import BACKENDS, BACKENDS_OF, CPU, Open, open_stylizer
from livestyle.stylizer.stylizer import Code, Images, Stylizer

log = logging.getLogger(__name__)

PAINTINGS_FIRST = 30
"""Before so many pictures have been painted no precision is measured: the first painting comes sooner."""


def _openvino_at_once(file: StyleFile) -> Stylizer:
    """OpenVINO in float32 until it is measured which precision is the fastest, which takes seconds but once."""
    from livestyle.stylizer.openvino_backend import OpenVinoStylizer, known_precision

    known = known_precision(file)
    if known is not None:
        return OpenVinoStylizer(file, known)
    now = OpenVinoStylizer(file, "f32")
    later = partial(OpenVinoStylizer, file)
    return Meanwhile(now, later, lambda why: log.warning("Float32 goes on: %s", why), PAINTINGS_FIRST)


LIVE_BACKENDS: Mapping[str, Open] = {**BACKENDS, "OpenVINO": _openvino_at_once}


def open_meanwhile(
    file: StyleFile, device: str, tell: Callable[[str], None], *, backends: Mapping[str, Open] = LIVE_BACKENDS
) -> tuple[Stylizer, list[str]]:
    """Opens a stylizer as `open_stylizer` does, but where the processor stands by it paints until the device is ready.

    Args:
        file: The network.
        device: As for `open_stylizer`.
        tell: Takes a sentence, from any thread, if the device turns out not to serve.
        backends: Name -> what opens it.

    Raises:
        BackendError: As of `open_stylizer`.
        StyleError: As of `open_stylizer`.
    """
    first, *others = BACKENDS_OF.get(device, [""])
    if tuple(others) != CPU:
        return open_stylizer(file, device, backends=backends)
    now, refusals = open_stylizer(file, "cpu", backends=backends)
    return Meanwhile(now, partial(backends[first], file), lambda why: tell(f"{first} can't be used: {why}")), refusals


class Meanwhile(Stylizer):
    """Paints with one stylizer, and with another one whatever size that is ready for.

    That one is opened, and gets ready for one size after the other, in a thread of its own; while that thread works it
    is not painted with. Should it fail, then or later, or compute as the first does, the first goes on alone.

    Args:
        now: Paints from the start; closed with this one.
        open_later: Opens the other.
        tell: Takes a sentence, why the other does not serve.
        after: How many batches the first paints before the other is opened.
    """

    def __init__(
        self, now: Stylizer, open_later: Callable[[], Stylizer], tell: Callable[[str], None], after: int = 0
    ) -> None:
        self.info, self.code_size = now.info, now.code_size
        self._now = now
        self._tell = tell
        self._later: Stylizer | None = None
        self._ready: set[tuple[int, ...]] = set()
        self._worker = ThreadPoolExecutor(1, "livestyle-warm-up")
        self._is_closed = False
        self._at_work: Future[None] | None = None
        self._open_later = open_later
        self._to_paint_first = after
        if after == 0:
            self._begin()

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        later = self._ready_for(images.shape[:3])
        if later is not None:
            try:
                return self._paint(later, images, code)
            except BackendError as error:
                self._give_up(error)
        painted = self._paint(self._now, images, code)
        if self._to_paint_first > 0:
            self._to_paint_first -= 1
            if self._to_paint_first == 0:
                self._begin()
        return painted

    def close(self) -> None:
        """Frees both; what the other is still busy with it ends in its thread."""
        self._now.close()
        if not self._is_closed:
            self._is_closed = True
            self._worker.submit(self._close_later)
            self._worker.shutdown(wait=False)

    def _begin(self) -> None:
        self._at_work = self._worker.submit(self._open)

    def _paint(self, stylizer: Stylizer, images: Images, code: Code) -> Images:
        stylizer.times = self.times
        self.info = stylizer.info
        return stylizer.stylize(images, code)

    def _ready_for(self, shape: tuple[int, ...]) -> Stylizer | None:
        """The other one if it is ready to paint in a shape (N, H, W), for which it otherwise gets ready soon."""
        if self._is_closed or (self._at_work is not None and not self._at_work.done()):
            return None
        if self._at_work is not None:
            error, self._at_work = self._at_work.exception(), None
            if error is not None:
                self._give_up(error)
            elif self._later is not None and self._later.info == self._now.info:
                self._let_go()
        if self._later is None or shape in self._ready:
            return self._later
        self._at_work = self._worker.submit(self._warm_up, self._later, shape)
        return None

    def _give_up(self, error: BaseException) -> None:
        if isinstance(error, LivestyleError):
            log.info("%s", error)  # the caller tells the user
        else:
            log.error("A device could not be made ready", exc_info=error)
        self._tell(reason(error))
        self._let_go()

    def _let_go(self) -> None:
        later, self._later = self._later, None
        if later is not None:
            self._worker.submit(later.close)

    # In the thread:

    def _open(self) -> None:
        self._later = self._open_later()

    def _warm_up(self, later: Stylizer, shape: tuple[int, ...]) -> None:
        batch, height, width = shape
        later.warm_up(batch, height, width)
        self._ready.add(shape)

    def _close_later(self) -> None:
        if self._later is not None:
            self._later.close()
