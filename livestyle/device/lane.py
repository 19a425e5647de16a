"""All that happens to batches of one kind, on fixed memory of the device, so that it can be asked for as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.compose import FADE_BELOW
from livestyle.depth import QUANTILES, Tones, amount_of
from livestyle.device.change import Noise
from livestyle.device.compose import compose
from livestyle.device.depth import Deepening, Seen
from livestyle.device.pictures import Reduction, enlarged, rounded
from livestyle.device.steadier import Hold, Past, steadied
from livestyle.look import Colors, Look
from livestyle.steady.change import shrunk_hw
from livestyle.steady.flow import Map
from livestyle.steady.steadier import GATE_UP_TO, KEPT_MOVING, KEPT_STILL
from livestyle.stylizer.ferry import upload
from livestyle.stylizer.resident import Resident
from livestyle.stylizer.stylizer import Code

Held = Literal["nothing", "still", "moving"]
"""What is held still."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done to a batch of pictures, but for the amounts.

    Attributes:
        batch: How many pictures.
        size_hw: Their size.
        painted_hw: The size at which the network paints them.
        held: What is held still of the paintings.
        deepens: Whether their masses are moved.
        colors: Whose colours they get.
        fades: Whether they fade into the photos.
    """

    batch: int
    size_hw: tuple[int, int]
    painted_hw: tuple[int, int]
    held: Held
    deepens: bool
    colors: Colors
    fades: bool

    @property
    def small_hw(self) -> tuple[int, int]:
        """The size at which photos are compared."""
        return shrunk_hw(*self.painted_hw)


def task_of(batch: int, size_hw: tuple[int, int], painted_hw: tuple[int, int], look: Look) -> Task:
    """What a look asks to be done."""
    held: Held = "nothing" if look.steady == 0 else "still" if look.steady <= GATE_UP_TO else "moving"
    return Task(batch, size_hw, painted_hw, held, amount_of(look) > 0, look.colors, look.strength < FADE_BELOW)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What changes from batch to batch.

    Attributes:
        code: The style, (K,).
        tones: Of the style's picture; None where they are not known.
        look: Its strength, steadiness and depth.
        most_kept: The share of the paintings before that one may have at most.
        begins: Whether the paintings before have nothing to do with these.
        forgets_noise: Whether what is known of the photos' noise hasn't either.
        begins_depth: Whether the photos before haven't.
    """

    code: Code
    tones: Tones | None
    look: Look
    most_kept: float
    begins: bool
    forgets_noise: bool
    begins_depth: bool

    def numbers(self) -> Map:
        """All in one, (K + `QUANTILES` + 7,), as `_Numbers` takes them apart."""
        steady = self.look.steady
        singles = [
            1 - min(self.most_kept, KEPT_STILL * min(1.0, steady / GATE_UP_TO)),
            1 - min(self.most_kept, KEPT_MOVING * (steady / GATE_UP_TO - 1)),
            self.begins,
            self.forgets_noise,
            0.0 if self.tones is None else amount_of(self.look),
            self.begins_depth,
            min(1.0, self.look.strength / FADE_BELOW),
        ]
        tones = np.zeros(QUANTILES, np.float32) if self.tones is None else self.tones
        return np.concatenate([self.code, tones, np.asarray(singles, np.float32)])


