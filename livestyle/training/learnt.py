"""What has been learnt of a picture so far, and how one process tells another. Imports no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

STEPS_A_SECOND = 5
"""Steps of `learning` that two cores of a processor with AVX-512 do for the narrow network. A time to learn is a number
of steps, so that the same time and chance give the same code, on a slow machine too."""


@dataclass(frozen=True)
class Learnt:
    """Where learning is.

    Attributes:
        codes: The best codes so far, float32 (S, K).
        steps: How many steps have been done.
        closer: How much nearer to the picture these codes paint than the predicted ones, 0 to 1: by how much of itself
            the style loss has come down, on photos that are judged by only.
        is_over: Nothing follows.
    """

    codes: npt.NDArray[np.float32]
    steps: int
    closer: float
    is_over: bool

    def to_line(self) -> str:
        """All of it as a line of JSON."""
        return json.dumps([self.codes.tolist(), self.steps, self.closer, self.is_over])

    @classmethod
    def from_line(cls, line: str) -> Self:
        """What `to_line` wrote. Raises `ValueError` for anything else."""
        codes, steps, closer, is_over = json.loads(line)
        return cls(np.asarray(codes, np.float32), int(steps), float(closer), bool(is_over))
