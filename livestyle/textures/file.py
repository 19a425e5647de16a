"""The texture file: one texture network and what it learnt from, in one `.safetensors`; and where it is found.

Tensors: the network's weights, float16. Metadata: `livestyle_texture` (a JSON object). It is no style file: what paints
is not a network with style codes, and takes noise. Those that ship lie in a folder of their own beside the styles.

This module reads and writes with numpy alone, so that listing textures does not wait for torch.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy.typing as npt

from livestyle.errors import StyleError
from livestyle.styles.bundled import bundled_folder
from livestyle.styles.document import Tensors, numbers, read_tensors, said, text_said, width_said, write_tensors

FORMAT_VERSION = 1
SUFFIX = ".safetensors"
FOLDER = "textures"
"""Of the texture files that ship, in the folder of the style files, whose catalog does not search its folders."""
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
    facts = {each.name: getattr(file, each.name) for each in fields(file) if each.name not in ("weights", "name")}
    write_tensors(path, file.weights, _KEY, {"version": FORMAT_VERSION, **facts, "training": dict(file.training)})


def read_texture_file(path: Path) -> TextureFile:
    """Reads a texture file. Whether its weights are those of its network is seen when that is loaded.

    Raises:
        StyleError: Missing, cut short, of another format (a style file, say), or made by a newer livestyle.
    """
    return replace(read_tensors(path, _KEY, "texture", _from_tensors), name=path.stem)


def bundled_textures() -> dict[str, Path]:
    """Name -> file of the textures that ship with livestyle, by name."""
    return {path.stem: path for path in sorted((bundled_folder() / FOLDER).glob(f"*{SUFFIX}"))}


def find_texture(text: str) -> TextureFile:
    """The texture of that name, or the texture file of that path.

    Raises:
        StyleError: There is none; says which ship. Or the file can't be used.
    """
    bundled = bundled_textures()
    if text in bundled:
        return read_texture_file(bundled[text])
    # os.path and not Path, which raises on names that are too long.
    if text.endswith(SUFFIX) or os.path.exists(text):
        return read_texture_file(Path(text))
    there_are = f"There are {', '.join(bundled)}" if bundled else "None ship with this livestyle"
    raise StyleError(f"There is no texture {text!r}. {there_are}; or give a texture file, which ends in {SUFFIX}.")


def _from_tensors(tensors: Tensors, document: object) -> TextureFile:
    if said(document, "version", int) > FORMAT_VERSION:
        raise ValueError("it was made by a newer livestyle")
    return TextureFile(
        width=width_said(document, tensors),
        paints_photos=said(document, "paints_photos", bool),
        weights={name: numbers(array) for name, array in tensors.items()},
        **{key: text_said(document, key) for key in ("title", "artist", "year", "licence")},
        training=said(document, "training", dict),
    )
