"""Sound brought onto the clock of the show: a sound card counts seconds of its own.

Cards are off by up to some hundred millionths, 0.4 s an hour. So samples are counted, as that is even where arrival is
not, and what is counted is compared with the clock once a second; a little faster or slower than it came, by far less
than can be heard, the sound then stays with the clock.
"""

from __future__ import annotations

from statistics import median

import numpy as np

from livestyle.sound import CHANNELS, RATE_HZ, Samples, Sound

EVERY_S = 1.0
"""The clock is looked at so often; single pieces arrive when the system finds time."""
BANDWIDTH_HZ = 0.05
"""How fast an error goes, in radians a second: over 20 s, in which what a piece came late by averages out."""
MOST_OFF = 500e-6
"""No faster or slower than this: a hundredth of a semitone."""
JUMP_S = 0.1
"""An error that is larger comes of no clock: samples were lost, or the computer slept. The time jumps then."""

_HALF = 8
_RUN_OFF = 0.05
"""While the places between the samples move by no more than this, they are taken for mixtures of the first and last."""


class Servo:
    """Decides how much faster sound is to be taken, from how far it is off (a PI controller, critically damped)."""

    def __init__(self) -> None:
        self._learnt = 0.0

    def see(self, error_s: float, passed_s: float) -> float:
        """The share by which to be faster from now on: 1e-6 is a millionth.

        Args:
            error_s: How much earlier than it was heard the sound is told to be.
            passed_s: Time since this was last asked.
        """
        learnt = self._learnt - BANDWIDTH_HZ**2 * error_s * passed_s
        self._learnt = min(MOST_OFF, max(-MOST_OFF, learnt))
        return min(MOST_OFF, max(-MOST_OFF, self._learnt - 2 * BANDWIDTH_HZ * error_s))


class Steering:
    """Takes sound as it comes in, and gives it on the clock that it is stamped by.

    Between samples it is interpolated, by a windowed sinc over 16 of them, so that no change of the rate clicks.
    """

    def __init__(self) -> None:
        self._servo = Servo()
        self._step = 1.0
        self._held: Samples = np.zeros((_HALF, CHANNELS), np.float32)
        self._at = float(_HALF)
        """Where in `_held` the next sample to give lies."""
        self._time_s: float | None = None
        """When that was heard."""
        self._errors_s: list[float] = []
        self._seen = 0

    def hear(self, samples: Samples, time_s: float) -> Sound | None:
        """Takes a piece of sound.

        Args:
            samples: float32 (N, CHANNELS), about `RATE_HZ` a second.
            time_s: When its first sample was heard; what the system adds to it may vary from piece to piece.

        Returns:
            As much as can be given by now; None for nothing. A time that jumps ahead leaves a gap before it; one that
            jumps back is of sound to be taken instead of some that was given.
        """
        if self._time_s is None:
            self._time_s = time_s
        told_s = self._time_s + (len(self._held) - self._at) / self._step / RATE_HZ
        self._errors_s.append(time_s - told_s)
        self._seen += len(samples)
        if self._seen >= EVERY_S * RATE_HZ:
            self._time_s += self._steer(median(self._errors_s), self._seen / RATE_HZ)
        self._held = np.concatenate((self._held, samples))
        runs: list[Samples] = []
        while (count := min(self._run_length(), len(self._held) - _HALF - 1 - int(self._at))) > 0:
            runs.append(self._run(count))
            self._at += count * self._step
            done = int(self._at) - _HALF
            self._held, self._at = self._held[done:], self._at - done
        if not runs:
            return None
        sound = Sound(np.concatenate(runs), self._time_s)
        self._time_s += len(sound.samples) / RATE_HZ
        return sound

    def _steer(self, error_s: float, passed_s: float) -> float:
        """Looks at the clock; returns how far the time jumps."""
        self._errors_s, self._seen = [], 0
        if abs(error_s) > JUMP_S:
            return error_s
        self._step = 1 + self._servo.see(error_s, passed_s)
        return 0.0

    def _run_length(self) -> int:
        return int(_RUN_OFF / max(abs(self._step - 1), 1e-6))

    def _run(self, count: int) -> Samples:
        """The next samples, a few: a mixture of two that are interpolated at one place between all samples each."""
        first = int(self._at)
        around = self._held[first + 1 - _HALF : first + _HALF + 1 + count]
        begin, end = self._at - first, self._at - first + count * (self._step - 1)
        share = (np.arange(count, dtype=np.float32) / count)[:, None]
        return np.asarray((1 - share) * _between(around, begin) + share * _between(around, end), np.float32)


def _between(samples: Samples, place: float) -> Samples:
    """What lies so far behind each of the samples, from the eighth on, -1 to 2; interpolated."""
    distance = np.arange(1 - _HALF, _HALF + 2) - place
    window = np.where(np.abs(distance) < _HALF, np.cos(np.pi * distance / (2 * _HALF)) ** 2, 0)
    weights = np.sinc(distance) * window
    weights = np.asarray(weights / weights.sum(), np.float32)[::-1]
    channels = [np.convolve(samples[:, channel], weights, "valid") for channel in range(CHANNELS)]
    return np.stack(channels, axis=1)
