"""Scenes to hold still: what a camera with noise makes of them, and what a network might make of that."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from livestyle.stylizer.stylizer import Images

Scene = npt.NDArray[np.float32]


class Studio:
    """Makes pictures of one random world."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)

    def texture(self, height: int, width: int) -> Scene:
        """Spots of all sizes, as photos have, about 60 to 190."""
        layers = [s * cv2.GaussianBlur(self.rng.normal(size=(height, width, 3)), (0, 0), s) for s in (1.5, 4.0, 9.0)]
        texture = np.sum(layers, axis=0)
        return np.asarray(125 + 65 * texture / np.abs(texture).max(), np.float32)

    def shots(self, scenes: list[Scene], sigma: float) -> Images:
        """What a camera makes of scenes."""
        noisy = np.stack(scenes) + self.rng.normal(0, sigma, (len(scenes), *scenes[0].shape))
        return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)

    def painted(self, photos: Images, flicker: float = 6.0) -> Images:
        """The negatives, flickering."""
        grain = np.stack([cv2.GaussianBlur(self.rng.normal(size=photo.shape), (0, 0), 0.8) for photo in photos])
        flickering = 255.0 - photos + flicker / grain.std() * grain
        return np.asarray(np.clip(np.rint(flickering), 0, 255), np.uint8)


@pytest.fixture
def studio() -> Studio:
    return Studio()
