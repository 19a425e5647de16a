"""Networks with the weights of a file."""

from __future__ import annotations

import numpy as np
import torch

from livestyle.errors import StyleError
from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.styles.file import StyleFile


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
