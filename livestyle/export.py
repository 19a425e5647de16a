"""A network and a style as an ONNX file: for phones, browsers, and whatever else runs such files.

The file holds the network with the style code as an input. Under "livestyle" its metadata hold a JSON document with the
codes of the style and all else that an app has to know; docs/mobile.md shows the few lines that read it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from livestyle import __version__
from livestyle.errors import BackendError, SinkError, StyleError
from livestyle.look import Look
from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import family_of
from livestyle.sinks.part import PartFile, write_error
from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.failure import reason
from livestyle.stylizer.onnx_convert import NEEDS, check_packages, to_onnx

SUFFIX = ".onnx"
KEY = "livestyle"
FORMAT_VERSION = 1
LEAST_DB = 45.0
"""How near the file's paintings must be to torch's, in dB PSNR: the difference is then below a step of a byte."""

_TRIED_HW = ((360, 640), (240, 240), (416, 200))
"""With which sizes a file is tried that takes any; multiples of 8, which every network takes."""


def export(
    path: Path,
    file: StyleFile,
    mix: Sequence[tuple[str, float]],
    size_hw: tuple[int, int] | None = None,
    *,
    overwrite: bool = False,
) -> float:
    """Writes a network and a style of it as an ONNX file, once that has painted three pictures as torch does.

    Its inputs are "images", float32 (N, 3, H, W) in [0, 1], and "code", float32 (1, K); its output is "paintings", as
    "images". H and W are multiples of the network's `multiple` and at least its `min_side_px`. Takes half a minute.

    Args:
        path: The file.
        file: The network.
        mix: Its styles and their weights, as in `Look`.
        size_hw: The only height and width it is to take, one picture at a time, as some phones' units want it; None for
            any.
        overwrite: Whether a file of that name may be replaced.

    Returns:
        The least PSNR in dB between its paintings and torch's.

    Raises:
        BackendError: A package is missing or does not do its work.
        StyleError: The network can't be exported, or not in that size, or lacks a style.
        SinkError: The file can't be written.
    """
    check_packages("To export")
    if path.suffix.lower() != SUFFIX:
        raise SinkError(f"What is written is an ONNX file: end {path.name!r} in {SUFFIX}.")
    PartFile(path, overwrite=overwrite).check()
    if family_of(file.spec.family).torch_only:
        raise StyleError(
            f"The network {file.name} can't be exported: how it searches for patches depends on the picture's size, "
            "which an ONNX file can't say. Choose another one with --network."
        )
    network = load_network(file)
    _check_size(network, size_hw)
    codes = np.stack([mixed_code(file, Look(tuple(mix)), px) for px in file.stroke_px])
    about = _about(file, network, mix) | {"codes": codes.astype(str).astype(float).tolist()}
    content = _to_onnx(network, about, size_hw)
    pictures = _pictures(_TRIED_HW if size_hw is None else (size_hw,) * 3)
    tried = [torch.from_numpy(codes[[i % len(codes)]]) for i in range(len(pictures))]
    with torch.inference_mode():
        expected = [network(picture, code) for picture, code in zip(pictures, tried, strict=True)]
    least_db = min(map(_psnr_db, _painted(content, pictures, tried), expected))
    if not least_db >= LEAST_DB:
        raise BackendError(
            f"The exported network paints differently ({least_db:.0f} dB, {LEAST_DB:.0f} are asked for) and was not "
            f"written: try newer packages, pip install --upgrade torch {' '.join(NEEDS)}"
        )
    with PartFile(path, overwrite=overwrite) as part:
        try:
            part.path.write_bytes(content)
        except OSError as error:
            raise write_error(path, error) from error
    return least_db


def _check_size(network: StyledNetwork, size_hw: tuple[int, int] | None) -> None:
    for side_px in size_hw or ():
        if side_px < network.min_side_px or side_px % network.multiple:
            raise StyleError(
                f"The sides of this network's pictures are multiples of {network.multiple} from {network.min_side_px} "
                f"up, and {side_px} is none."
            )


def _about(file: StyleFile, network: StyledNetwork, mix: Sequence[tuple[str, float]]) -> dict[str, object]:
    """All that the document says but the codes."""
    styles = [(file.styles[name], weight) for name, weight in mix]
    return {
        "version": FORMAT_VERSION,
        "livestyle": __version__,
        "network": {
            "name": file.name,
            "family": file.spec.family,
            "width": file.spec.width,
            "digest": file.digest,
            "multiple": network.multiple,
            "min_side_px": network.min_side_px,
        },
        "styles": [
            {
                "name": style.name,
                "title": style.title,
                "artist": style.artist,
                "year": style.year,
                "licence": style.licence,
                "weight": weight,
            }
            for style, weight in styles
        ],
        "stroke_px": list(file.stroke_px),
        "identity": file.identity.astype(str).astype(float).tolist(),
    }


def _to_onnx(network: StyledNetwork, about: Mapping[str, object], size_hw: tuple[int, int] | None) -> bytes:
    """The content of the file."""
    model = to_onnx(network, size_hw)
    model.producer_name, model.producer_version = "livestyle", __version__
    model.metadata_props.add(key=KEY, value=json.dumps(about, ensure_ascii=False))
    return bytes(model.SerializeToString())


def _painted(content: bytes, pictures: Sequence[Tensor], codes: Sequence[Tensor]) -> list[Tensor]:
    """What a file paints of pictures (1, 3, H, W), each with a code (1, K)."""
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        inputs = [{"images": p.numpy(), "code": c.numpy()} for p, c in zip(pictures, codes, strict=True)]
        return [torch.from_numpy(session.run(None, each)[0]) for each in inputs]
    except Exception as error:  # the errors of onnxruntime have no base of their own
        raise BackendError(f"onnxruntime can't run the exported network: {reason(error)}") from error


def _psnr_db(painted: Tensor, expected: Tensor) -> float:
    error = float((painted - expected).square().mean())
    return -10 * math.log10(max(error, 1e-15))


def _pictures(sizes_hw: Sequence[tuple[int, int]]) -> list[Tensor]:
    """Three pictures (1, 3, H, W) that have little in common: the demo scene, noise, and the dark of a lens cap."""
    scene_hw, noise_hw, dark_hw = sizes_hw
    scene = torch.from_numpy(draw_demo_scene(0.0, *scene_hw)).permute(2, 0, 1)[None] / 255
    noise = torch.rand(1, 3, *noise_hw, generator=torch.Generator().manual_seed(0))
    dark = torch.linspace(0, 0.03, dark_hw[1]).expand(1, 3, *dark_hw)
    return [scene.contiguous(), noise, dark.contiguous()]
