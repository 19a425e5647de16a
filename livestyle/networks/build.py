"""Makes the network that a style file names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from livestyle.errors import StyleError
from livestyle.networks.adain import AdainNetwork
from livestyle.networks.code import StyledNetwork
from livestyle.networks.frozen import freeze
from livestyle.networks.johnson import JohnsonNetwork
from livestyle.networks.patches import PatchNetwork
from livestyle.networks.transform import TransformNetwork
from livestyle.styles.file import NetworkSpec, StyleFile

FAMILIES: dict[str, Callable[[int], StyledNetwork]] = {
    "s2d": TransformNetwork,
    "johnson": JohnsonNetwork,
    "adain": AdainNetwork,
    "patches": PatchNetwork,
}


def build_network(spec: NetworkSpec) -> StyledNetwork:
    """A network with fresh weights.

    Raises:
        StyleError: The family is unknown.
    """
    if spec.family not in FAMILIES:
        raise StyleError(f"This livestyle knows no network family {spec.family!r}; there are {', '.join(FAMILIES)}.")
    network = FAMILIES[spec.family](spec.width)
    return freeze(network) if spec.frozen else network


def load_network(file: StyleFile) -> StyledNetwork:
    """The network of a style file, in float32, ready to paint.

    Raises:
        StyleError: The weights don't fit the network.
    """
    network = build_network(file.spec)
    state = {name: torch.from_numpy(np.asarray(array, np.float32)) for name, array in file.weights.items()}
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise StyleError("The style file's weights don't fit its network: the file is damaged.") from error
    codes = [file.identity, *(style.codes for style in file.styles.values())]
    if any(code.shape[-1] != network.code_size for code in codes):
        raise StyleError("The style file's codes don't fit its network: the file is damaged.")
    return network.eval().requires_grad_(False)
