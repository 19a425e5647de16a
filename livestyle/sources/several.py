"""Several sources in one text: a line for each."""

from __future__ import annotations

from collections.abc import Iterable


def as_list(texts: Iterable[str]) -> str:
    """The text that names several sources, to be shown one after the other."""
    return "\n".join(texts)


def in_list(text: str) -> list[str]:
    """The sources that a text names, one or several."""
    return [line.strip() for line in text.split("\n") if line.strip()]
