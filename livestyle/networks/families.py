"""The families of networks, a line each: all that the rest of the program has to know about one.

No torch here, so that styles are listed without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livestyle.errors import StyleError

if TYPE_CHECKING:
    from livestyle.networks.code import StyledNetwork


@dataclass(frozen=True)
class NetworkSpec:
    """Which network the weights are of; `livestyle.networks.build` makes it."""

    family: str
    """One of `FAMILIES`."""
    width: int
    frozen: bool = False
    """Whether the norms are told their statistics by the code (`networks.frozen`). Never so in a file."""


@dataclass(frozen=True)
class Family:
    """A kind of network.

    Attributes:
        build: Width -> a network with fresh weights.
        real_time: Whether it paints unless another family is asked for.
        reads_pictures: Whether its networks make codes of pictures themselves, without a predictor
            (`networks.code.PictureNetwork`); otherwise styles have to be trained.
        torch_only: Whether OpenVINO is not asked to paint with it, as it has no fast kernels for the family's work.
    """

    build: Callable[[int], StyledNetwork]
    real_time: bool = False
    reads_pictures: bool = False
    torch_only: bool = False


def _s2d(width: int) -> StyledNetwork:
    from livestyle.networks.transform import TransformNetwork

    return TransformNetwork(width)


def _johnson(width: int) -> StyledNetwork:
    from livestyle.networks.johnson import JohnsonNetwork

    return JohnsonNetwork(width)


def _adain(width: int) -> StyledNetwork:
    from livestyle.networks.adain import AdainNetwork

    return AdainNetwork(width)


def _patches(width: int) -> StyledNetwork:
    from livestyle.networks.patches import PatchNetwork

    return PatchNetwork(width)


FAMILIES: dict[str, Family] = {
    "s2d": Family(_s2d, real_time=True),
    "johnson": Family(_johnson),
    "adain-2": Family(_adain, reads_pictures=True),
    "patches": Family(_patches, reads_pictures=True, torch_only=True),
}


def family_of(name: str) -> Family:
    """The family of that name.

    Raises:
        StyleError: There is none.
    """
    if name not in FAMILIES:
        raise StyleError(f"This livestyle knows no network family {name!r}; there are {', '.join(FAMILIES)}.")
    return FAMILIES[name]
