"""Paints with a texture network, in any size."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from livestyle.errors import DeviceMemoryError, LivestyleError
from livestyle.frame import Image
from livestyle.hardware import half_type
from livestyle.networks.texture import CELL_PX, TextureNetwork, draw_noise
from livestyle.styles.load import with_weights
from livestyle.stylizer.failure import is_about_memory
from livestyle.textures.file import TextureFile

SMALLEST_PX = 256
"""Smaller textures are cut from one of this size: the norms take their statistics of all that is painted, and those of
a few places of the coarsest noise would be a matter of luck."""
MOST_PX = 4096 * 2176
"""The norms need the whole picture at once: 0.7 kB of memory a pixel in half precision, 1.2 kB in full."""


def load_texture(file: TextureFile) -> TextureNetwork:
    """The network of a texture file, ready to paint.

    Raises:
        StyleError: The weights don't fit the network.
    """
    return with_weights(
        lambda: TextureNetwork(file.width, paints_photos=file.paints_photos),
        file.weights,
        "texture file's weights don't fit its network",
    )


@torch.inference_mode()
def paint_texture(network: TextureNetwork, of: tuple[int, int] | Image, seed: int, device: torch.device) -> Image:
    """A texture, or a photo painted: the same for the same seed and size; another seed has other strokes.

    Args:
        network: What paints.
        of: The height and width of a texture in pixels, any; or the photo, RGB uint8 (H, W, 3), if the network paints
            photos.
        seed: Of the noise.
        device: What computes.

    Returns:
        RGB uint8 (H, W, 3).

    Raises:
        LivestyleError: It would take too much memory.
    """
    photo = of if isinstance(of, np.ndarray) else None
    height, width = of.shape[:2] if isinstance(of, np.ndarray) else of
    least = 2 * CELL_PX if network.paints_photos else SMALLEST_PX
    whole_hw = max(least, -(-height // CELL_PX) * CELL_PX), max(least, -(-width // CELL_PX) * CELL_PX)
    if whole_hw[0] * whole_hw[1] > MOST_PX:
        raise LivestyleError(
            f"{width}x{height} pixels would take too much memory: {MOST_PX // 1_000_000} million are the most."
        )
    try:
        noise = [f.to(device) for f in draw_noise(1, whole_hw, torch.Generator().manual_seed(seed))]
        photos = None if photo is None else _mirrored(torch.from_numpy(photo).to(device), whole_hw)
        half = half_type(device)
        with torch.autocast(device.type, half) if half else nullcontext():
            painted: Tensor = network.to(device)(noise, photos)
        picture = (painted[0, :, :height, :width] * 255).round().byte().permute(1, 2, 0)
        return np.ascontiguousarray(picture.cpu().numpy())
    except (MemoryError, RuntimeError) as error:
        if is_about_memory(error):
            raise DeviceMemoryError(
                f"There is too little memory for {width}x{height}: choose a smaller size."
            ) from error
        raise


def _mirrored(photo: Tensor, size_hw: tuple[int, int]) -> Tensor:
    """A photo uint8 (H, W, 3) as float (1, 3, H', W') in [0, 1], mirrored at its right and lower edge."""
    for axis, size in enumerate(size_hw):
        length = photo.shape[axis]
        period = torch.arange(size, device=photo.device) % max(1, 2 * length - 2)
        photo = photo.index_select(axis, torch.minimum(period, (2 * length - 2 - period).abs()))
    return photo.permute(2, 0, 1)[None].float() / 255
