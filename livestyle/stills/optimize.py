"""Style transfer by optimisation of the picture itself (Gatys et al., 1508.06576): the slow original, for stills.

Follows Johnson's neural-style in practice: it starts from the photo unless told otherwise, and Gram matrices are
divided by C H W. Distances are normalised as in training, so weights keep their meaning from picture to picture. Works
from coarse to fine: what is large is settled while it is cheap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
import torch
from torch import Tensor

from livestyle.compose import with_colors_of
from livestyle.errors import TrainingError
from livestyle.frame import Image
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.descent import Descent, OptimizerName, Reached
from livestyle.stills.goal import Goal, Weights
from livestyle.stills.tensors import style_size_hw, to_image, to_tensor

STYLE_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
CONTENT_LAYER = "relu3_3"
"""Johnson's (1603.08155). After 100 evaluations of a photo and the Starry Night at 384 px the layers that the other set
looks at are at 0.028 of their distance and content at 0.31; with those of the paper, relu1_1 to relu5_1 and relu4_2, at
0.036 and 0.55."""
COARSEST_PX = 256
FINER_SHARE = 0.5
"""Of the iterations a level takes; each finer one takes half of what is left, as it only adds detail."""

StillColors = Literal["painting", "camera", "matched"]
"""The painting's; the photo's under the brightness of the painting; or the photo's, with the style's recoloured to them
before (Gatys et al., 1606.05897, both ways)."""


@dataclass(frozen=True)
class OptimizeOptions:
    """How to optimise.

    Attributes:
        size_px: Long side of the result.
        iterations: Evaluations of the loss, in all.
        optimizer: "lbfgs", as in the paper, or "adam", which takes less memory.
        start: From the photo, or from noise.
        style_scale: Size of the style's strokes: 1 is a style picture as high as the result.
        colors: Whose colours.
        weights: Of content, style and smoothness.
        style_layers: What style is compared at.
        content_layer: What content is compared at.
        tile_px: Longest side worked on in one go; halved when memory runs out.
        seed: Of the noise.

    Raises:
        TrainingError: A value makes no sense.
    """

    size_px: int = 512
    iterations: int = 500
    optimizer: OptimizerName = "lbfgs"
    start: Literal["photo", "noise"] = "photo"
    style_scale: float = 1.0
    colors: StillColors = "painting"
    weights: Weights = field(default_factory=Weights)
    style_layers: tuple[str, ...] = STYLE_LAYERS
    content_layer: str = CONTENT_LAYER
    tile_px: int = 1024
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size_px < 64 or self.iterations < 1 or not 0.1 <= self.style_scale <= 10:
            raise TrainingError(
                "Optimising takes a size of 64 px or more, an iteration or more, a style scale of 0.1 to 10."
            )
        weights = (self.weights.content, self.weights.style, self.weights.smooth)
        if not all(0 <= weight < math.inf for weight in weights) or self.weights.style == 0:
            raise TrainingError("Weights are 0 or more, that of the style above 0.")
        if not self.style_layers:
            raise TrainingError("Optimising needs a style layer.")


class Optimizer:
    """Optimises one picture. `picture()` is at any time the best so far, also after an interrupt.

    Args:
        photo: RGB uint8 (H, W, 3).
        styles: RGB uint8 pictures and their weights above 0.
        vgg: Knows the layers of the options.
        options: How.
        device: Where.
        tell: Takes a sentence when tiles have to be halved.
    """

    def __init__(
        self,
        photo: Image,
        styles: Sequence[tuple[Image, float]],
        vgg: VggFeatures,
        options: OptimizeOptions,
        device: torch.device,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        if not styles or any(not weight > 0 for _, weight in styles):
            raise TrainingError("Optimising needs a style picture, and every weight above 0.")
        self._options, self._device, self._tell = options, device, tell
        self._vgg = vgg.to(device)
        self._photo = photo
        self._styles = [(recoloured(s, photo) if options.colors == "matched" else s, weight) for s, weight in styles]
        self._descent = Descent(self._levels(), self._start, self._goal, options.optimizer)

    def sizes_hw(self) -> list[tuple[int, int]]:
        """The sizes worked at, from coarse to fine: each about twice the last."""
        height, width = self._photo.shape[:2]
        long_sides = [self._options.size_px]
        while long_sides[-1] >= 2 * COARSEST_PX:
            long_sides.append(long_sides[-1] // 2)
        scales = [side / max(height, width) for side in reversed(long_sides)]
        return [(max(16, round(height * s)), max(16, round(width * s))) for s in scales]

    def run(self, on_progress: Callable[[Reached], None] = lambda progress: None) -> Image:
        """Optimises; returns `picture()`.

        Raises:
            MemoryError: Even the smallest tiles are too large.
        """
        self._descent.run(on_progress)
        return self.picture()

    def picture(self) -> Image:
        """The best picture so far, RGB uint8; what it starts from, at the coarsest size, before the first iteration."""
        painted = to_image(self._descent.best())
        if self._options.colors != "camera":
            return painted
        size = painted.shape[1], painted.shape[0]
        return with_colors_of(
            painted, np.asarray(cv2.resize(self._photo, size, interpolation=cv2.INTER_AREA), np.uint8)
        )

    def _levels(self) -> list[tuple[tuple[int, int], int]]:
        sizes, left = self.sizes_hw(), self._options.iterations
        levels = []
        for size_hw in sizes[:-1]:
            count = min(left, max(1, round(left * (1 - FINER_SHARE))))
            levels.append((size_hw, count))
            left -= count
        return [*levels, (sizes[-1], left)]

    def _start(self, size_hw: tuple[int, int]) -> Tensor:
        photo = to_tensor(self._photo, size_hw, self._device)
        if self._options.start == "photo":
            return photo
        noise = torch.randn(photo.shape, generator=torch.Generator().manual_seed(self._options.seed))
        return (0.5 + 0.15 * noise.to(self._device)).clamp(0, 1)

    def _goal(self, size_hw: tuple[int, int]) -> Goal:
        options = self._options
        total = sum(weight for _, weight in self._styles)
        styles = []
        for picture, weight in self._styles:
            style_hw = style_size_hw(picture, size_hw, options.style_scale)
            styles.append((to_tensor(picture, style_hw, self._device), weight / total))
        photo = to_tensor(self._photo, size_hw, self._device)
        return Goal(
            self._vgg,
            photo,
            styles,
            options.style_layers,
            options.content_layer,
            options.weights,
            options.tile_px,
            self._tell,
        )


def recoloured(style: Image, photo: Image) -> Image:
    """A style picture (H, W, 3) in the colours of a photo (H', W', 3), both RGB uint8.

    The mean and covariance of its RGB values are made the photo's (Gatys et al., 1606.05897, section 3.1), with the
    symmetric square root of the covariances.
    """
    own, wanted = (p.reshape(-1, 3).astype(np.float64) / 255 for p in (style, photo))
    change = _power(np.cov(wanted.T, bias=True), 0.5) @ _power(np.cov(own.T, bias=True), -0.5)
    colors = (own - own.mean(0)) @ change.T + wanted.mean(0)
    return np.asarray(np.clip(colors * 255, 0, 255).round().reshape(style.shape), np.uint8)


def _power(covariance: np.ndarray, exponent: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(covariance + 1e-5 * np.eye(3))
    return np.asarray(vectors @ np.diag(values**exponent) @ vectors.T)
