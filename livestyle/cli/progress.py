"""How far a command has got: a bar on standard error."""

from __future__ import annotations

from typing import Any, Self


class Bar:
    """A progress bar with speed and time left."""

    def __init__(self, what: str, unit: str) -> None:
        from tqdm import tqdm

        self._bar: Any = tqdm(desc=what, unit=f" {unit}s", dynamic_ncols=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._bar.leave = kind is None  # an error's sentence stands alone
        self._bar.close()

    def __call__(self, done: int, total: int | None) -> None:
        """Shows how much is done, of how much: None if there is no telling."""
        self._bar.total = total
        self._bar.update(done - self._bar.n)
