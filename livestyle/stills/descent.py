"""Descends from a picture to a better one, from coarse to fine: what is large is settled while it is cheap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from livestyle.stills.goal import Parts
from livestyle.stills.tensors import resized

ADAM_RATE = 0.02
FIRST_STEP = 0.01
"""How much L-BFGS changes colours first, in the mean. Its own way, 1 over all pixels together, is next to nothing."""

OptimizerName = Literal["lbfgs", "adam"]
Loss = Callable[[Tensor], tuple[Parts, Tensor]]
"""Of a picture (1, 3, H, W): the loss, and its gradient of the same shape."""


@dataclass(frozen=True)
class Reached:
    """Where it is: `done` of `total` iterations, at a size in px (height, width), and the loss."""

    done: int
    total: int
    size_hw: tuple[int, int]
    parts: Parts


class _EnoughError(Exception):
    """All evaluations are made."""


class Descent:
    """A descent at one size after the other. `best()` is at any time the best so far, also after an interrupt.

    Args:
        levels: Sizes in px (height, width), from coarse to fine, and how many evaluations each takes at most.
        start: Makes the picture (1, 3, H, W) to begin with.
        loss: Makes what to descend, for a size.
        method: L-BFGS with a strong Wolfe line search, or Adam, which takes less memory.
        history: How many steps L-BFGS remembers.
        detail: Makes the photo of a size. A finer level then begins with the photo's detail of that size added to what
            the coarser one came to (as Kolkin et al., 1904.12785), and not with a blur.
    """

    def __init__(
        self,
        levels: Sequence[tuple[tuple[int, int], int]],
        start: Callable[[tuple[int, int]], Tensor],
        loss: Callable[[tuple[int, int]], Loss],
        method: OptimizerName = "lbfgs",
        history: int = 50,
        detail: Callable[[tuple[int, int]], Tensor] | None = None,
    ) -> None:
        self._levels, self._start, self._loss = levels, start, loss
        self._method, self._history, self._detail = method, history, detail
        self._best: Tensor | None = None
        self._best_loss = float("inf")

    def run(self, on_progress: Callable[[Reached], None]) -> None:
        """Goes through all levels."""
        total = sum(count for _, count in self._levels)
        done = 0
        picture: Tensor | None = None
        for size_hw, count in self._levels:
            picture = self._start(size_hw) if picture is None else self._finer(picture, size_hw)
            # A finer size has a loss of its own, so the best so far is judged anew.
            self._best, self._best_loss = picture.clone(), float("inf")

            def note(parts: Parts, size_hw: tuple[int, int] = size_hw) -> None:
                nonlocal done
                done += 1
                on_progress(Reached(done, total, size_hw, parts))

            self._descend(self._loss(size_hw), picture, count, note)
            picture = self._best

    def best(self) -> Tensor:
        """The best picture so far (1, 3, H, W); before the first evaluation, the one to begin with."""
        return self._start(self._levels[0][0]) if self._best is None else self._best

    def _finer(self, picture: Tensor, size_hw: tuple[int, int]) -> Tensor:
        finer = resized(picture, size_hw)
        if self._detail is None:
            return finer
        coarse = self._detail((picture.shape[2], picture.shape[3]))
        return finer + self._detail(size_hw) - resized(coarse, size_hw)

    def _descend(self, loss: Loss, picture: Tensor, count: int, note: Callable[[Parts], None]) -> None:
        """Makes `count` evaluations, starting from a picture."""
        # L-BFGS does not mind the unit, but that its first step is 1 of it, summed over all pixels.
        unit = FIRST_STEP * picture.numel() if self._method == "lbfgs" else 1.0
        x = (picture / unit).requires_grad_()
        left = count

        def evaluate() -> Tensor:
            nonlocal left
            if left == 0:
                raise _EnoughError
            seen = x.detach() * unit
            parts, gradient = loss(seen)
            if parts.total < self._best_loss:
                self._best, self._best_loss = seen, parts.total
            x.grad = gradient * unit
            left -= 1
            note(parts)
            return torch.tensor(parts.total, device=x.device)

        if self._method == "adam":
            adam = torch.optim.Adam([x], lr=ADAM_RATE)
            while left > 0:
                adam.step(evaluate)
                with torch.no_grad():
                    x.clamp_(0, 1)
            return
        while left > 0:
            lbfgs = torch.optim.LBFGS(
                [x],
                max_iter=left,
                max_eval=left,
                history_size=self._history,
                tolerance_grad=0,
                tolerance_change=0,
                line_search_fn="strong_wolfe",
            )
            before = left
            with suppress(_EnoughError):  # a line search goes beyond `max_eval`
                lbfgs.step(evaluate)  # type: ignore[no-untyped-call]
            # It ends early where the line search finds nothing better: from there it starts anew, without its memory.
            if before - left <= 2:
                return
