"""Style transfer by patches: every patch of a picture becomes like one of the painting's, and drawn maps say which may.

Champandard's neural-doodle (1603.01768) on the patches of Li & Wand (1601.04589): the best patch for each patch is
looked for anew at every evaluation of the loss, among those whose colour in the painting's map is like the colour in
the picture's. Follows his code in layers, weights and scales; but distances are divided by the mean square of the
features wanted, so weights keep their meaning from picture to picture, and what there is a photo of starts from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.frame import Image
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.descent import Descent, Reached
from livestyle.stills.goal import Parts, Weights
from livestyle.stills.patch_bank import SIDE, PatchBank, cover
from livestyle.stills.tensors import style_size_hw, to_image, to_tensor
from livestyle.stills.tiles import Tiles, stride_of

STYLE_LAYERS = ("relu3_1", "relu4_1")
CONTENT_LAYER = "relu4_2"
WEIGHTS = Weights(content=10.0, style=25.0, smooth=50.0)
"""Content and style as in neural-doodle, where the style's is that of each layer. Its 1 for smoothness is about 50
here: colours go up to 1 and not 255, and features have a mean square of 1."""
SMALLEST_PX = 32
"""Short side of the smallest picture that still has patches, four of them, at the deepest style layer."""
HISTORY = 10
"""Steps that L-BFGS remembers: few, as new matches make a new loss of it. neural-doodle has 4."""
DARKEST, BRIGHTEST = 16 / 255, 240 / 255
"""Of the noise to start from, as in neural-doodle."""


@dataclass(frozen=True)
class DoodleOptions:
    """How to paint by patches.

    Attributes:
        size_px: Long side of the result.
        iterations: Evaluations of the loss at each scale.
        scales: How many sizes to work at, each twice the last; those too small to have patches are left out.
        weights: Of the content, of the patches at each layer, and of smoothness.
        semantic_weight: What the likeness of the maps counts in matching, where that of the features counts 1.
        variety: How much patches are held back for fitting well already, so that others come in; 0 to 1.
        tile_px: Longest side worked on in one go; halved when memory runs out.
        seed: Of the noise that a picture without a photo starts from.

    Raises:
        TrainingError: A value makes no sense.
    """

    size_px: int = 512
    iterations: int = 100
    scales: int = 3
    weights: Weights = field(default=WEIGHTS)
    semantic_weight: float = 10.0
    variety: float = 0.0
    tile_px: int = 1024
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size_px < 64 or self.iterations < 1 or self.scales < 1:
            raise TrainingError("A doodle takes a size of 64 px or more, an iteration or more, and a scale or more.")
        weights = (self.weights.content, self.weights.style, self.weights.smooth, self.semantic_weight)
        if not all(0 <= weight < math.inf for weight in weights) or self.weights.style == 0:
            raise TrainingError("Weights are 0 or more, that of the style above 0.")
        if not 0 <= self.variety <= 1:
            raise TrainingError("The variety is from 0 to 1.")


class PatchGoal:
    """The loss of neural-doodle, as a value and a gradient, in bounded memory (see `Tiles` and `PatchBank`).

    Args:
        vgg: Knows `STYLE_LAYERS` and `CONTENT_LAYER`.
        photo: RGB (1, 3, H, W) in [0, 1], whose content to keep; None to keep none.
        style: RGB (1, 3, H', W') in [0, 1].
        maps: Of the picture and of the style, RGB of their sizes; None to go by the features alone.
        options: The weights, the variety and the size of tiles.
        tell: Takes a sentence when memory runs out and tiles are halved.
    """

    def __init__(
        self,
        vgg: VggFeatures,
        photo: Tensor | None,
        style: Tensor,
        maps: tuple[Tensor, Tensor] | None,
        options: DoodleOptions,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._options = options
        self._tiles = Tiles(vgg, options.tile_px, tell)
        self._content: Tensor | None = None
        if photo is not None and options.weights.content > 0:
            self._content = self._features(photo, (CONTENT_LAYER,))[CONTENT_LAYER]
        self._layers = STYLE_LAYERS if self._content is None else (*STYLE_LAYERS, CONTENT_LAYER)
        self._banks: dict[str, PatchBank] = {}
        self._marks: dict[str, Tensor | None] = {}
        self._scales: dict[str, Tensor] = {}
        for layer, features in self._features(style, STYLE_LAYERS).items():
            own, styles = (_marks(m, layer) for m in maps) if maps else (None, None)
            self._banks[layer] = PatchBank(features, styles, options.semantic_weight)
            self._marks[layer] = own
            self._scales[layer] = _mean_square(features)

    def __call__(self, picture: Tensor) -> tuple[Parts, Tensor]:
        """The loss of a picture (1, 3, H, W), and its gradient of the same shape.

        Raises:
            MemoryError: Even the smallest tile is too large.
        """
        return self._tiles.bounded(self._evaluate, picture)

    def _features(self, picture: Tensor, layers: tuple[str, ...]) -> dict[str, Tensor]:
        return self._tiles.bounded(lambda p: self._tiles.features(p, layers), picture)

    def _evaluate(self, picture: Tensor) -> tuple[Parts, Tensor]:
        content = style = 0.0

        def ask(features: Mapping[str, Tensor]) -> dict[str, Tensor]:
            nonlocal content, style
            asked = {}
            for layer in STYLE_LAYERS:
                loss, asked[layer] = self._style(layer, features[layer])
                style += loss
            if self._content is not None:
                content, asked[CONTENT_LAYER] = self._kept(features[CONTENT_LAYER], self._content)
            return asked

        gradient = self._tiles.gradient(picture, self._layers, ask)
        smooth, smooth_gradient = _total_variation(picture, self._options.weights.smooth)
        return Parts(content + style + smooth, content, style, smooth), gradient + smooth_gradient

    def _style(self, layer: str, features: Tensor) -> tuple[float, Tensor]:
        """The mean squared difference between patches and their matches, and its gradient."""
        bank = self._banks[layer]
        found = bank.match(features, self._marks[layer], self._options.variety)
        wanted, rest = bank.wanted(found)
        weight = self._options.weights.style / (self._scales[layer] * found.numel() * SIDE**2 * features.shape[1])
        away = features - wanted
        pull = cover(features.shape[2], features.shape[3], features.device) * away
        return float(weight * ((pull * away).sum() + rest)), 2 * weight * pull

    def _kept(self, features: Tensor, content: Tensor) -> tuple[float, Tensor]:
        """The mean squared difference between features and those of the photo, and its gradient."""
        weight = self._options.weights.content / (_mean_square(content) * content.numel())
        away = features - content
        return float(weight * away.square().sum()), 2 * weight * away


def _total_variation(picture: Tensor, weight: float) -> tuple[float, Tensor]:
    """The weighted mean of (dx^2 + dy^2)^1.25, as in neural-doodle, and its gradient.

    An exponent so high takes the noise away that a picture may start from, and spares what is faint.
    """
    x = picture.detach().requires_grad_()
    corner = x[:, :, :-1, :-1]
    squares = (x[:, :, 1:, :-1] - corner).square() + (x[:, :, :-1, 1:] - corner).square()
    loss = weight * squares.pow(1.25).mean()
    (gradient,) = torch.autograd.grad(loss, x)
    return float(loss.detach()), gradient


def _mean_square(features: Tensor) -> Tensor:
    return features.square().mean().clamp(min=1e-12)


def _marks(colors: Tensor, layer: str) -> Tensor:
    """The colours of a map at a layer as directions, to be compared by the cosine between them, (1, 4, h, w).

    neural-doodle takes the direction of RGB itself, in which black has none and grey is white. With a fourth number
    that is always the same, and the middle of all colours as 0, no two colours share a direction.
    """
    directions = torch.cat([2 * colors - 1, torch.ones_like(colors[:, :1])], dim=1)
    return functional.avg_pool2d(directions, stride_of(layer))


class Doodler:
    """Paints one picture by patches. `picture()` is at any time the best so far, also after an interrupt.

    Args:
        photo: RGB uint8 (H, W, 3), whose content to keep and where to start from; None to start from noise.
        style: RGB uint8 (H', W', 3).
        maps: Of the picture and of the style, RGB uint8 of any size; they are stretched over their pictures.
        vgg: Knows `STYLE_LAYERS` and `CONTENT_LAYER`.
        options: How.
        device: Where.
        tell: Takes a sentence when tiles have to be halved.

    Raises:
        TrainingError: There is neither a photo nor maps.
    """

    def __init__(
        self,
        photo: Image | None,
        style: Image,
        maps: tuple[Image, Image] | None,
        vgg: VggFeatures,
        options: DoodleOptions,
        device: torch.device,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        if photo is None and maps is None:
            raise TrainingError(
                "There is nothing to paint: give a photo, or a map of the picture and one of the style."
            )
        self._photo, self._style, self._maps = photo, style, maps
        self._options, self._device, self._tell = options, device, tell
        self._vgg = vgg.to(device)
        levels = [(size_hw, options.iterations) for size_hw in self.sizes_hw()]
        # The noise has no detail worth keeping.
        detail = None if photo is None else self._start
        self._descent = Descent(levels, self._start, self._goal, history=HISTORY, detail=detail)

    def sizes_hw(self) -> list[tuple[int, int]]:
        """The sizes worked at, from coarse to fine: the photo's shape, or that of the picture's map."""
        shown = self._photo if self._photo is not None else self._maps[0] if self._maps else self._style
        height, width = shown.shape[:2]
        scales = [self._options.size_px / max(height, width) / 2**n for n in reversed(range(self._options.scales))]
        # The last has to be, however narrow: it is widened then.
        scales = [s for s in scales[:-1] if min(height, width) * s >= SMALLEST_PX] + scales[-1:]
        return [(max(SMALLEST_PX, round(height * s)), max(SMALLEST_PX, round(width * s))) for s in scales]

    def run(self, on_progress: Callable[[Reached], None] = lambda progress: None) -> Image:
        """Paints; returns `picture()`.

        Raises:
            MemoryError: Even the smallest tiles are too large.
        """
        self._descent.run(on_progress)
        return self.picture()

    def picture(self) -> Image:
        """The best picture so far, RGB uint8; what it starts from, at the coarsest size, before the first iteration."""
        return to_image(self._descent.best())

    def _start(self, size_hw: tuple[int, int]) -> Tensor:
        if self._photo is not None:
            return to_tensor(self._photo, size_hw, self._device)
        noise = torch.rand(1, 3, *size_hw, generator=torch.Generator().manual_seed(self._options.seed))
        return (DARKEST + (BRIGHTEST - DARKEST) * noise).to(self._device)

    def _goal(self, size_hw: tuple[int, int]) -> PatchGoal:
        style_hw = style_size_hw(self._style, size_hw)
        maps = None
        if self._maps is not None:
            own, styles = self._maps
            maps = to_tensor(own, size_hw, self._device), to_tensor(styles, style_hw, self._device)
        photo = None if self._photo is None else to_tensor(self._photo, size_hw, self._device)
        style = to_tensor(self._style, style_hw, self._device)
        return PatchGoal(self._vgg, photo, style, maps, self._options, self._tell)
