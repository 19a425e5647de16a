"""The style file: one network and the paintings it knows, in one `.safetensors`.

Tensors: `network.*` (the weights, float16), `code.NAME` (the style codes of a painting, float32), `preview.NAME` (the
bytes of a JPEG, uint8), `picture.NAME` (the same, of the picture that the style was made of; may be missing),
`tones.NAME` (its light and dark, float32; may be missing), `predictor.*` (what makes codes of any picture, float16; may
be missing, and without its encoder where that is the front of VGG-16 that ships), `range.NAME` (which numbers a
convolution takes, two float32; may be missing). Metadata: `livestyle` (a JSON object). Nothing in it is ever unpickled.
A style can also be kept without its network: `livestyle.styles.kept`.

This module reads and writes with numpy alone, so that listing styles does not wait for torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livestyle.depth import QUANTILES, Tones
from livestyle.errors import StyleError
from livestyle.networks.families import NetworkSpec, family_of
from livestyle.sinks.part import write_error
from livestyle.styles.bundled import digests_in_front, from_front
from livestyle.styles.document import Tensors, numbers, read_tensors, said, text_said, width_said, write_tensors

FORMAT_VERSION = 2
CODE_VERSION = 3
"""Of files without a network, which a livestyle that knows none of them takes for newer than itself."""
SHARED_VERSION = 4
"""Of files whose predictor looks through the front of VGG-16 that ships. They say the digests of what is left out."""
ENCODER = "vgg16"
"""Of predictors whose file names no other."""
IDENTITY = "identity"
"""The code under this name paints the photo itself; strength moves between it and a style."""
_ENCODER = "encoder."
"""What the names of the encoder's weights begin with among the predictor's."""
LARGEST_STROKE_PX = 4096
"""Networks that read pictures look at them in that height."""


@dataclass(frozen=True)
class Style:
    """One painting as a network knows it."""

    name: str
    """What the command line calls it: lower case with underscores."""
    title: str
    artist: str
    year: str
    licence: str
    """Of the painting."""
    codes: npt.NDArray[np.float32]
    """(S, K): a code of K numbers for each stroke size in the file's `stroke_px`."""
    preview: bytes = b""
    """A JPEG of the demo scene in this style."""
    tones: Tones | None = None
    """The light and dark of the painting (`livestyle.depth.tones_of`); None where they are not known."""
    picture: bytes = b""
    """A JPEG of the picture that the style was made of, large enough to make it anew; empty if it was trained."""


