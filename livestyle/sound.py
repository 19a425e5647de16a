"""A piece of sound: what flows from a microphone or a film to the sinks that want it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ = 48000
"""Samples a second, everywhere inside livestyle: what cameras, players and broadcasters use."""
CHANNELS = 2

Samples = npt.NDArray[np.float32]
"""(N, CHANNELS), -1 to 1."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Some milliseconds of sound.

    Attributes:
        samples: float32 (N, CHANNELS) at `RATE_HZ`. Treat it as read-only.
        time_s: When the first of them was heard, on the clock that tells when frames were taken.
    """

    samples: Samples
    time_s: float

    @property
    def end_s(self) -> float:
        """When the sample after the last was heard."""
        return self.time_s + len(self.samples) / RATE_HZ
