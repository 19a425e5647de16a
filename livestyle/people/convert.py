"""Loads the network that finds people, and turns it into an OpenVINO model.

Apart from `finder` because it needs torch, which a start from the cache does without.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch

from livestyle.errors import StyleError
from livestyle.networks.people import PeopleNetwork
from livestyle.people.file import read_people_file


def load(path: Path) -> PeopleNetwork:
    """The network with a file's weights, in float32.

    Raises:
        StyleError: The file is missing, damaged or of another network.
    """
    weights = {name: torch.tensor(each).float() for name, each in read_people_file(path).items()}
    network = PeopleNetwork().eval()
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise StyleError(f"The people file {path} is damaged: {error}.") from error
    return network


def convert(path: Path, size_hw: tuple[int, int]) -> Any:
    """The network as an `openvino.Model`: uint8 (1, H, W, 3) in, float32 (1, 1, H, W) out.

    Raises:
        StyleError: As of `load`.
        RuntimeError: OpenVINO can't convert it.
    """
    from livestyle.stylizer.quiet_openvino import ov

    # isort: split
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    from openvino.preprocess import PrePostProcessor

    with torch.no_grad(), warnings.catch_warnings():
        # torch calls tracing deprecated, but a trace is what OpenVINO reads.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(  # type: ignore[no-untyped-call]
            load(path), torch.zeros(1, 3, *size_hw), check_trace=False
        )
    frontend = FrontEndManager().load_by_framework("pytorch")
    decoder = TorchScriptPythonDecoder(traced)  # has to outlive the conversion
    model = frontend.convert(frontend.load(decoder))
    model.reshape(ov.PartialShape([1, 3, *size_hw]))
    processor = PrePostProcessor(model)
    photos = processor.input()
    photos.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    photos.model().set_layout(ov.Layout("NCHW"))
    photos.preprocess().convert_element_type(ov.Type.f32).scale(255.0)
    return processor.build()
