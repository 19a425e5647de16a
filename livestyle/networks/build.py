"""Makes the network that a spec names."""

from __future__ import annotations

from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import NetworkSpec, family_of
from livestyle.networks.frozen import freeze


def build_network(spec: NetworkSpec) -> StyledNetwork:
    """A network with fresh weights.

    Raises:
        StyleError: The family is unknown.
    """
    network = family_of(spec.family).build(spec.width)
    return freeze(network) if spec.frozen else network