@dataclass(frozen=True)
class StyleFile:
    """A network with its styles.

    Attributes:
        spec: Which network.
        weights: Parameter name -> array.
        stroke_px: The stroke sizes there are codes for, S of them, growing: the height in pixels of a painting whose
            strokes are that large.
        identity: The code (K,) that paints the photo itself.
        styles: Name -> style, in the order to show them in.
        predictor: Parameter name -> array of the network that makes codes of any picture; empty if there is none.
        training: Free-form facts of the training run: recipe, figures.
        name: What the file is called, without its suffix; empty if it was never one.
        encoder: What the predictor looks at pictures with, of `livestyle.networks.encoders.ENCODERS`.
        ranges: Name of a convolution -> (2,): the lowest and the highest number it takes, which it needs to compute in
            eight bits (`livestyle.stylizer.int8`); empty where they are not known.
    """

    spec: NetworkSpec
    weights: Mapping[str, npt.NDArray[Any]]
    stroke_px: tuple[int, ...]
    identity: npt.NDArray[np.float32]
    styles: Mapping[str, Style]
    predictor: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    encoder: str = ENCODER
    ranges: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)

    @property
    def reads_pictures(self) -> bool:
        """Whether a style can be made of any picture, by `livestyle.styles.predict`."""
        return bool(self.predictor) or family_of(self.spec.family).reads_pictures

    @cached_property
    def digest(self) -> str:
        """16 hex digits that name the network: its kind and its weights."""
        digest = hashlib.sha256(f"{self.spec.family}-{self.spec.width}{'-frozen' * self.spec.frozen}".encode())
        for name in sorted(self.weights):
            array = np.ascontiguousarray(self.weights[name])
            digest.update(f"{name}{array.dtype}{array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()[:16]


def write_style_file(path: Path, file: StyleFile) -> None:
    """Writes a style file, in place of one that is there: as `NAME.part` until it is whole.

    Raises:
        StyleError: A style has the name that is kept for the photo's own code.
        SinkError: It can't be written.
    """
    if IDENTITY in file.styles:
        raise StyleError(f"No style can be called {IDENTITY!r}: choose another name.")
    front = digests_in_front(_under(_ENCODER, file.predictor)) if file.encoder == ENCODER else {}
    tensors = {f"network.{k}": v for k, v in file.weights.items()}
    tensors |= {f"predictor.{k}": v for k, v in file.predictor.items() if k.removeprefix(_ENCODER) not in front}
    tensors |= {f"range.{k}": v for k, v in file.ranges.items()}
    tensors[f"code.{IDENTITY}"] = file.identity
    version = SHARED_VERSION if front else FORMAT_VERSION
    document = document_of(file.spec, file.stroke_px, file.styles.values(), version)
    if front:
        document["front"] = front
    document["training"] = dict(file.training)
    if file.predictor and file.encoder != ENCODER:
        document["encoder"] = file.encoder
    write_document(path, tensors | tensors_of(file.styles.values()), document)


def tensors_of(styles: Iterable[Style]) -> dict[str, npt.NDArray[Any]]:
    """What a file holds of its styles."""
    tensors: dict[str, npt.NDArray[Any]] = {}
    for style in styles:
        tensors[f"code.{style.name}"] = style.codes
        tensors[f"preview.{style.name}"] = np.frombuffer(style.preview, np.uint8)
        if style.picture:
            tensors[f"picture.{style.name}"] = np.frombuffer(style.picture, np.uint8)
        if style.tones is not None:
            tensors[f"tones.{style.name}"] = style.tones
    return tensors


def document_of(
    spec: NetworkSpec, stroke_px: Iterable[int], styles: Iterable[Style], version: int, **network: str
) -> dict[str, object]:
    """What a file says of its styles and their network."""
    return {
        "version": version,
        "network": {"family": spec.family, "width": spec.width, **network},
        "stroke_px": list(stroke_px),
        "styles": [
            {"name": s.name, "title": s.title, "artist": s.artist, "year": s.year, "licence": s.licence} for s in styles
        ],
    }


def write_document(path: Path, tensors: Tensors, document: Mapping[str, object]) -> None:
    """Writes a file of styles, and its folder if there is none. Raises `SinkError`."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
    except OSError as error:
        raise write_error(path, error) from error
    write_tensors(path, tensors, "livestyle", document)


def read_style_file(path: Path) -> StyleFile:
    """Reads a style file. Whether its weights are those of its network is seen when that is loaded.

    Raises:
        StyleError: Missing, cut short, of another format (a pickled checkpoint, say), or made by a newer livestyle.
    """
    return replace(read_tensors(path, "livestyle", "style", style_file_from), name=path.stem)


def style_file_from(tensors: Tensors, document: object) -> StyleFile:
    """The style file of what a file holds. Raises `ValueError` or `KeyError`, which say what is wrong with it."""
    version = said(document, "version", int)
    if version == CODE_VERSION:
        raise ValueError("it holds a style without its network, which `livestyle styles add` takes")
    if version > SHARED_VERSION:
        raise ValueError("it was made by a newer livestyle")
    if version < FORMAT_VERSION:
        raise ValueError("it was made by a livestyle before 0.1 and has to be trained anew")
    stroke_px = stroke_sizes_said(document)
    weights, predictor = (_under(prefix, tensors) for prefix in ("network.", "predictor."))
    front = from_front(said(document, "front", dict, {}))
    predictor |= {f"{_ENCODER}{name}": array for name, array in front.items()}
    network = said(document, "network", dict)
    spec = NetworkSpec(family=said(network, "family", str), width=width_said(network, weights))
    family_of(spec.family)
    identity = numbers(tensors[f"code.{IDENTITY}"]).astype(np.float32)
    if identity.ndim != 1:
        raise ValueError("the code of the photo is none")
    entries = said(document, "styles", list)
    if not entries:
        raise ValueError("it holds no styles")
    styles = {}
    for entry in entries:
        style = style_said(entry, tensors, len(stroke_px), len(identity))
        styles[style.name] = style
    return StyleFile(
        spec=spec,
        weights=weights,
        stroke_px=stroke_px,
        identity=identity,
        styles=styles,
        predictor=predictor,
        training=said(document, "training", dict, {}),
        encoder=said(document, "encoder", str, ENCODER),
        ranges={name: _range(array, name) for name, array in _under("range.", tensors).items()},
    )


def stroke_sizes_said(document: object) -> tuple[int, ...]:
    """The stroke sizes that a document says. Raises `ValueError` if they are none."""
    stroke_px = tuple(said(document, "stroke_px", list))
    if not stroke_px or any(type(px) is not int or not 1 <= px <= LARGEST_STROKE_PX for px in stroke_px):
        raise ValueError(f"its stroke sizes are not between 1 and {LARGEST_STROKE_PX}")
    if list(stroke_px) != sorted(set(stroke_px)):
        raise ValueError("its stroke sizes do not grow")
    return stroke_px


def style_said(entry: object, tensors: Tensors, sizes: int, code_size: int | None = None) -> Style:
    """The style of an entry of a document, whose codes are (sizes, code_size). Raises `ValueError` or `KeyError`."""
    name = said(entry, "name", str)
    codes = numbers(tensors[f"code.{name}"]).astype(np.float32)
    if codes.ndim != 2 or len(codes) != sizes or code_size not in (None, codes.shape[1]):
        raise ValueError(f"the codes of {name} do not fit")
    picture = tensors.get(f"picture.{name}")
    return Style(
        name,
        text_said(entry, "title"),
        text_said(entry, "artist"),
        text_said(entry, "year"),
        text_said(entry, "licence"),
        codes=codes,
        preview=tensors[f"preview.{name}"].tobytes(),
        tones=_tones(tensors.get(f"tones.{name}"), name),
        picture=b"" if picture is None else picture.tobytes(),
    )


def _range(array: npt.NDArray[Any], name: str) -> npt.NDArray[np.float32]:
    if array.shape != (2,) or not array[0] < array[1]:
        raise ValueError(f"the range of {name} is none")
    return array.astype(np.float32)


def _tones(array: npt.NDArray[Any] | None, name: str) -> Tones | None:
    if array is None:
        return None
    tones = numbers(array).astype(np.float32)
    if tones.shape != (QUANTILES,) or not (np.diff(tones) >= 0).all() or not 0 <= tones[0] <= tones[-1] <= 100:
        raise ValueError(f"the tones of {name} are none")
    return tones


def _under(prefix: str, tensors: Tensors) -> dict[str, npt.NDArray[Any]]:
    """The tensors whose names begin so, without that."""
    return {name.removeprefix(prefix): numbers(array) for name, array in tensors.items() if name.startswith(prefix)}
