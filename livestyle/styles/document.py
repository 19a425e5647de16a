"""Safetensors files with a JSON document in their metadata: what style files and texture files have in common.

What a document says is held against what it may say, and against the tensors, before anything is made of it. With numpy
alone, so that listing styles does not wait for torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from livestyle.errors import StyleError
from livestyle.sinks.part import PartFile, write_error

T = TypeVar("T")
Tensors = Mapping[str, npt.NDArray[Any]]


def write_tensors(path: Path, tensors: Tensors, key: str, document: Mapping[str, object]) -> None:
    """Writes a file, in place of one that is there: as `NAME.part` until it is whole.

    Args:
        path: Its name.
        tensors: Name -> array.
        key: What the document is called in the metadata.
        document: What can be written as JSON.

    Raises:
        SinkError: It can't be written.
    """
    from safetensors.numpy import save

    content = save({k: np.ascontiguousarray(v) for k, v in tensors.items()}, metadata={key: json.dumps(document)})
    with PartFile(path, overwrite=True) as part:
        try:
            part.path.write_bytes(content)
        except OSError as error:
            raise write_error(path, error) from error


def read_tensors(path: Path, key: str, kind: str, make: Callable[[Tensors, object], T]) -> T:
    """Reads a file.

    Args:
        path: Its name.
        key: What the document is called in the metadata.
        kind: "style" or "texture", for errors.
        make: What is made of the tensors and the document. A `ValueError` or a `KeyError` says what is wrong with them.

    Raises:
        StyleError: Missing, cut short, of another format (a pickled checkpoint, say), or what `make` raises.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as opened:
            metadata = opened.metadata() or {}
            if key not in metadata:
                raise StyleError(f"{path} is a safetensors file, but holds no livestyle {kind}.")
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 (no mapping)
    except FileNotFoundError as error:
        raise StyleError(f"There is no {kind} file {path}.") from error
    except (OSError, SafetensorError) as error:
        raise StyleError(
            f"{path} is no livestyle {kind} file, or it is cut short. "
            "(Pickled checkpoints, .pth and .pt, are never opened.)"
        ) from error
    except TypeError as error:
        raise StyleError(f"The {kind} file {path} is damaged: its numbers are of a type that numpy has not.") from error
    try:
        return make(tensors, json.loads(metadata[key]))
    except KeyError as error:
        raise StyleError(f"The {kind} file {path} is damaged: it has no tensor {error}.") from error
    except (ValueError, RecursionError) as error:
        raise StyleError(f"The {kind} file {path} is damaged: {error}.") from error


def said(document: object, key: str, kind: type[T], unsaid: T | None = None) -> T:
    """What a document says under a key; `unsaid` if it says nothing and that is given.

    Raises:
        ValueError: Nothing, or something of another kind.
    """
    value = document.get(key, unsaid) if isinstance(document, dict) else None
    if type(value) is not kind:  # `isinstance` takes True for a number
        raise ValueError(f"it does not say its {key}")
    return value


def text_said(document: object, key: str) -> str:
    """A text that a document says, be it a number, such as a year. Raises as `said`."""
    is_number = isinstance(document, dict) and type(document.get(key)) is int
    return str(said(document, key, int if is_number else str))


def width_said(document: object, weights: Tensors) -> int:
    """The width of the network that the weights are of.

    Raises:
        ValueError: The document says none, or one that so few weights can't have.
    """
    width = said(document, "width", int)
    if not 1 <= width <= sum(array.size for array in weights.values()):
        raise ValueError(f"its weights are not those of a network {width} wide")
    return width


def numbers(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array, as it is.

    Raises:
        ValueError: It does not hold what weights and codes are written in.
    """
    if array.dtype not in (np.float16, np.float32):
        raise ValueError(f"it has weights of the type {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError("it has weights that are no numbers")
    return array
