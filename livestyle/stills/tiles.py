"""Features of pictures of any size in bounded memory: pictures are looked at tile by tile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from livestyle.networks.vgg import VggFeatures
from livestyle.stylizer.failure import is_about_memory

HALO_PX = 64
"""What a tile sees beyond its core: features near the core's edge hardly depend on anything farther away."""
STEP_PX = 64
SMALLEST_PX = 128

Window = tuple[slice, slice]
"""Rows and columns."""
T = TypeVar("T")


class Tiles:
    """Looks at pictures through a VGG, in tiles that are halved when memory runs out.

    Args:
        vgg: What looks.
        tile_px: Longest side looked at in one go, without halo.
        tell: Takes a sentence when memory runs out and tiles are halved.
    """

    def __init__(self, vgg: VggFeatures, tile_px: int, tell: Callable[[str], None]) -> None:
        self._vgg, self._tile_px, self._tell = vgg, tile_px, tell

    def bounded(self, work: Callable[[Tensor], T], picture: Tensor) -> T:
        """Does work on a picture, with ever smaller tiles until memory suffices.

        Raises:
            MemoryError: Even the smallest tile is too large.
        """
        while True:
            try:
                return work(picture)
            except (MemoryError, RuntimeError) as error:
                if not is_about_memory(error):
                    raise
                if self._tile_px // 2 < SMALLEST_PX:
                    raise MemoryError(f"There is too little memory even for tiles of {self._tile_px} px.") from error
            self._tile_px //= 2
            self._tell(f"Memory ran out, so the picture is worked on in tiles of {self._tile_px} px.")

    def cut(self, picture: Tensor) -> list[tuple[Window, Window]]:
        """Of a picture (1, 3, H, W): what to look at, and where in that the core is; cores cover the picture once."""
        return list(self._cut(*picture.shape[2:]))

    def _cut(self, height: int, width: int) -> Iterator[tuple[Window, Window]]:
        for top, bottom in cuts(height, self._tile_px):
            for left, right in cuts(width, self._tile_px):
                first_row, first_column = max(0, top - HALO_PX), max(0, left - HALO_PX)
                seen = (
                    slice(first_row, min(height, bottom + HALO_PX)),
                    slice(first_column, min(width, right + HALO_PX)),
                )
                core = slice(top - first_row, bottom - first_row), slice(left - first_column, right - first_column)
                yield seen, core

    def core_features(self, tile: Tensor, core: Window, layers: Sequence[str]) -> dict[str, Tensor]:
        """Features of the core of a tile (1, 3, h, w): layer -> (1, C, h', w'), float32."""
        cut = {}
        for layer, features in self._vgg(tile, layers).items():
            stride = stride_of(layer)
            rows, columns = (slice(part.start // stride, _up(part.stop, stride)) for part in core)
            cut[layer] = features[:, :, rows, columns].float()
        return cut

    @torch.no_grad()
    def features(self, picture: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        """Features of a whole picture (1, 3, H, W), without a graph: layer -> (1, C, H', W'), float32."""
        whole: dict[str, Tensor] = {}
        for seen, core in self.cut(picture):
            for layer, part in self.core_features(picture[:, :, *seen], core, layers).items():
                if layer not in whole:
                    size_hw = (side // stride_of(layer) for side in picture.shape[2:])
                    whole[layer] = part.new_empty(1, part.shape[1], *size_hw)
                whole[layer][:, :, *_place(seen, core, layer)] = part
        return whole

    def gradient(
        self,
        picture: Tensor,
        layers: Sequence[str],
        ask: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]],
    ) -> Tensor:
        """The gradient, at a picture (1, 3, H, W), of a loss that looks at whole feature maps.

        Args:
            picture: Where.
            layers: What the loss looks at.
            ask: Takes the features as `features` gives them; returns the loss's gradient for each of them.
        """
        tiles = self.cut(picture)
        # A picture of one tile is looked at once; else the features have to be whole before the first is taken back.
        asked = ask(self.features(picture, layers)) if len(tiles) > 1 else None
        gradient = torch.zeros_like(picture)
        for seen, core in tiles:
            tile = picture[:, :, *seen].detach().requires_grad_()
            features = self.core_features(tile, core, layers)
            if asked is None:
                asked = ask({layer: part.detach() for layer, part in features.items()})
            parts = [asked[layer][:, :, *_place(seen, core, layer)] for layer in layers]
            (grown,) = torch.autograd.grad([features[layer] for layer in layers], tile, parts)
            gradient[:, :, *seen] += grown
        return gradient


def cuts(length: int, tile_px: int) -> list[tuple[int, int]]:
    """Cuts a length into parts of about equal length, at most `tile_px`, that begin at multiples of 64."""
    count = -(-length // tile_px)
    step = -(-length // count // STEP_PX) * STEP_PX if count > 1 else length
    return [(start, min(length, start + step)) for start in range(0, length, max(1, step))]


def stride_of(layer: str) -> int:
    """Of a layer called "relu3_1": VGG halves the picture between its stages."""
    return 1 << (int(layer[4]) - 1)


def _place(seen: Window, core: Window, layer: str) -> Window:
    """Where the features of a core lie among those of the whole picture."""
    stride = stride_of(layer)
    rows, columns = (
        slice((s.start + c.start) // stride, _up(s.start + c.stop, stride)) for s, c in zip(seen, core, strict=True)
    )
    return rows, columns


def _up(value: int, stride: int) -> int:
    return -(-value // stride)
