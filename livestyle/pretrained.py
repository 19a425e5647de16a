"""Networks with ImageNet weights: from a file of the user's, the front of VGG-16 that ships, or torchvision's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from livestyle.errors import TrainingError
from livestyle.networks.encoders import Encoder, build_encoder
from livestyle.networks.vgg import CONVS_PER_STAGE, Architecture, Pooling, VggFeatures
from livestyle.styles.bundled import FRONT, bundled_folder

TORCHVISIONS = {
    "vgg16": ("vgg16", ""),
    "inception_v3": ("inception_v3", ""),
    "mobilenet_v3": ("mobilenet_v3_large", "features."),
}
"""Encoder -> torchvision's name of its network, and what names of its weights begin with there."""


def load_vgg(
    layers: Iterable[str],
    architecture: Architecture = "vgg16",
    weights_path: Path | None = None,
    pooling: Pooling = "max",
) -> VggFeatures:
    """Makes a `VggFeatures` with ImageNet weights.

    Args:
        layers: Layers to be asked for.
        architecture: Which VGG.
        weights_path: A safetensors file with torchvision's names. None: those that ship, if they go as deep as the
            layers, else torchvision's own, downloaded once into torch's cache with their hash checked.
        pooling: See `VggFeatures`.

    Raises:
        TrainingError: There is no such VGG or layer, or the weights can't be had or don't fit.
    """
    if architecture not in CONVS_PER_STAGE:
        raise TrainingError(f"There is no architecture {architecture!r}: choose {' or '.join(CONVS_PER_STAGE)}.")
    network = VggFeatures(layers, architecture, pooling)
    own = network.state_dict()
    state = _imagenet_weights(architecture, weights_path, "--vgg", own, "VGG")
    try:
        network.load_state_dict({name: state[name].float() for name in own})
    except (KeyError, RuntimeError) as error:
        raise TrainingError(f"{weights_path or architecture} does not hold the weights of a {architecture}.") from error
    return network.eval()


def load_encoder(name: str, path: Path | None = None) -> Encoder:
    """An encoder to train a predictor with: those that are frozen with their ImageNet weights.

    Args:
        name: One of `networks.encoders.ENCODERS`.
        path: A safetensors file with torchvision's names; None as in `load_vgg`.

    Raises:
        StyleError: There is none of that name.
        TrainingError: The weights can't be had or don't fit.
    """
    encoder = build_encoder(name)
    if encoder.trained:
        return encoder
    architecture, prefix = TORCHVISIONS[name]
    own = encoder.state_dict()
    # How many batches a norm was trained with is of no use here, and does not fit into the float16 of style files.
    theirs = {key: prefix + key.removeprefix("front.") for key in own if not key.endswith("num_batches_tracked")}
    option = "--vgg" if name == "vgg16" else "--encoder-weights"
    state = _imagenet_weights(architecture, path, option, theirs.values())
    try:
        encoder.load_state_dict(own | {key: state[their].float() for key, their in theirs.items()})
    except (KeyError, RuntimeError) as error:
        raise TrainingError(f"{path or architecture} does not hold the weights of a {architecture}.") from error
    return encoder


def is_at_hand(architecture: Architecture) -> bool:
    """Whether torchvision's weights of a whole VGG are in torch's cache, so that nothing would be downloaded."""
    return any(Path(torch.hub.get_dir(), "checkpoints").glob(f"{architecture}-*.pth"))


def _imagenet_weights(
    architecture: str, path: Path | None, option: str, needed: Iterable[str], what: str = ""
) -> dict[str, Tensor]:
    """The state dict of a network that torchvision has, under torchvision's names.

    Args:
        architecture: torchvision's name of the network: "vgg16", "inception_v3" ...
        path: A safetensors file. None: what ships, if all that is needed is there, else torchvision's own weights,
            downloaded once into torch's cache with a progress bar and their hash checked.
        option: How the command line is told of a file.
        needed: Their names.
        what: What to call the weights in errors; the architecture by default.

    Raises:
        TrainingError: The weights can't be had.
    """
    if path is not None:
        return _read(path, what or architecture)
    shipped = bundled_folder() / FRONT
    if architecture == shipped.stem and shipped.exists():
        state = _read(shipped, architecture)
        if state.keys() >= set(needed):
            return state
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
