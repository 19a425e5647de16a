"""What was measured, and what its means are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from livestyle.evaluation.store import Row

DRAWS = 2000
LEVEL = 0.95

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Record:
    """The figures of one picture, or one clip.

    Attributes:
        method: What painted it.
        style: In the manner of which painting.
        scene: The photo or clip.
        figures: By their names.
    """

    method: str
    style: str
    scene: str
    figures: Row


@dataclass(frozen=True)
class Estimate:
    """A mean, or a ratio of means, with the interval that holds the true one in 95 of 100 cases."""

    value: float
    low: float
    high: float


class Results:
    """Records, averaged.

    Intervals come from a bootstrap over styles and scenes at once, each record weighing as often as its style times as
    often as its scene was drawn (Owen 2007, "The pigeonhole bootstrap"): pictures that share a photo or a painting are
    not independent. Not every style needs to meet every scene.

    Args:
        records: In any order; the first mention of a method, style or scene decides its place.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = list(records)
        self.methods = list(dict.fromkeys(r.method for r in records))
        self.styles = list(dict.fromkeys(r.style for r in records))
        self.scenes = list(dict.fromkeys(r.scene for r in records))

    def at(self, scene: str) -> Results:
        """The records of one scene."""
        return Results([r for r in self.records if r.scene == scene])

    def count(self, method: str) -> int:
        """How many records a method has."""
        return sum(r.method == method for r in self.records)

    def mean(self, method: str, figure: str) -> Estimate | None:
        """The mean of a figure; None where the method doesn't have it."""
        values = self._matrix(method, figure)
        return self._estimate(values, np.isfinite(values).astype(np.float64))

    def ratio(self, method: str, other: str, figure: str) -> Estimate | None:
        """The mean of a figure over the mean of another method's on the same pictures."""
        ours, theirs = self._matrix(method, figure), self._matrix(other, figure)
        both = np.isfinite(ours) & np.isfinite(theirs)
        return self._estimate(np.where(both, ours, np.nan), np.where(both, theirs, 0.0))

    def by_style(self, method: str, figure: str) -> dict[str, float]:
        """Style -> mean of a figure, for the styles that the method has."""
        values = self._matrix(method, figure)
        return {
            name: float(np.nanmean(values[i])) for i, name in enumerate(self.styles) if np.isfinite(values[i]).any()
        }

    def _matrix(self, method: str, figure: str) -> Array:
        """(styles, scenes), NaN where there is no such figure."""
        values = np.full((len(self.styles), len(self.scenes)), np.nan)
        rows, columns = ({name: i for i, name in enumerate(names)} for names in (self.styles, self.scenes))
        for record in self.records:
            if record.method == method:
                values[rows[record.style], columns[record.scene]] = record.figures.get(figure, np.nan)
        return values

    @cached_property
    def _draws(self) -> tuple[Array, Array]:
        """How often each style and each scene is drawn: (DRAWS, styles), (DRAWS, scenes)."""
        rng = np.random.default_rng(0)
        styles, scenes = (
            rng.multinomial(n, [1 / n] * n, DRAWS).astype(np.float64) for n in (len(self.styles), len(self.scenes))
        )
        return styles, scenes

    def _estimate(self, above: Array, below: Array) -> Estimate | None:
        above = np.nan_to_num(above)
        if not below.any():
            return None
        styles, scenes = self._draws
        tops, bottoms = (((styles @ values) * scenes).sum(1) for values in (above, below))
        ratios = tops[bottoms > 0] / bottoms[bottoms > 0]
        low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Estimate(float(above.sum() / below.sum()), float(low), float(high))
