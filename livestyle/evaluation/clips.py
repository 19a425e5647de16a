"""Clips whose flow is known, because they are made from stills or because it was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.evaluation.picture import NamedPicture, as_image, as_tensor
from livestyle.frame import Image
from livestyle.sources.video import VideoSource
from livestyle.stylizer.stylizer import Images

KNOWN_FRAMES = 10
CLIP_FRAMES = 12
"""The first ones of a video."""
SENSOR_SIGMA = 3 / 255
"""A webcam's noise in a lit room."""


@dataclass(frozen=True)
class Clip:
    """Frames and the flow between them.

    Attributes:
        name: What the tables call it.
        frames: RGB uint8 (T, H, W, 3).
        grids: (T - 1, H, W, 2) for `F.grid_sample`: where in frame t each pixel of frame t + 1 comes from.
        valid: (T - 1, 1, H, W) float, 0 where that is not known, or outside.
    """

    name: str
    frames: Images
    grids: Tensor
    valid: Tensor


@dataclass(frozen=True)
class Motion:
    """How a camera moves between frames: shift in px, growth of the scale, turn in radians."""

    right_px: float = 0.0
    down_px: float = 0.0
    zoom: float = 0.0
    turn: float = 0.0

    def place(self, points: Tensor, t: float) -> Tensor:
        """Where in the photo, in px from its middle, the point (..., 2) of frame t is."""
        x, y = points.unbind(-1)
        cos, sin, scale = math.cos(self.turn * t), math.sin(self.turn * t), 1 - self.zoom * t
        turned = torch.stack([cos * x - sin * y, sin * x + cos * y], -1)
        return scale * turned + torch.tensor([self.right_px * t, self.down_px * t])

    def inverse(self, points: Tensor, t: float) -> Tensor:
        """The point of frame t that shows a point (..., 2) of the photo."""
        cos, sin, scale = math.cos(self.turn * t), math.sin(self.turn * t), 1 - self.zoom * t
        x, y = ((points - torch.tensor([self.right_px * t, self.down_px * t])) / scale).unbind(-1)
        return torch.stack([cos * x + sin * y, -sin * x + cos * y], -1)


KNOWN: dict[str, tuple[Motion, float]] = {
    "still, noise": (Motion(), SENSOR_SIGMA),
    "pan, noise": (Motion(right_px=1.3, down_px=0.6), SENSOR_SIGMA),
    "zoom, noise": (Motion(zoom=0.005), SENSOR_SIGMA),
    "rotation, noise": (Motion(turn=0.005), SENSOR_SIGMA),
    "all three, clean": (Motion(1.3, 0.6, 0.003, 0.004), 0.0),
}
"""Name -> how the camera moves, and the standard deviation of its noise."""


def known_clips(photo: NamedPicture, frames: int = KNOWN_FRAMES) -> list[Clip]:
    """Clips with the motions in `KNOWN`, cut from the middle four fifths of a photo."""
    return [_known_clip(name, photo, frames, motion, sigma) for name, (motion, sigma) in KNOWN.items()]


def _known_clip(name: str, photo: NamedPicture, frames: int, motion: Motion, sigma: float) -> Clip:
    picture = as_tensor(photo.image)
    height, width = (side * 4 // 5 // 4 * 4 for side in picture.shape[2:])
    y, x = torch.meshgrid(torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2, indexing="ij")
    points = torch.stack([x, y], -1)
    generator = torch.Generator().manual_seed(0)
    clip, grids, valid = [], [], []
    for t in range(frames):
        places = motion.place(points, t)
        grid = _to_grid(places, picture.shape[2:])[None]
        seen = functional.grid_sample(picture, grid, mode="bicubic", padding_mode="reflection", align_corners=True)
        clip.append(as_image(seen + sigma * torch.randn(seen.shape, generator=generator))[0])
        if t:
            grid = _to_grid(motion.inverse(places, t - 1), (height, width))
            grids.append(grid)
            valid.append((grid.abs() < 0.9).all(-1).float())
    return Clip(name, np.stack(clip), torch.stack(grids), torch.stack(valid)[:, None])


def read_clip(path: Path, frames: int = CLIP_FRAMES) -> Clip:
    """Reads the first frames of a video and measures their flow.

    By DIS, as far as the flow there and the flow back agree (Sundaram et al. 2010, eq. 5).

    Raises:
        SourceError: No video.
        TrainingError: It has a single frame.
    """
    with VideoSource(path) as video:
        images = [frame.image.copy() for frame in islice(video, frames)]
    if len(images) < 2:
        raise TrainingError(f"{path} has a single frame: a clip to measure flicker on has two or more.")
    flows = [_flow_back(before, after) for before, after in pairwise(images)]
    return Clip(path.name, np.stack(images), torch.stack([g for g, _ in flows]), torch.stack([v for _, v in flows]))


def _flow_back(before: Image, after: Image) -> tuple[Tensor, Tensor]:
    """The grid (H, W, 2) and the mask (1, H, W) of one step of a `Clip`."""
    grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (before, after)]
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    height, width = grey[0].shape
    # A start for each: without one DIS would begin with whatever is in the memory that it is given.
    back, there = (dis.calc(a, b, np.zeros((height, width, 2), np.float32)) for a, b in (grey[::-1], grey))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    place = np.stack([x, y], -1) + back
    met = cv2.remap(there, place[..., 0], place[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gap = np.square(back + met).sum(-1)
    agree = gap < 0.01 * (np.square(back).sum(-1) + np.square(met).sum(-1)) + 0.5
    inside = ((place >= 0) & (place <= (width - 1, height - 1))).all(-1)
    middle = torch.tensor([(width - 1) / 2, (height - 1) / 2])
    return _to_grid(torch.from_numpy(place) - middle, (height, width)), torch.from_numpy(agree & inside)[None].float()


def _to_grid(points: Tensor, size_hw: Sequence[int]) -> Tensor:
    """Places (..., 2) in px from the middle of a picture -> the coordinates of `F.grid_sample`."""
    return points / torch.tensor([(size_hw[1] - 1) / 2, (size_hw[0] - 1) / 2])
