"""Pictures as the tensors that are optimised, and back."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.frame import Image

SMALLEST_STYLE_PX = 32


def to_tensor(picture: Image, size_hw: tuple[int, int], device: torch.device) -> Tensor:
    """RGB uint8 (H, W, 3) as float32 (1, 3, *size_hw) in [0, 1]."""
    tensor = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].to(device).float() / 255
    return resized(tensor, size_hw).clamp(0, 1)


def resized(picture: Tensor, size_hw: tuple[int, int]) -> Tensor:
    """A picture (1, C, H, W) at another size."""
    if tuple(picture.shape[2:]) == size_hw:
        return picture
    # One of a single pixel comes out with its channels last, which L-BFGS can't take.
    return functional.interpolate(picture, size_hw, mode="bicubic", antialias=True).contiguous()


def to_image(picture: Tensor) -> Image:
    """(1, 3, H, W) as RGB uint8 (H, W, 3)."""
    return np.asarray((picture[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy(), np.uint8)


def style_size_hw(style: Image, size_hw: tuple[int, int], scale: float = 1.0) -> tuple[int, int]:
    """The size a style is seen at: its short side is `scale` times that of the result, whose size is given."""
    scale *= min(size_hw) / min(style.shape[:2])
    height, width = (max(SMALLEST_STYLE_PX, round(side * scale)) for side in style.shape[:2])
    return height, width
