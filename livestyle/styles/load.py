"""Networks with the weights of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from livestyle.errors import StyleError
from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.styles.document import Tensors
from livestyle.styles.file import StyleFile

M = TypeVar("M", bound=nn.Module)


def load_network(file: StyleFile) -> StyledNetwork:
    """The network of a style file, in float32, ready to paint.

    Raises:
        StyleError: The weights or the codes don't fit the network.
    """
    network = with_weights(lambda: build_network(file.spec), file.weights, "style file's weights don't fit its network")
    codes = [file.identity, *(style.codes for style in file.styles.values())]
    if any(code.shape[-1] != network.code_size for code in codes):
        raise StyleError("The style file's codes don't fit its network: the file is damaged.")
    return network


def with_weights(build: Callable[[], M], weights: Tensors, complaint: str) -> M:
    """A module with the weights of a file, in float32, frozen.

    It is first built without memory: what a file says about its network may ask for more than there is.

    Args:
        build: Makes the module.
        weights: Parameter name -> array.
        complaint: What to say if they are not those of the module.

    Raises:
        StyleError: They are not.
    """
    with torch.device("meta"), _Unfilled():
        state = _built(build, complaint).state_dict()
    # Single numbers are written as arrays of one.
    shapes = {name: tuple(value.shape) or (1,) for name, value in state.items()}
    if shapes != {name: array.shape or (1,) for name, array in weights.items()}:
        raise StyleError(f"The {complaint}: the file is damaged.")
    module = build()
    module.load_state_dict({name: torch.from_numpy(np.asarray(array, np.float32)) for name, array in weights.items()})
    return module.eval().requires_grad_(False)


def _built(build: Callable[[], M], complaint: str) -> M:
    try:
        return build()
    except (RuntimeError, ValueError, ZeroDivisionError) as error:  # no network has that width
        raise StyleError(f"The {complaint}: the file is damaged.") from error


class _Unfilled(TorchFunctionMode):
    """Draws no random numbers: on the meta device torch would first import its compiler for it, which takes seconds."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is Tensor.normal_:
            return args[0]
        return None if func is nn.init.normal_ else func(*args, **(kwargs or {}))
