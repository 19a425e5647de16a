"""Paints batches on the device where the network lives."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

import cv2
import numpy as np
from torch import Tensor

from livestyle.depth import LINES, Tones
from livestyle.device.change import Noise
from livestyle.device.depth import Seen, masses_hw
from livestyle.device.lane import Amounts, Lane, Memory, Task, task_of
from livestyle.device.steadier import Past
from livestyle.frame import Image
from livestyle.look import Look
from livestyle.steady.flow import Flow, Map
from livestyle.stylizer.failure import failure, is_about_memory, reason
from livestyle.stylizer.ferry import Work
from livestyle.stylizer.resident import Resident
from livestyle.stylizer.stylizer import Code, Finish, Images

KEPT_TASKS = 4
"""Tasks to keep memory and a graph for."""


def fits(resident: Resident, painted_hw: tuple[int, int]) -> bool:
    """Whether pictures are large enough: those of a few pixels are smaller than their own borders."""
    return min(painted_hw) >= max(LINES, resident.network.min_side_px)


class DevicePainter:
    """Does to pictures what `painter.Painter` decides. Used from the one thread that owns the stylizer.

    Args:
        resident: The network.
    """

    def __init__(self, resident: Resident) -> None:
        self._resident = resident
        self._lanes: OrderedDict[Task, Lane] = OrderedDict()
        self._pasts: WeakValueDictionary[tuple[int, int], Past] = WeakValueDictionary()
        self._seen: dict[tuple[int, int], Seen] = {}
        self._noise: Noise | None = None
        self._flow = Flow()
        self._before: Image | None = None
        self._held_hw: tuple[int, int] | None = None
        """The size of the paintings that are remembered."""
        self._knows_noise = False
        self._seen_hw: tuple[int, int] | None = None
        """The size of the light and dark that is remembered."""

    def is_ready(self, batch: int, size_hw: tuple[int, int], painted_hw: tuple[int, int], look: Look) -> bool:
        """Whether all one-time work for such pictures is done."""
        return task_of(batch, size_hw, painted_hw, look) in self._lanes

    def opening(self, batch: int, size_hw: tuple[int, int], painted_hw: tuple[int, int], look: Look) -> Work:
        """All one-time work for such pictures, which leaves them as they are."""
        task = task_of(batch, size_hw, painted_hw, look)

        def opened(photos: Tensor) -> Tensor:
            self._lane(task)
            return photos

        return opened

    def begin(self, photos: Images, work: Work) -> Finish:
        """Starts work on pictures.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            work: What to do to them.

        Returns:
            What waits for the result. It raises what this function does.

        Raises:
            DeviceMemoryError: Too large for the device's memory.
            BackendError: The device gave up.
            NotImplementedError: It lacks something.
        """
        with self._survived(photos):
            finish = self._resident.ferry.carry(photos, work)

        def finished() -> Images:
            with self._survived(photos):
                return finish()

        return finished

    def work(
        self,
        photos: Images,
        painted_hw: tuple[int, int],
        code: Code,
        tones: Tones | None,
        look: Look,
        most_kept: float = 1.0,
    ) -> Work:
        """How pictures are painted: work that is to be begun next, and for them alone.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            painted_hw: At which size.
            code: In which style.
            tones: The light and dark of that; None where they are not known.
            look: All else.
            most_kept: The share of the paintings before that one may have at most.
        """
        task = task_of(len(photos), (photos.shape[1], photos.shape[2]), painted_hw, look)
        self._forget_all_but(task)
        seen_hw = masses_hw(task.painted_hw)
        amounts = Amounts(
            code,
            tones,
            look,
            most_kept,
            begins=self._held_hw != task.painted_hw,
            forgets_noise=not self._knows_noise,
            begins_depth=self._seen_hw != seen_hw,
        )
        if task.held != "nothing":
            self._held_hw, self._knows_noise = task.painted_hw, True
        if task.deepens:
            self._seen_hw = None if tones is None else seen_hw
        flows = self._flows(photos, task.small_hw) if task.held == "moving" else None
        return lambda uploaded: self._lane(task).paint(uploaded, amounts, flows)

    def forget(self) -> None:
        """Forgets what was painted before: the next picture has nothing to do with it."""
        self._before = self._held_hw = self._seen_hw = None
        self._knows_noise = False

    def _forget_all_but(self, task: Task) -> None:
        if task.held != "moving":
            self._before = None
        if task.held == "nothing":
            self._held_hw, self._knows_noise = None, False
        if not task.deepens:
            self._seen_hw = None

    def _lane(self, task: Task) -> Lane:
        if task in self._lanes:
            self._lanes.move_to_end(task)
        else:
            while len(self._lanes) >= KEPT_TASKS:
                self._lanes.popitem(last=False)
            self._lanes[task] = Lane(self._resident, task, self._memory(task))
        return self._lanes[task]

    def _memory(self, task: Task) -> Memory:
        device = self._resident.ferry.device
        self._noise = self._noise or Noise(device)
        past = seen = None
        if task.held != "nothing":
            past = self._pasts.get(task.painted_hw) or Past(task.painted_hw, task.small_hw, device)
            self._pasts[task.painted_hw] = past
        if task.deepens:
            seen_hw = masses_hw(task.painted_hw)
            seen = self._seen.setdefault(seen_hw, Seen(seen_hw, device))
        return Memory(self._noise, past, seen)

    def _flows(self, photos: Images, small_hw: tuple[int, int]) -> Map:
        """(N, 2, h, w): where each pixel of small photos was in the one before; zeros where that is not known."""
        flows = np.zeros((len(photos), 2, *small_hw), np.float32)
        for flow, photo in zip(flows, photos, strict=True):
            small, before = _reduced(photo, small_hw), self._before
            if before is not None and before.shape == small.shape:
                flow[:] = np.moveaxis(self._flow.back(small, before), 2, 0)
            self._before = small
        return flows

    @contextmanager
    def _survived(self, photos: Images) -> Iterator[None]:
        try:
            yield
        except (MemoryError, RuntimeError) as error:
            self.forget()
            self._lanes.clear()
            self._resident.free()
            # Where Metal lacks something that isn't always said as it should be.
            if self._resident.backend != "CUDA" and not is_about_memory(error):
                raise NotImplementedError(reason(error)) from error
            raise failure(self._resident.backend, error, photos) from error


def _reduced(photo: Image, size_hw: tuple[int, int]) -> Image:
    if photo.shape[:2] == size_hw:
        return photo.copy()  # it is looked at again with the next one, when the caller may have written to it
    return np.asarray(cv2.resize(photo, size_hw[::-1], interpolation=cv2.INTER_AREA), np.uint8)
