"""Convolutions in eight bits, which processors compute faster than float32, most of all those that have VNNI.

Which numbers a convolution takes is learnt when weights are built and travels with them, as `StyleFile.ranges`. A model
gets it as fake quantisation, of which OpenVINO makes integers. The first and the last convolution, the norms and the
colours stay in float32.

Weights take seven of their eight bits: processors without VNNI add two products in sixteen bits, which full weights
overflow. That costs a third of a decibel, and the same model is right everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from livestyle.sources.demo_scene.scene import DemoScene
from livestyle.styles.file import StyleFile
from livestyle.stylizer.quiet_openvino import ov

# isort: split
# After the quiet import above.
from openvino import opset13 as opset

Ranges = Mapping[str, npt.NDArray[np.float32]]

ROOM = 1.5
"""How much wider a range is than what the demo scene fills in the mean of the styles: photos and other codes fill more.
The widest that any fills would be worse, as it makes all steps larger for a few numbers."""

SCENE_HW = (360, 640)
VIEWS = 52
EVERY_S = 7.3
"""Between two views: by then figure, boats and clouds are elsewhere."""

_CONVOLUTION = re.compile(r"__module\.(.+)/aten::_convolution/Convolution")


def measure_ranges(file: StyleFile) -> Ranges:
    """Learns which numbers the convolutions take while the styles of a file paint the demo scene, in half a minute.

    Returns:
        Name of a convolution -> float32 (2,): the lowest and the highest number.

    Raises:
        StyleError: The file is damaged.
        RuntimeError: OpenVINO can't convert the network.
    """
    # Here and not above: torch, which a start from the cache does without.
    from torch import nn

    from livestyle.styles.load import load_network
    from livestyle.stylizer.openvino_convert import convert

    model = convert(file)
    inner = [name for name, module in load_network(file).named_modules() if isinstance(module, nn.Conv2d)][1:-1]
    convolutions = _convolutions(model)
    taken = {name: _data(convolutions[name]).get_source_output() for name in inner}
    everywhere = opset.constant(np.arange(4))
    model.add_outputs(
        [
            extreme(output, everywhere, keep_dims=False).output(0)
            for output in taken.values()
            for extreme in (opset.reduce_min, opset.reduce_max)
        ]
    )
    styles = list(file.styles.values())
    model.reshape({"images": [1, *SCENE_HW, 3], "code": [1, file.identity.size]})
    request = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    scene = DemoScene(*SCENE_HW)
    found = []
    for i in range(VIEWS):
        codes = styles[i % len(styles)].codes
        code = codes[(i + i // len(styles)) % len(codes)]
        results = request.infer({"images": scene.draw(i * EVERY_S)[None], "code": code[None]})
        found.append(np.array([results[1 + k] for k in range(2 * len(taken))]).reshape(-1, 2))
    ranges = np.asarray(ROOM * np.mean(found, axis=0), np.float32)
    return dict(zip(taken, ranges, strict=True))


def with_int8(model: Any, ranges: Ranges) -> Any:
    """A copy of a model of `openvino_convert`, in which the convolutions that have a range compute in eight bits."""
    model = model.clone()
    for name, node in _convolutions(model).items():
        if name in ranges:
            low, high = (opset.constant(limit) for limit in ranges[name])
            _fake(_data(node), low, high, levels=256)
            weights = node.input(1)
            spans = np.abs(weights.get_source_output().get_node().data).max((1, 2, 3), keepdims=True)
            # Twice the span: half of the levels, seven bits.
            limit = 2 * np.maximum(spans, np.finfo(np.float32).tiny)
            _fake(weights, opset.constant(-limit), opset.constant(limit), levels=255)
    return model


def _fake(port: Any, low: Any, high: Any, levels: int) -> None:
    """Has what goes into a port take one of so many values, evenly from `low` to `high`."""
    port.replace_source_output(opset.fake_quantize(port.get_source_output(), low, high, low, high, levels).output(0))


def _convolutions(model: Any) -> dict[str, Any]:
    """The convolutions that are modules, by their names."""
    nodes = [node for node in model.get_ordered_ops() if node.get_type_name() == "Convolution"]
    named = [(_CONVOLUTION.fullmatch(node.get_friendly_name()), node) for node in nodes]
    return {match[1]: node for match, node in named if match}


def _data(convolution: Any) -> Any:
    """The port where a convolution's data come in: before they are reflected at the edge, that bytes are reflected."""
    port = convolution.input(0)
    while port.get_source_output().get_node().get_type_name() == "Pad":
        port = port.get_source_output().get_node().input(0)
    return port
