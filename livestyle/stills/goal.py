"""What optimisation strives for, and its exact gradient in bounded memory, tile by tile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from livestyle.networks.vgg import VggFeatures
from livestyle.training.losses import normalized_distance

HALO_PX = 64
"""What a tile sees beyond its core: features near the core's edge hardly depend on anything farther away."""
TILE_STEP_PX = 64
SMALLEST_TILE_PX = 128

T = TypeVar("T")


@dataclass(frozen=True)
class Weights:
    """How much each part of the goal counts.

    Distances are normalised (see `livestyle.training.losses`), so the same weights suit every picture and size.

    Attributes:
        content: Of the content layer's features.
        style: Of the mean over the style layers' Gram matrices.
        smooth: Of the total variation, the mean absolute difference of neighbouring pixels.
    """

    content: float = 1.0
    style: float = 50.0
    smooth: float = 0.5


@dataclass(frozen=True)
class Parts:
    """A total and what it is made of, each already weighted."""

    total: float
    content: float
    style: float
    smooth: float


class Goal:
    """The loss of Gatys et al. (1508.06576, eq. 7), as a value and a gradient.

    A Gram matrix is a sum over places, so it can be summed up tile by tile without a graph. What the loss asks of each
    Gram matrix is known then, and a second walk over the tiles takes that back to the pixels. Memory is that of one
    tile; but for the seams of the halos the gradient is the exact one.

    Args:
        vgg: Knows all layers.
        photo: RGB (1, 3, H, W) in [0, 1], whose content to keep.
        styles: RGB (1, 3, H, W) pictures and their shares, which sum to 1.
        style_layers: Whose Gram matrices to match.
        content_layer: Whose features to keep.
        weights: Of the parts.
        tile_px: Longest side looked at in one go, without halo.
        tell: Takes a sentence when memory runs out and tiles are halved.
    """

    def __init__(
        self,
        vgg: VggFeatures,
        photo: Tensor,
        styles: Sequence[tuple[Tensor, float]],
        style_layers: Sequence[str],
        content_layer: str,
        weights: Weights,
        tile_px: int = 1024,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._vgg, self._photo, self._weights, self._tell = vgg, photo, weights, tell
        self._style_layers, self._content_layer = tuple(style_layers), content_layer
        self._tile_px = tile_px
        wanted: dict[str, Tensor] = {}
        for picture, share in styles:
            for layer, gram in self._bounded(self._grams, picture).items():
                wanted[layer] = wanted.get(layer, 0) + share * gram
        self._wanted = wanted

    def __call__(self, picture: Tensor) -> tuple[Parts, Tensor]:
        """The loss of a picture (1, 3, H, W), and its gradient of the same shape.

        Raises:
            MemoryError: Even the smallest tile is too large.
        """
        return self._bounded(self._evaluate, picture)

    def _bounded(self, work: Callable[[Tensor], T], picture: Tensor) -> T:
        while True:
            try:
                return work(picture)
            except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
                if not _is_about_memory(error):
                    raise
                if self._tile_px // 2 < SMALLEST_TILE_PX:
                    raise MemoryError(f"There is too little memory even for tiles of {self._tile_px} px.") from error
            self._tile_px //= 2
            self._tell(f"Memory ran out, so the picture is worked on in tiles of {self._tile_px} px.")

    def _evaluate(self, picture: Tensor) -> tuple[Parts, Tensor]:
        grams = {layer: gram.requires_grad_() for layer, gram in self._grams(picture).items()}
        distances = [normalized_distance(gram[None], self._wanted[layer][None]) for layer, gram in grams.items()]
        style = self._weights.style * torch.stack(distances).mean()
        asked = dict(zip(grams, torch.autograd.grad(style, list(grams.values())), strict=True))
        gradient = torch.zeros_like(picture)
        content = 0.0
        count = sum(1 for _ in self._tiles(picture))
        places = {layer: self._places(picture, layer) for layer in (*self._style_layers, self._content_layer)}
        scale = self._content_scale(picture) if count > 1 else None
        for seen, core in self._tiles(picture):
            tile = picture[:, :, *seen].detach().requires_grad_()
            features = self._core_features(tile, core)
            pull = sum((asked[n] * _outer(features[n], places[n])).sum() for n in self._style_layers)
            with torch.no_grad():
                kept = self._core_features(self._photo[:, :, *seen], core, [self._content_layer])[self._content_layer]
            here = features[self._content_layer]
            # Over the whole picture, so that it does not matter how it is cut into tiles; held constant, as it hardly
            # changes in a step.
            whole = scale if scale is not None else (here.detach().square().sum() + kept.square().sum())
            away = self._weights.content * (here - kept).square().sum() / whole.clamp(min=1e-12)
            (grown,) = torch.autograd.grad(pull + away, tile)
            gradient[:, :, *seen] += grown
            content += float(away.detach())
        smooth, smooth_gradient = self._smoothness(picture)
        style_value = float(style.detach())
        parts = Parts(style_value + content + smooth, content, style_value, smooth)
        return parts, gradient + smooth_gradient

    def _smoothness(self, picture: Tensor) -> tuple[float, Tensor]:
        if self._weights.smooth == 0:
            return 0.0, torch.zeros_like(picture)
        x = picture.detach().requires_grad_()
        total = (x[:, :, 1:] - x[:, :, :-1]).abs().mean() + (x[:, :, :, 1:] - x[:, :, :, :-1]).abs().mean()
        loss = self._weights.smooth * total
        (gradient,) = torch.autograd.grad(loss, x)
        return float(loss.detach()), gradient

    @torch.no_grad()
    def _grams(self, picture: Tensor) -> dict[str, Tensor]:
        grams: dict[str, Tensor] = {}
        for seen, core in self._tiles(picture):
            features = self._core_features(picture[:, :, *seen], core, self._style_layers)
            for layer in self._style_layers:
                grams[layer] = grams.get(layer, 0) + _outer(features[layer], self._places(picture, layer))
        return grams

    @torch.no_grad()
    def _content_scale(self, picture: Tensor) -> Tensor:
        total = torch.zeros((), device=picture.device)
        for seen, core in self._tiles(picture):
            for image in (picture, self._photo):
                layer = self._content_layer
                total += self._core_features(image[:, :, *seen], core, [layer])[layer].square().sum()
        return total

    def _places(self, picture: Tensor, layer: str) -> int:
        """How many places there are at a layer, over the whole picture."""
        stride = _stride(layer)
        return max(1, picture.shape[2] // stride) * max(1, picture.shape[3] // stride)

    def _core_features(
        self, tile: Tensor, core: tuple[slice, slice], layers: Sequence[str] | None = None
    ) -> Mapping[str, Tensor]:
        wanted = (*self._style_layers, self._content_layer) if layers is None else layers
        cut = {}
        for layer, features in self._vgg(tile, wanted).items():
            stride = _stride(layer)
            rows, columns = (slice(part.start // stride, _up(part.stop, stride)) for part in core)
            cut[layer] = features[:, :, rows, columns].float()
        return cut

    def _tiles(self, picture: Tensor) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
        """What to look at, and where in that the core is; cores cover the picture once."""
        height, width = picture.shape[2:]
        for top, bottom in _cuts(height, self._tile_px):
            for left, right in _cuts(width, self._tile_px):
                first_row, first_column = max(0, top - HALO_PX), max(0, left - HALO_PX)
                seen = (
                    slice(first_row, min(height, bottom + HALO_PX)),
                    slice(first_column, min(width, right + HALO_PX)),
                )
                core = slice(top - first_row, bottom - first_row), slice(left - first_column, right - first_column)
                yield seen, core


def _cuts(length: int, tile_px: int) -> list[tuple[int, int]]:
    """Cuts a length into parts of about equal length, at most `tile_px`, that begin at multiples of 64."""
    count = -(-length // tile_px)
    step = -(-length // count // TILE_STEP_PX) * TILE_STEP_PX if count > 1 else length
    return [(start, min(length, start + step)) for start in range(0, length, max(1, step))]


def _stride(layer: str) -> int:
    """Of a layer called "relu3_1": VGG halves the picture between its stages."""
    return 1 << (int(layer[4]) - 1)


def _up(value: int, stride: int) -> int:
    return -(-value // stride)


def _outer(features: Tensor, places: int) -> Tensor:
    """What a part of a picture gives to its Gram matrix G = F F^T / (C H W), (C, C)."""
    flat = features[0].flatten(1)
    return flat @ flat.T / (flat.shape[0] * places)


def _is_about_memory(error: BaseException) -> bool:
    # On the CPU torch raises a plain RuntimeError for it.
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "not enough memory" in str(error)