class _Numbers:
    """`Amounts` on the device: views of one tensor."""

    def __init__(self, code_size: int, device: torch.device) -> None:
        self.all = torch.zeros(code_size + QUANTILES + 7, device=device)
        self.code, self.tones, singles = torch.split(self.all, [code_size, QUANTILES, 7])
        self.least, self.least_moving, self.begins, self.forgets, self.depth, self.begins_depth, self.share = (
            singles.unbind()
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What lanes remember from batch to batch; those of one kind share it."""

    noise: Noise
    past: Past | None
    """None where nothing is held still."""
    seen: Seen | None
    """None where nothing is deepened."""

    @property
    def state(self) -> list[Tensor]:
        """All tensors that are written to."""
        return [tensor for kept in (self.noise, self.past, self.seen) if kept is not None for tensor in kept.state]


class Lane:
    """The fixed memory of a task, and what carries it out.

    Args:
        resident: The network.
        task: What to do.
        memory: Of what was done before. It is as before once the lane is open.
    """

    def __init__(self, resident: Resident, task: Task, memory: Memory) -> None:
        device = resident.ferry.device
        self.memory = memory
        self._network = resident.network
        self._task = task
        self._photos = torch.zeros((task.batch, *task.size_hw, 3), dtype=torch.uint8, device=device)
        self._painted = torch.empty_like(self._photos)
        self._flows = torch.zeros((task.batch, 2, *task.small_hw), device=device) if task.held == "moving" else None
        self._numbers = _Numbers(self._network.code_size, device)
        self._reduce = Reduction(task.size_hw, task.painted_hw, device)
        self._shrink = Reduction(task.painted_hw, task.small_hw, device)
        self._deepening = Deepening(task.painted_hw, device) if task.deepens else None
        before = [tensor.clone() for tensor in memory.state]
        self._run = resident.repeated(self._work)
        for tensor, kept in zip(memory.state, before, strict=True):
            tensor.copy_(kept)

    def paint(self, photos: Tensor, amounts: Amounts, flows: Map | None) -> Tensor:
        """Carries the task out, without waiting for it.

        Args:
            photos: RGB uint8 (N, H, W, 3), on the device.
            amounts: How.
            flows: (N, 2, h, w), where what moves is held still: where each pixel of the small photos was in the one
                before.

        Returns:
            RGB uint8 (N, H, W, 3), on the device; the next call writes over it.
        """
        self._photos.copy_(photos)
        upload(amounts.numbers(), self._numbers.all)
        if flows is not None and self._flows is not None:
            upload(flows, self._flows)
        self._run()
        return self._painted

    def _work(self) -> None:
        task = self._task
        photos = self._photos.permute(0, 3, 1, 2)
        is_smaller = task.painted_hw != task.size_hw
        # One by one: each depends on the one before it, one fills a GPU, and what is in between stays in its cache.
        for i in range(task.batch):
            photo = photos[i : i + 1]
            small = rounded(self._reduce(photo)) if is_smaller else photo
            painting = self._followed(small, self._through_network(small), i)
            if is_smaller:
                painting = rounded(enlarged(painting, task.size_hw, cubic=True))
            if task.colors != "painting" or task.fades:
                share = self._numbers.share if task.fades else None
                painting = compose(photo.float(), painting, task.colors, share)
            self._painted[i : i + 1].copy_(painting.permute(0, 2, 3, 1))

    def _through_network(self, photo: Tensor) -> Tensor:
        """RGB bytes (1, 3, H, W), of any type, to float32 bytes."""
        height, width = self._task.painted_hw
        multiple, dtype = self._network.multiple, next(self._network.parameters()).dtype
        below, right = -height % multiple, -width % multiple
        fitted = photo.to(dtype, memory_format=torch.channels_last) / 255
        if below or right:
            fitted = functional.pad(fitted, (0, right, 0, below), mode="reflect")
        painted = self._network(fitted, self._numbers.code[None])
        return rounded(painted[:, :, :height, :width].float() * 255).contiguous()

    def _followed(self, photo: Tensor, painting: Tensor, i: int) -> Tensor:
        """What is done to the i-th painting (1, 3, H, W) at the size at which it was painted."""
        numbers, memory = self._numbers, self.memory
        is_first = i == 0
        if memory.past is not None:
            hold = Hold(
                numbers.least,
                numbers.least_moving,
                numbers.begins if is_first else None,
                numbers.forgets if is_first else None,
            )
            flow = None if self._flows is None else self._flows[i : i + 1]
            painting = steadied(rounded(self._shrink(photo)), painting, memory.past, memory.noise, hold, flow)
        if self._deepening is not None and memory.seen is not None:
            begins = numbers.begins_depth if is_first else None
            painting = self._deepening.deepen(photo, painting, memory.seen, numbers.tones, numbers.depth, begins)
        return painting
