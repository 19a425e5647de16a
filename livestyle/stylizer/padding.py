"""Makes any picture fit a network: sides that are large enough and multiples of a number, by reflection."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livestyle.errors import BackendError
from livestyle.stylizer.stylizer import Code, Images


def check(images: Images, code: Code, code_size: int) -> None:
    """Refuses what no backend can paint.

    Raises:
        BackendError: `images` is not uint8 (N, H, W, 3) with at least one pixel, or `code` not float32 (code_size,).
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3 or images.size == 0:
        raise BackendError(f"Pictures must be uint8 (N, H, W, 3), not {images.dtype} {images.shape}.")
    if code.dtype != np.float32 or code.shape != (code_size,):
        raise BackendError(f"The style code must be float32 ({code_size},), not {code.dtype} {code.shape}.")


def fitted_hw(height: int, width: int, multiple: int, min_side_px: int) -> tuple[int, int]:
    """The smallest height and width that hold a picture and suit a network."""
    tall, wide = (-(-max(side, min_side_px) // multiple) * multiple for side in (height, width))
    return tall, wide


def pad(images: Images, multiple: int, min_side_px: int) -> Images:
    """Extends pictures at the right and at the bottom by their own reflection.

    Args:
        images: uint8 (N, H, W, 3), any H and W from 1.
        multiple: What the network wants the sides to be multiples of.
        min_side_px: What it wants them to be at least.

    Returns:
        uint8 (N, *fitted_hw(H, W, ...), 3), C-contiguous; `images` itself if it is so already.
    """
    batch, height, width, _ = images.shape
    tall, wide = fitted_hw(height, width, multiple, min_side_px)
    if (tall, wide) == (height, width):
        return np.ascontiguousarray(images)
    fitted = np.empty((batch, tall, wide, 3), np.uint8)
    fitted[:, :height, :width] = images
    fitted[:, :height, width:] = images[:, :, _reflected(width, wide)]
    fitted[:, height:] = fitted[:, _reflected(height, tall)]
    return fitted


def crop(images: Images, height: int, width: int) -> Images:
    """Takes away what `pad` has added: (N, H', W', 3) -> (N, height, width, 3), C-contiguous."""
    return np.ascontiguousarray(images[:, :height, :width])


def _reflected(size: int, target: int) -> npt.NDArray[np.intp]:
    """Where positions `size` to `target` - 1 lie after reflection at the edges, as often as it takes."""
    period = max(2 * (size - 1), 1)
    position = np.arange(size, target) % period
    return np.minimum(position, period - position)
