"""Turns a style file's network into an OpenVINO model: bytes in, bytes out, the style code as an input.

Apart from `openvino_backend` because it needs torch, which a start from the cache does without.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from livestyle.networks.code import StyledNetwork
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.quiet_openvino import ov

# isort: split
# After the quiet import above.
from openvino import opset13 as opset
from openvino.frontend import FrontEndManager
from openvino.frontend.pytorch import ConversionExtension
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
from openvino.preprocess import PrePostProcessor


def convert(file: StyleFile) -> Any:
    """The network as an `openvino.Model`.

    Its inputs are "images", uint8 (N, H, W, 3) with N, H and W open, and "code", float32 (1, K); its output is uint8
    (N, H, W, 3), rounded to nearest. Its runtime information holds the network's `multiple` and `min_side_px` under
    "livestyle".

    Raises:
        StyleError: The file is damaged.
        RuntimeError: OpenVINO can't convert the network.
    """
    network = load_network(file)
    # `openvino.convert_model` would do the same, but trace the network twice to compare.
    frontend = FrontEndManager().load_by_framework("pytorch")
    frontend.add_extension(ConversionExtension("aten::group_norm", _instance_norm))
    decoder = TorchScriptPythonDecoder(_traced(network))  # has to outlive the conversion
    model = frontend.convert(frontend.load(decoder))
    for port, name in zip(model.inputs, ("images", "code"), strict=True):
        port.tensor.set_names({name})
    model.reshape({"images": ov.PartialShape([-1, 3, -1, -1]), "code": ov.PartialShape([1, network.code_size])})
    model.set_rt_info(str(network.multiple), ["livestyle", "multiple"])
    model.set_rt_info(str(network.min_side_px), ["livestyle", "min_side_px"])
    return _with_bytes(model)


def _traced(network: StyledNetwork) -> Any:
    side = network.min_side_px
    images = torch.zeros(1, 3, side, side + network.multiple)
    with torch.no_grad(), warnings.catch_warnings():
        # torch calls tracing deprecated, but a trace is what OpenVINO reads.
        warnings.simplefilter("ignore")
        return torch.jit.trace(  # type: ignore[no-untyped-call]
            network, (images, torch.zeros(1, network.code_size)), check_trace=False
        )


def _instance_norm(context: Any) -> Any:
    """Group norm with one channel a group, which is how the networks write instance norm, as one MVN over the picture.

    OpenVINO's own conversion gathers the channels in groups, at the price of two changes of memory layout for every
    norm: 62 instead of 44 ms a picture for the 64-wide network at 640x360 on two Zen 4 cores.
    """
    epsilon = float(context.get_values_from_const_input(4))
    return opset.mvn(context.get_input(0), opset.constant(np.array([2, 3])), True, epsilon, "inside_sqrt").outputs()


def _with_bytes(model: Any) -> Any:
    processor = PrePostProcessor(model)
    photos, paintings = processor.input("images"), processor.output()
    photos.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    photos.model().set_layout(ov.Layout("NCHW"))
    photos.preprocess().convert_element_type(ov.Type.f32).scale(255.0)
    paintings.model().set_layout(ov.Layout("NCHW"))
    paintings.postprocess().custom(_rounded)
    paintings.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    return processor.build()


def _rounded(paintings: Any) -> Any:
    # The conversion to bytes that follows cuts fractions off.
    scaled = opset.multiply(paintings, opset.constant(np.float32(255)))
    return opset.round(opset.clamp(scaled, 0.0, 255.0), "half_to_even").output(0)
