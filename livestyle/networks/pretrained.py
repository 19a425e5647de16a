"""ImageNet weights: from a file of the user's, or torchvision's own."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from livestyle.errors import TrainingError


def imagenet_weights(architecture: str, path: Path | None, option: str, what: str = "") -> dict[str, Tensor]:
    """The state dict of a network that torchvision has, under torchvision's names.

    Args:
        architecture: torchvision's name of the network: "vgg16", "inception_v3" ...
        path: A safetensors file. None: torchvision's own weights, downloaded once into torch's cache with a progress
            bar and their hash checked.
        option: How the command line is told of a file.
        what: What to call the weights in errors; the architecture by default.

    Raises:
        TrainingError: The weights can't be had.
    """
    if path is not None:
        return _read(path, what or architecture)
    from torchvision import models

    try:
        weights = models.get_model_weights(architecture)["IMAGENET1K_V1"]
        return dict(weights.get_state_dict(progress=True, check_hash=True))
    except OSError as error:
        raise TrainingError(
            f"The weights of {architecture} are not in torch's cache and can't be downloaded ({error}). "
            f"Connect once, or give a local safetensors file with {option}."
        ) from error


def _read(path: Path, what: str) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise TrainingError(f"Can't read {what} weights from {path}: it is missing or no safetensors file.") from error
