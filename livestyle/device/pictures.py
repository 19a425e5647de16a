"""What OpenCV does to pictures on a processor, in torch: on any device, and without ever waiting for it.

Pictures are float (N, C, H, W) in steps of 255. The results are those of OpenCV within a rounding.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional


def rounded(pictures: Tensor) -> Tensor:
    """The bytes nearest to pictures, still as floats."""
    return pictures.round().clamp_(0, 255)


def grey(pictures: Tensor) -> Tensor:
    """The luma (N, 1, H, W) of RGB (N, 3, H, W)."""
    red, green, blue = torch.split(pictures, 1, dim=1)
    return (0.299 * red).add_(green, alpha=0.587).add_(blue, alpha=0.114)


def block_means(pictures: Tensor, sides_px: tuple[int, int]) -> Tensor:
    """The mean in each block of a grid, whose sides are at most those of the picture; see `steady.blocks`."""
    # As a reduction, because pooling gives each block to one thread.
    (tall, wide), (height, width) = sides_px, pictures.shape[-2:]
    rows, columns = height // tall, width // wide
    whole = pictures[..., : rows * tall, : columns * wide]
    return torch.unflatten(torch.unflatten(whole, -1, (columns, wide)), -3, (rows, tall)).mean((-3, -1))


def reflected(pictures: Tensor, px: int) -> Tensor:
    """Pictures with so many pixels more on every side, which are smaller than the picture: OpenCV's usual border."""
    return functional.pad(pictures, (px, px, px, px), mode="reflect")


def blurred(pictures: Tensor, side_px: int) -> Tensor:
    """The mean of the square of an odd side around each pixel."""
    return functional.avg_pool2d(reflected(pictures, side_px // 2), side_px, stride=1)


def laplacian(pictures: Tensor) -> Tensor:
    """The sum of the four neighbours of each pixel, less four times itself."""
    # Slices, because a convolution may be done with ten bits.
    wide = reflected(pictures, 1)
    across = wide[..., 1:-1, :-2] + wide[..., 1:-1, 2:]
    return across.add_(wide[..., :-2, 1:-1]).add_(wide[..., 2:, 1:-1]).sub_(pictures, alpha=4)


def slopes(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """What Sobel's filters give, to the right and downwards, a pixel."""
    wide = reflected(pictures, 1)
    down = wide[..., :-2, :] + 2 * wide[..., 1:-1, :] + wide[..., 2:, :]
    right = wide[..., :-2] + 2 * wide[..., 1:-1] + wide[..., 2:]
    return (down[..., 2:] - down[..., :-2]) / 8, (right[..., 2:, :] - right[..., :-2, :]) / 8


def enlarged(pictures: Tensor, size_hw: tuple[int, int], *, cubic: bool = False) -> Tensor:
    """Pictures at a size, as OpenCV's INTER_LINEAR or INTER_CUBIC makes them; themselves if they have it."""
    if pictures.shape[-2:] == size_hw:
        return pictures
    mode = "bicubic" if cubic else "bilinear"
    return functional.interpolate(pictures, size=size_hw, mode=mode, align_corners=False)


def warped(pictures: Tensor, flow: Tensor) -> Tensor:
    """Pictures moved along a flow; see `steady.flow.warped`.

    Args:
        pictures: (1, C, H, W).
        flow: (1, 2, h, w) in px of its own size, x then y.
    """
    height, width = pictures.shape[-2:]
    flow_x, flow_y = enlarged(flow, (height, width))[0]
    columns = torch.arange(width, device=flow.device, dtype=flow.dtype)
    rows = torch.arange(height, device=flow.device, dtype=flow.dtype)
    # To torch's own measure, in which a picture goes from -1 to 1 with the outer edges of its pixels.
    x = (columns + flow_x * (width / flow.shape[3]) + 0.5) * (2 / width) - 1
    y = (rows[:, None] + flow_y * (height / flow.shape[2]) + 0.5) * (2 / height) - 1
    grid = torch.stack([x, y], dim=2)[None]
    return functional.grid_sample(pictures, grid, mode="bicubic", padding_mode="border", align_corners=False)


def interpolated(at: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """`np.interp`: a curve through points, read at any number of places.

    Args:
        at: Of any shape.
        places: (P,), growing.
        values: (P,).
    """
    before = torch.searchsorted(places, at.contiguous(), right=True).sub_(1).clamp_(0, places.numel() - 2)
    start, step = places[before], places[before + 1] - places[before]
    # Two points at one place are a step.
    share = ((at - start) / step.clamp_min(torch.finfo(step.dtype).tiny)).clamp_(0, 1)
    return torch.lerp(values[before], values[before + 1], share)


class Reduction:
    """Makes pictures smaller as OpenCV's INTER_AREA does: each new pixel is the mean of the area that it covers.

    Args:
        from_hw: The size of what comes.
        to_hw: The size to make, no larger.
        device: Where.
    """

    def __init__(self, from_hw: tuple[int, int], to_hw: tuple[int, int], device: torch.device) -> None:
        (height, width), (rows, columns) = from_hw, to_hw
        self._blocks = (height // rows, width // columns) if not (height % rows or width % columns) else None
        self._shares: tuple[Tensor, Tensor] | None = None
        if self._blocks is None:
            # Matrix units are much faster with halves, which hold bytes exactly, and shares well enough.
            dtype = torch.float16 if device.type == "cuda" else torch.float32
            down, across = (torch.from_numpy(area_shares(*sides)) for sides in zip(from_hw, to_hw, strict=True))
            self._shares = down.to(device, dtype), across.T.contiguous().to(device, dtype)

    def __call__(self, pictures: Tensor) -> Tensor:
        """Reduces (N, C, *from_hw), of any type, to float32 (N, C, *to_hw)."""
        if self._blocks == (1, 1):
            return pictures.float()
        if self._blocks is not None:
            return block_means(pictures.float(), self._blocks)
        assert self._shares is not None
        down, across = self._shares
        return (down @ pictures.to(down.dtype) @ across).float()


def area_shares(size: int, target: int) -> npt.NDArray[np.float32]:
    """How much of each new pixel, (target, size), comes from each old one, along one side."""
    edges = np.arange(target + 1) * (size / target)
    starts, ends = edges[:-1, None], edges[1:, None]
    pixels = np.arange(size)
    covered = np.clip(np.minimum(ends, pixels + 1) - np.maximum(starts, pixels), 0, None)
    return np.asarray(covered / (size / target), np.float32)
