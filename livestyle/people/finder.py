"""Runs the network that finds people: by OpenVINO on one core, beside whatever paints; else in torch."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livestyle import __version__, networks
from livestyle.frame import Image
from livestyle.people.file import people_path, read_people_file

log = logging.getLogger(__name__)

LOOKED_AT_HW = (144, 256)
"""The size at which the network has learnt. Portraits that are stretched to it are found no worse than at their own."""

Shares = npt.NDArray[np.float32]
"""(H, W): of each pixel, how surely it is of a person, 0 to 1."""
Find = Callable[[Image], Shares]
"""Finds the people in a picture of `LOOKED_AT_HW`."""


def open_finder(path: Path | None = None) -> Find:
    """What finds people. The first time takes seconds, as torch converts the network; later it is in the cache.

    Args:
        path: The file of the network; None for the one that ships.

    Raises:
        StyleError: The file is missing or damaged.
    """
    path = path or people_path()
    try:
        return _by_openvino(path)
    except (ImportError, RuntimeError) as error:
        log.warning("OpenVINO can't find people here, so torch does: %s", error)
        return _by_torch(path)


def _by_openvino(path: Path) -> Find:
    from livestyle.stylizer import openvino_kept
    from livestyle.stylizer.quiet_openvino import ov

    core: Any = ov.Core()
    key = _cache_key(path, ov.__version__)
    model = openvino_kept.read(core, key)
    if model is None:
        from livestyle.people.convert import convert  # imports torch

        model = convert(path, LOOKED_AT_HW)
        openvino_kept.keep(model, key)
    # One core: more would be taken from painting all at once. The rest is float32 as the network is that small.
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    return lambda picture: np.array(request.infer({0: picture[None]})[0][0, 0])


def _by_torch(path: Path) -> Find:
    import torch

    from livestyle.people.convert import load

    network = load(path)

    def find(picture: Image) -> Shares:
        with torch.inference_mode():
            images = torch.tensor(picture).permute(2, 0, 1)[None] / 255
            return np.asarray(network(images)[0, 0].numpy(), np.float32)

    return find


def _cache_key(path: Path, openvino: str) -> str:
    """Names all that the converted network depends on."""
    read_people_file(path)  # says what is wrong with it
    digest = hashlib.sha256(f"{__version__} OpenVINO {openvino} {LOOKED_AT_HW}".encode())
    for source in (path, Path(networks.__path__[0]) / "people.py", Path(__file__).with_name("convert.py")):
        digest.update(source.read_bytes())
    return f"people-{digest.hexdigest()[:16]}"
