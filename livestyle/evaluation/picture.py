"""A picture with a name, which knows itself by its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from livestyle.frame import Image
from livestyle.sources.pictures import read_picture


def digest(*parts: str | bytes | Image | Tensor) -> str:
    """32 hex digits that name a sequence of texts, bytes and arrays."""
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, Tensor):
            part = part.numpy(force=True)
        if isinstance(part, np.ndarray):
            whole.update(f"{part.dtype}{part.shape}".encode())
            part = np.ascontiguousarray(part).tobytes()
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()[:32]


@dataclass(frozen=True, eq=False)
class NamedPicture:
    """A photo or a painting.

    Attributes:
        name: Of a photo, its file; of a painting, what its style is called.
        image: RGB uint8 (H, W, 3).
    """

    name: str
    image: Image

    @classmethod
    def read(cls, path: Path, name: str = "") -> NamedPicture:
        """Reads a picture. Raises `SourceError`."""
        return cls(name or path.name, read_picture(path))

    @cached_property
    def digest(self) -> str:
        """Names what is to be seen."""
        return digest(self.image)

    @property
    def lines(self) -> int:
        """The short side in pixels."""
        return int(min(self.image.shape[:2]))


def as_tensor(images: Image) -> Tensor:
    """RGB uint8 (H, W, 3) or (N, H, W, 3) -> float (N, 3, H, W) in [0, 1]; N is 1 for a single one."""
    batch = torch.from_numpy(np.ascontiguousarray(images)).reshape(-1, *images.shape[-3:])
    return batch.permute(0, 3, 1, 2).float() / 255


def as_image(pictures: Tensor) -> Image:
    """Float (N, 3, H, W) in [0, 1] -> RGB uint8 (N, H, W, 3)."""
    return (pictures * 255).round().clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous().numpy()
