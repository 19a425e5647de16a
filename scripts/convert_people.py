r"""Makes the file of the network that finds people out of MediaPipe's.

The network is that of the npm package @mediapipe/selfie_segmentation (Google, Apache-2.0), for landscape pictures. No
general reader of .tflite files takes all of it, as one of its operations, a transposed convolution, is MediaPipe's own;
so the network is written down in `livestyle/networks/people.py`, and only the weights are taken from the file.

npm pack @mediapipe/selfie_segmentation && tar xzf mediapipe-selfie_segmentation-*.tgz
pip install tflite
python scripts/convert_people.py package/selfie_segmentation_landscape.tflite \
    -o weights/people/selfie_landscape.safetensors
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from livestyle.cli.progress import attempt
from livestyle.errors import StyleError
from livestyle.networks.people import PeopleNetwork
from livestyle.people.file import write_people_file
from livestyle.people.finder import LOOKED_AT_HW

Weights = npt.NDArray[Any]


def main() -> None:
    """Reads the weights, puts them into the network in the order in which its layers run, and writes them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="MediaPipe's selfie_segmentation_landscape.tflite")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the file to ship")
    args = parser.parse_args()
    content = args.file.read_bytes()
    network = PeopleNetwork().eval()
    for layer, (weight, bias) in zip(layers_of(network), weights_of(content), strict=True):
        if layer.weight.shape != weight.shape:
            raise StyleError(f"{args.file} holds another network than livestyle has.")
        layer.weight.data, layer.bias.data = torch.tensor(weight.copy()), torch.tensor(bias.copy())
    facts = {
        "origin": "npm: @mediapipe/selfie_segmentation, selfie_segmentation_landscape.tflite",
        "sha256": hashlib.sha256(content).hexdigest(),
        "author": "Google",
        "licence": "Apache-2.0",
    }
    write_people_file(args.output, {name: each.numpy() for name, each in network.state_dict().items()}, facts)


def layers_of(network: nn.Module) -> list[Any]:
    """The convolutions of a network in the order in which they run."""
    layers: list[Any] = []
    hooks = [
        layer.register_forward_hook(lambda layer, *_: layers.append(layer))
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
    ]
    with torch.no_grad():
        network(torch.zeros(1, 3, *LOOKED_AT_HW))
    for hook in hooks:
        hook.remove()
    return layers


def weights_of(content: bytes) -> Iterator[tuple[Weights, Weights]]:
    """Weights, laid out as torch has them, and biases of the convolutions of a .tflite file, in float16."""
    import tflite  # no dependency of livestyle

    model = tflite.Model.GetRootAs(content, 0)
    graph = model.Subgraphs(0)
    kinds = tflite.BuiltinOperator
    stored: dict[int, int] = {}

    def array(number: int) -> Weights:
        tensor = graph.Tensors(stored[number])
        return np.asarray(model.Buffers(tensor.Buffer()).DataAsNumpy().view(np.float16).reshape(tensor.ShapeAsNumpy()))

    for operator in (graph.Operators(number) for number in range(graph.OperatorsLength())):
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        inputs = operator.InputsAsNumpy()
        if kind == kinds.DEQUANTIZE:
            stored[operator.Outputs(0)] = inputs[0]
        elif kind == kinds.CONV_2D:
            yield array(inputs[1]).transpose(0, 3, 1, 2), array(inputs[2])
        elif kind in (kinds.DEPTHWISE_CONV_2D, kinds.CUSTOM):
            # Channels are last in both; the custom one is Convolution2DTransposeBias, with one channel coming out.
            yield array(inputs[1]).transpose(3, 0, 1, 2), array(inputs[2])


if __name__ == "__main__":
    sys.exit(attempt(main))
