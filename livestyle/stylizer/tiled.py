"""Pictures of any size in bounded memory: tiles that share the statistics of the whole picture.

A tile on its own would be painted by its own statistics: a bit of sky at the contrast of a whole picture, with a seam
at every edge. Here every tile is painted by a frozen network (`networks.frozen`) with the picture's statistics in its
code, and reaches so far into its neighbours that nothing it keeps depends on where it ends. So tiles agree where they
meet, and there is nothing to blend.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch

from livestyle.errors import BackendError
from livestyle.frame import Image
from livestyle.networks.frozen import frozen_code
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.padding import check, pad
from livestyle.stylizer.stylizer import Code, Images, Stylizer

TILE_PX = 1024
"""About the side of a tile. With larger ones less is painted twice; this one takes some 0.3 GB."""

PATCH_PX = 256
"""The side of the patches that statistics are taken from."""

SAMPLE_PX = 4_000_000
"""How much of a picture its statistics are taken from: all of it up to this size."""


class TiledStylizer(Stylizer):
    """Runs a network on pictures of any size, in memory that does not grow with them.

    Args:
        file: The network.
        open_stylizer: Opens what runs the frozen network; `fastest.open_stylizer` for one device, say.
        tile_px: About the side of a tile.
        patch_px: The side of the patches that the statistics of pictures above `sample_px` are taken from.
        sample_px: The pixels of all patches together.

    Raises:
        BackendError: The network can't paint in tiles, or nothing here can run it.
        StyleError: The file is damaged.
    """

    def __init__(
        self,
        file: StyleFile,
        open_stylizer: Callable[[StyleFile], Stylizer],
        *,
        tile_px: int = TILE_PX,
        patch_px: int = PATCH_PX,
        sample_px: int = SAMPLE_PX,
    ) -> None:
        self._network = load_network(file)
        reach_px = self._network.reach_px
        if reach_px is None:
            raise BackendError(f"A network of the family {file.spec.family!r} can't paint in tiles.")
        self._reach_px, self._tile_px, self._patch_px, self._sample_px = reach_px, tile_px, patch_px, sample_px
        self._frozen = open_stylizer(replace(file, spec=replace(file.spec, frozen=True)))
        self.info, self.code_size = self._frozen.info, self._frozen.code_size

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        painted = np.empty_like(images, order="C")
        for image, into in zip(images, painted, strict=True):
            fitted = pad(image[None], self._network.multiple, self._network.min_side_px)[0]
            own = self.code_for(fitted, code)
            for rows in spans(fitted.shape[0], self._tile_px, self._reach_px, self._network.multiple):
                for columns in spans(fitted.shape[1], self._tile_px, self._reach_px, self._network.multiple):
                    tile = self._frozen.stylize(fitted[None, rows.seen, columns.seen], own)[0]
                    part = into[rows.kept, columns.kept]  # less than was painted where the picture was extended to fit
                    top, left = rows.kept.start - rows.seen.start, columns.kept.start - columns.seen.start
                    part[:] = tile[top : top + part.shape[0], left : left + part.shape[1]]
        return painted

    def code_for(self, image: Image, code: Code) -> Code:
        """The code (K,) of the frozen network for a picture (H, W, 3) with sides that the network takes.

        It is found in float32 on the CPU, whatever device paints.
        """
        patches = spread_patches(image, self._patch_px, self._sample_px)
        pictures = torch.tensor(patches).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last).float() / 255
        return np.asarray(frozen_code(self._network, pictures, torch.tensor(code)))

    def close(self) -> None:
        """Frees the device."""
        self._frozen.close()


@dataclass(frozen=True, slots=True)
class Span:
    """One side of a tile."""

    seen: slice
    """What the network is shown."""
    kept: slice
    """What is kept of its painting."""


def spans(length: int, about: int, reach: int, multiple: int) -> list[Span]:
    """Cuts one side of a picture into those of tiles.

    All are as long, so that the network is made ready for one shape; their kept parts lie side by side.

    Args:
        length: Of the side, a multiple of `multiple`.
        about: The longest side of a tile, above `2 * reach`.
        reach: How much more than it keeps a tile has to see, except at the edge of the picture.
        multiple: Where tiles may begin and end.
    """
    if length <= about:
        return [Span(slice(0, length), slice(0, length))]
    count = math.ceil((length - 2 * reach) / (about - 2 * reach))
    step = math.ceil((length - 2 * reach) / count / multiple) * multiple
    seen = step + 2 * reach
    starts = [min(k * step, length - seen) for k in range(count)]
    # Where two overlap, by at least twice the reach, they meet in the middle.
    cuts = [0, *((start + before + seen) // 2 for before, start in pairwise(starts)), length]
    return [Span(slice(start, start + seen), slice(*cut)) for start, cut in zip(starts, pairwise(cuts), strict=True)]


def spread_patches(image: Image, side: int, most_px: int) -> Images:
    """Patches (N, side, side, 3) spread evenly over a picture; the picture alone (1, H, W, 3) if it is small enough.

    Args:
        image: RGB uint8 (H, W, 3).
        side: Of a patch, in pixels; a picture with a shorter side has patches of its own length there.
        most_px: About the pixels of all patches together.
    """
    height, width = image.shape[:2]
    if height * width <= most_px:
        return image[None]
    tall, wide = min(side, height), min(side, width)
    apart = math.sqrt(height * width * tall * wide / most_px)
    tops, lefts = _spread(height, tall, apart), _spread(width, wide, apart)
    return np.stack([image[top : top + tall, left : left + wide] for top in tops for left in lefts])


def _spread(length: int, size: int, apart: float) -> list[int]:
    """Where pieces begin that lie about so far apart and don't overlap."""
    count = max(1, min(round(length / apart), length // size))
    return [round((k + 0.5) * length / count - size / 2) for k in range(count)]
