"""Turns a network into an ONNX model with the style code as an input."""

from __future__ import annotations

import importlib.util
import warnings
from typing import TYPE_CHECKING

import torch

from livestyle.errors import BackendError
from livestyle.networks.code import StyledNetwork
from livestyle.stylizer.failure import reason

if TYPE_CHECKING:
    import onnx

NEEDS = ("onnx", "onnxscript", "onnxruntime")
"""What only ONNX needs; Python calls each as pip does, unless another build of onnxruntime is installed."""


def check_packages(purpose: str) -> None:
    """Makes sure that all of `NEEDS` is installed.

    Args:
        purpose: What it is for, as in "To export".

    Raises:
        BackendError: Something is missing.
    """
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendError(f"{purpose}, {', '.join(missing)} must be installed: pip install {' '.join(missing)}")


def to_onnx(network: StyledNetwork, size_hw: tuple[int, int] | None = None) -> onnx.ModelProto:
    """The network as an ONNX model, in a quarter of a minute.

    Its inputs are "images", float32 (N, 3, H, W) in [0, 1], and "code", float32 (1, K); its output is "paintings", as
    "images".

    Args:
        network: In float32.
        size_hw: The only height and width it is to take, one picture at a time; None for any, in which case N, H and W
            are called "batch", "height" and "width".

    Raises:
        BackendError: torch can't export it.
    """
    height, width = size_hw or (8 * network.multiple, 12 * network.multiple)
    images = torch.zeros(1 if size_hw else 2, 3, height, width)  # of a batch of 1, torch takes for granted that it is 1
    axes = None if size_hw else {"images": {0: "batch", 2: "height", 3: "width"}, "code": None}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's of its own ways
            # With gradients on, the networks' norms become ONNX's own instance norm, in one piece.
            program = torch.onnx.export(
                network,
                (images, torch.zeros(1, network.code_size)),
                input_names=["images", "code"],
                output_names=["paintings"],
                dynamic_shapes=axes,
                dynamo=True,
                verbose=False,
            )
    except (ImportError, torch.onnx.errors.OnnxExporterError) as error:
        raise BackendError(f"torch {torch.__version__} can't export this network: {reason(error)}") from error
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    _tidy(model)
    return model


def _tidy(model: onnx.ModelProto) -> None:
    """Takes out what torch notes for those who look for its faults, paths on this machine among it."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output):
        del part.metadata_props[:]
    # Sides are multiples, so what torch writes as 4*(height//4) is the height.
    graph.output[0].type.CopyFrom(graph.input[0].type)
