"""The style file: one network and the paintings it knows, in one `.safetensors`.

Tensors: `network.*` (the weights, float16), `code.NAME` (the style codes of a painting, float32), `preview.NAME` (the
bytes of a JPEG, uint8), `predictor.*` (what makes codes of any picture, float16; may be missing). Metadata: `livestyle`
(a JSON object). Nothing in it is ever unpickled.

This module reads and writes with numpy alone, so that listing styles does not wait for torch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livestyle.errors import StyleError
from livestyle.networks.families import NetworkSpec, family_of
from livestyle.sinks.part import PartFile, write_error

FORMAT_VERSION = 2
ENCODER = "vgg16"
"""Of predictors whose file names no other."""
IDENTITY = "identity"
"""The code under this name paints the photo itself; strength moves between it and a style."""


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

    @property
    def reads_pictures(self) -> bool:
        """Whether a style can be made of any picture, by `livestyle.styles.predict`."""
        return bool(self.predictor) or family_of(self.spec.family).reads_pictures

    @property
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
    from safetensors.numpy import save

    if IDENTITY in file.styles:
        raise StyleError(f"No style can be called {IDENTITY!r}: choose another name.")
    tensors: dict[str, npt.NDArray[Any]] = {f"network.{k}": np.ascontiguousarray(v) for k, v in file.weights.items()}
    tensors |= {f"predictor.{k}": np.ascontiguousarray(v) for k, v in file.predictor.items()}
    tensors[f"code.{IDENTITY}"] = file.identity
    for style in file.styles.values():
        tensors[f"code.{style.name}"] = style.codes
        tensors[f"preview.{style.name}"] = np.frombuffer(style.preview, np.uint8)
    document = {
        "version": FORMAT_VERSION,
        "network": {"family": file.spec.family, "width": file.spec.width},
        "stroke_px": list(file.stroke_px),
        "styles": [
            {"name": s.name, "title": s.title, "artist": s.artist, "year": s.year, "licence": s.licence}
            for s in file.styles.values()
        ],
        "training": dict(file.training),
    }
    if file.predictor and file.encoder != ENCODER:
        document["encoder"] = file.encoder
    content = save(tensors, metadata={"livestyle": json.dumps(document)})
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
        with PartFile(path, overwrite=True) as part:
            part.path.write_bytes(content)
    except OSError as error:
        raise write_error(path, error) from error


def read_style_file(path: Path) -> StyleFile:
    """Reads a style file.

    Raises:
        StyleError: Missing, cut short, of another format (a pickled checkpoint, say), or made by a newer livestyle.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as opened:
            metadata = opened.metadata() or {}
            if "livestyle" not in metadata:
                raise StyleError(f"{path} is a safetensors file, but holds no livestyle style.")
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118 (no mapping)
    except FileNotFoundError as error:
        raise StyleError(f"There is no style file {path}.") from error
    except (OSError, SafetensorError) as error:
        raise StyleError(
            f"{path} is no livestyle style file, or it is cut short. "
            "(Pickled checkpoints, .pth and .pt, are never opened.)"
        ) from error
    try:
        return replace(_from_tensors(tensors, json.loads(metadata["livestyle"])), name=path.stem)
    except (KeyError, TypeError, ValueError) as error:
        raise StyleError(f"The style file {path} is damaged: {error}.") from error


def _from_tensors(tensors: Mapping[str, npt.NDArray[Any]], document: Mapping[str, Any]) -> StyleFile:
    if document["version"] > FORMAT_VERSION:
        raise ValueError("it was made by a newer livestyle")
    if document["version"] < FORMAT_VERSION:
        raise ValueError("it was made by a livestyle before 0.1 and has to be trained anew")
    if not document["styles"]:
        raise ValueError("it holds no styles")
    stroke_px = tuple(int(px) for px in document["stroke_px"])
    if not stroke_px or min(stroke_px) < 1 or list(stroke_px) != sorted(set(stroke_px)):
        raise ValueError("its stroke sizes do not grow")
    identity = tensors[f"code.{IDENTITY}"].astype(np.float32)
    styles = {}
    for entry in document["styles"]:
        name = entry["name"]
        codes = tensors[f"code.{name}"].astype(np.float32)
        if codes.shape != (len(stroke_px), *identity.shape):
            raise ValueError(f"the codes of {name} do not fit")
        styles[name] = Style(
            name=name,
            title=entry["title"],
            artist=entry["artist"],
            year=entry["year"],
            licence=entry["licence"],
            codes=codes,
            preview=tensors[f"preview.{name}"].tobytes(),
        )
    return StyleFile(
        spec=NetworkSpec(family=document["network"]["family"], width=int(document["network"]["width"])),
        weights={k.removeprefix("network."): v for k, v in tensors.items() if k.startswith("network.")},
        stroke_px=stroke_px,
        identity=identity,
        styles=styles,
        predictor={k.removeprefix("predictor."): v for k, v in tensors.items() if k.startswith("predictor.")},
        training=document.get("training", {}),
        encoder=document.get("encoder", ENCODER),
    )
