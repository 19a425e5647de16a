"""What optimisation strives for, and its exact gradient in bounded memory, tile by tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from livestyle.losses import normalized_distance
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.tiles import Tiles, Window, stride_of


@dataclass(frozen=True)
class Weights:
    """How much each part of the goal counts.

    Distances are normalised (see `livestyle.losses`), so the same weights suit every picture and size.

    Attributes:
        content: Of the content layer's features.
        style: Of the mean over the style layers' Gram matrices.
        smooth: Of the total variation, the mean absolute difference of neighbouring pixels.
    """

    content: float = 2.5
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
        self._photo, self._weights = photo, weights
        self._style_layers, self._content_layer = tuple(style_layers), content_layer
        self._layers = tuple(dict.fromkeys((*style_layers, content_layer)))
        self._tiles = Tiles(vgg, tile_px, tell)
        wanted: dict[str, Tensor] = {}
        for picture, share in styles:
            for layer, gram in self._tiles.bounded(self._grams, picture).items():
                wanted[layer] = wanted.get(layer, 0) + share * gram
        self._wanted = wanted

    def __call__(self, picture: Tensor) -> tuple[Parts, Tensor]:
        """The loss of a picture (1, 3, H, W), and its gradient of the same shape.

        Raises:
            MemoryError: Even the smallest tile is too large.
        """
        return self._tiles.bounded(self._evaluate, picture)

    def _evaluate(self, picture: Tensor) -> tuple[Parts, Tensor]:
        grams = {layer: gram.requires_grad_() for layer, gram in self._grams(picture).items()}
        distances = [normalized_distance(gram[None], self._wanted[layer][None]) for layer, gram in grams.items()]
        style = self._weights.style * torch.stack(distances).mean()
        asked = dict(zip(grams, torch.autograd.grad(style, list(grams.values())), strict=True))
        gradient = torch.zeros_like(picture)
        content = 0.0
        tiles = self._tiles.cut(picture)
        places = {layer: self._places(picture, layer) for layer in self._layers}
        scale = self._content_scale(picture) if len(tiles) > 1 else None
        for seen, core in tiles:
            tile = picture[:, :, *seen].detach().requires_grad_()
            features = self._tiles.core_features(tile, core, self._layers)
            pull = sum((asked[n] * _outer(features[n], places[n])).sum() for n in self._style_layers)
            with torch.no_grad():
                kept = self._content(self._photo[:, :, *seen], core)
            here = features[self._content_layer]
            # Over the whole picture, so that it does not matter how it is cut into tiles; held constant, as it hardly
            # changes in a step.
            whole = scale if scale is not None else (here.detach().square().sum() + kept.square().sum())
            away = self._weights.content * (here - kept).square().sum() / whole.clamp(min=1e-12)
            (grown,) = torch.autograd.grad(pull + away, tile)
            gradient[:, :, *seen] += grown
            content += float(away.detach())
        smooth, smooth_gradient = _smoothness(picture, self._weights.smooth)
        style_value = float(style.detach())
        parts = Parts(style_value + content + smooth, content, style_value, smooth)
        return parts, gradient + smooth_gradient

    @torch.no_grad()
    def _grams(self, picture: Tensor) -> dict[str, Tensor]:
        grams: dict[str, Tensor] = {}
        for seen, core in self._tiles.cut(picture):
            features = self._tiles.core_features(picture[:, :, *seen], core, self._style_layers)
            for layer in self._style_layers:
                grams[layer] = grams.get(layer, 0) + _outer(features[layer], self._places(picture, layer))
        return grams

    @torch.no_grad()
    def _content_scale(self, picture: Tensor) -> Tensor:
        total = torch.zeros((), device=picture.device)
        for seen, core in self._tiles.cut(picture):
            for image in (picture, self._photo):
                total += self._content(image[:, :, *seen], core).square().sum()
        return total

    def _content(self, tile: Tensor, core: Window) -> Tensor:
        return self._tiles.core_features(tile, core, [self._content_layer])[self._content_layer]

    def _places(self, picture: Tensor, layer: str) -> int:
        """How many places there are at a layer, over the whole picture."""
        stride = stride_of(layer)
        return max(1, picture.shape[2] // stride) * max(1, picture.shape[3] // stride)


def _smoothness(picture: Tensor, weight: float) -> tuple[float, Tensor]:
    """The weighted total variation of a picture (1, 3, H, W), and its gradient of the same shape."""
    if weight == 0:
        return 0.0, torch.zeros_like(picture)
    x = picture.detach().requires_grad_()
    total = (x[:, :, 1:] - x[:, :, :-1]).abs().mean() + (x[:, :, :, 1:] - x[:, :, :, :-1]).abs().mean()
    loss = weight * total
    (gradient,) = torch.autograd.grad(loss, x)
    return float(loss.detach()), gradient


def _outer(features: Tensor, places: int) -> Tensor:
    """What a part of a picture gives to its Gram matrix G = F F^T / (C H W), (C, C)."""
    flat = features[0].flatten(1)
    return flat @ flat.T / (flat.shape[0] * places)
