"""Clips whose motion is known, and tensors of pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from livestyle.stylizer.stylizer import Images

HEIGHT, WIDTH = 100, 176

Tensors = Callable[[npt.NDArray[np.float32] | npt.NDArray[np.uint8]], Tensor]


@pytest.fixture(autouse=True)
def inference() -> object:
    """As a ferry calls for work."""
    with torch.inference_mode():
        yield


@pytest.fixture
def tensor() -> Tensors:
    """A picture or a map, (H, W, 3) or (H, W), as float32 (1, C, H, W)."""

    def made(picture: npt.NDArray[np.float32] | npt.NDArray[np.uint8]) -> Tensor:
        planes = np.atleast_3d(picture).astype(np.float32)
        return torch.from_numpy(planes).permute(2, 0, 1)[None].contiguous()

    return made


def world(seed: int, width: int = WIDTH) -> npt.NDArray[np.float32]:
    """Spots of all sizes, as photos have, about 60 to 190."""
    rng = np.random.default_rng(seed)
    layers = [s * cv2.GaussianBlur(rng.normal(size=(HEIGHT, width, 3)), (0, 0), s) for s in (1.5, 4.0, 9.0)]
    texture = np.sum(layers, axis=0)
    return np.asarray(125 + 65 * texture / np.abs(texture).max(), np.float32)


def shots(scenes: list[npt.NDArray[np.float32]], sigma: float) -> Images:
    """What a camera with noise makes of scenes."""
    noise = np.random.default_rng(9).normal(0, sigma, (len(scenes), *scenes[0].shape))
    return np.clip(np.rint(np.stack(scenes) + noise), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def clips() -> Mapping[str, Images]:
    """Six frames each: a camera that stands still, without and with noise, that pans, and a cut."""
    one, other, wide = world(0), world(1), world(2, WIDTH + 40)
    square = one.copy()
    square[30:60, 50:90] = 230
    return {
        "still": shots([one] * 6, 0),
        "noise": shots([one] * 6, 3),
        "pan": shots([wide[:, 3 * i : 3 * i + WIDTH] for i in range(6)], 2),
        "cut": shots([one] * 3 + [other] * 3, 2),
        "change": shots([one] * 3 + [square] * 3, 1),
    }
