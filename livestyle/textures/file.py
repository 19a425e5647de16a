"""The texture file: one texture network and what it learnt from, in one `.safetensors`.

Tensors: the network's weights, float16. Metadata: `livestyle_texture` (a JSON object). It is no style file: what paints
is not a network with style codes, and takes noise. Those that ship lie in a folder of their own beside the styles.

This module reads and writes with numpy alone, so that listing textures does not wait for torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livestyle.errors import StyleError
from livestyle.sinks.part import PartFile, write_error

FORMAT_VERSION = 1
SUFFIX = ".safetensors"
_KEY = "livestyle_texture"


@dataclass(frozen=True)
class TextureFile:
    """A texture network.

    Attributes:
        width: Of the network.
        paints_photos: Whether it paints photos; otherwise it paints textures from noise alone.
        weights: Parameter name -> array.
        title: Of the painting it learnt from.
        artist: Who painted that; "" if not known.
        year: When; "" if not known.
        licence: Of the painting; "" if not known.
        training: Free-form facts of the training run.
        name: What the file is called, without its suffix; empty if it was never one.
    """

    width: int
    paints_photos: bool
    weights: Mapping[str, npt.NDArray[Any]]
    title: str
    artist: str = ""
    year: str = ""
    licence: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


def write_texture_file(path: Path, file: TextureFile) -> None:
    """Writes a texture file, in place of one that is there: as `NAME.part` until it is whole.

    Raises:
        SinkError: It can't be written.
    """
    from safetensors.numpy import save

    document = {
        "version": FORMAT_VERSION,
        "width": file.width,
        "paints_photos": file.paints_photos,
        "title": file.title,
        "artist": file.artist,
        "year": file.year,
        "licence": file.licence,
        "training": dict(file.training),
    }
    tensors = {name: np.ascontiguousarray(array) for name, array in file.weights.items()}
    content = save(tensors, metadata={_KEY: json.dumps(document)})
    with PartFile(path, overwrite=True) as part:
        try:
            part.path.write_bytes(content)
        except OSError as error:
            raise write_error(path, error) from error


def read_texture_file(path: Path) -> TextureFile:
    """Reads a texture file.

    Raises:
        StyleError: Missing, cut short, of another format (a style file, say), or made by a newer livestyle.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as opened:
            metadata = opened.metadata() or {}
            if _KEY not in metadata:
                raise StyleError(f"{path} is a safetensors file, but holds no livestyle texture.")
            weights = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118 (no mapping)
    except FileNotFoundError as error:
        raise StyleError(f"There is no texture file {path}.") from error
    except (OSError, SafetensorError) as error:
        raise StyleError(f"{path} is no livestyle texture file, or it is cut short.") from error
    try:
        return replace(_from_document(json.loads(metadata[_KEY]), weights), name=path.stem)
    except (KeyError, TypeError, ValueError) as error:
        raise StyleError(f"The texture file {path} is damaged: {error}.") from error


def _from_document(document: Mapping[str, Any], weights: Mapping[str, npt.NDArray[Any]]) -> TextureFile:
    if document["version"] > FORMAT_VERSION:
        raise ValueError("it was made by a newer livestyle")
    width = int(document["width"])
    if width < 1:
        raise ValueError("its network has no width")
    return TextureFile(
        width=width,
        paints_photos=bool(document["paints_photos"]),
        weights=weights,
        title=document["title"],
        artist=document["artist"],
        year=document["year"],
        licence=document["licence"],
        training=document["training"],
    )
