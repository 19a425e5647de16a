"""What ships with livestyle: where it lies, and the front of VGG-16, which style files need not carry.

Nearly all that looks at pictures here looks through that front: the losses, and the predictors of most style files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FRONT = Path("vgg", "vgg16.safetensors")
"""In the folder of what ships: torchvision's VGG-16 up to relu5_1 in float16."""


def bundled_folder() -> Path:
    """The folder of the style files that ship with livestyle.

    Inside the package once installed, else the checkout's.
    """
    packaged = Path(__file__).parent.parent / "weights"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "weights"


def digests_in_front(tensors: Mapping[str, npt.NDArray[Any]]) -> dict[str, str]:
    """The digest of each tensor, if all of them are the front's to the bit; nothing if one is not."""
    front = _of_front(tensors)
    same = front.keys() == tensors.keys() and all(_is_same(front[name], tensors[name]) for name in front)
    return {name: _digest(array) for name, array in front.items()} if same else {}


def from_front(digests: Mapping[str, object]) -> dict[str, npt.NDArray[Any]]:
    """The front's tensors of these names.

    Args:
        digests: Name -> what `digests_in_front` said of it.

    Raises:
        ValueError: The front that is installed is another one, or none is.
    """
    front = _of_front(digests)
    if {name: _digest(array) for name, array in front.items()} != digests:
        raise ValueError("its predictor looks through a front of VGG-16 that is not installed; install livestyle anew")
    return front


def _of_front(names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    """Those of these tensors that the front has."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(bundled_folder() / FRONT, framework="numpy") as opened:
            there = set(opened.keys())
            return {name: opened.get_tensor(name) for name in names if name in there}
    except (OSError, SafetensorError):
        return {}


def _is_same(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b)


def _digest(array: npt.NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]
