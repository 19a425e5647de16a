"""The shares of the styles in a mix: always in the order in which the styles came, always summing to 1."""

from __future__ import annotations

from collections.abc import Mapping

Shares = Mapping[str, float]
"""Name of a style -> its share, 0 to 1. The first one leads: it is the style that was chosen, the others came to it."""


def added(shares: Shares, name: str) -> dict[str, float]:
    """One more style, with as much as it would have among equals; the others give way evenly."""
    share = 1 / (len(shares) + 1)
    return {**{other: kept * (1 - share) for other, kept in shares.items()}, name: share}


def without(shares: Shares, name: str) -> dict[str, float]:
    """One style fewer; the others grow evenly."""
    return normalized({other: share for other, share in shares.items() if other != name})


def with_share(shares: Shares, name: str, share: float) -> dict[str, float]:
    """Another share for one style. The others divide the rest as they did before; evenly if they had nothing."""
    if len(shares) == 1:
        return {name: 1.0}
    others = normalized({other: kept for other, kept in shares.items() if other != name})
    return {each: share if each == name else others[each] * (1 - share) for each in shares}


def normalized(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of 0 or more as shares; equal ones if all are 0."""
    total = sum(weights.values())
    if total == 0:
        return {name: 1 / len(weights) for name in weights}
    return {name: weight / total for name, weight in weights.items()}
