"""What is learnt on: pictures as tensors, random crops of photos, and the photos that previews show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.sources.pictures import picture_paths, read_picture
from livestyle.training.compute import Compute

HOLD_OUT_EVERY = 16
"""Of the photos in name order, every sixteenth takes no part in training: it is for previews and evaluation."""
SHOWN = 4
"""Photos in a preview."""
SHOWN_PX = 256
"""Their side."""

T = TypeVar("T")


def find_pictures(places: Iterable[Path]) -> list[Path]:
    """All pictures in the given files and folders (not their subfolders), folders in name order.

    Raises:
        TrainingError: A place does not exist.
        SourceError: There is no picture in a folder.
    """
    paths: list[Path] = []
    for place in places:
        if place.is_dir():
            paths += picture_paths(place)
        elif place.is_file():
            paths.append(place)
        else:
            raise TrainingError(f"There is no file or folder {place}.")
    return paths


def split_photos(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Splits photos into those to train on and those held out; with fewer than 16 photos none is held out."""
    if len(paths) < HOLD_OUT_EVERY:
        return list(paths), []
    held_out = list(paths[::HOLD_OUT_EVERY])
    return [p for i, p in enumerate(paths) if i % HOLD_OUT_EVERY], held_out


def load_picture(path: Path, short_side_px: int | None = None, at_most_px: int | None = None) -> Tensor:
    """Reads a picture as RGB uint8 (3, H, W).

    Args:
        path: Any format `read_picture` takes.
        short_side_px: Resize so that the short side has this length.
        at_most_px: Resize so, but only if the short side is longer.

    Raises:
        SourceError: Not a picture.
    """
    picture = read_picture(path)
    height, width = picture.shape[:2]
    short = min(height, width)
    wanted = short_side_px or (min(short, at_most_px) if at_most_px else short)
    if wanted != short:
        size = (round(width * wanted / short), round(height * wanted / short))
        smooth = cv2.INTER_AREA if wanted < short else cv2.INTER_CUBIC
        picture = np.asarray(cv2.resize(picture, size, interpolation=smooth), np.uint8)
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))


def square(picture: Tensor) -> Tensor:
    """The largest square in the middle of a picture: (3, H, W) -> (3, S, S)."""
    height, width = picture.shape[1:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[:, top : top + side, left : left + side]


def some(items: Sequence[T], count: int) -> list[T]:
    """That many of them, evenly spread."""
    return list(items[:: max(1, len(items) // count)][:count])


def shown_photos(paths: Sequence[Path], device: torch.device) -> Tensor:
    """A few of the photos held out, or of all if there are none: RGB (N, 3, SHOWN_PX, SHOWN_PX) in [0, 1]."""
    training, held_out = split_photos(paths)
    photos = [square(load_picture(path, SHOWN_PX)) for path in some(held_out or training, SHOWN)]
    return torch.stack(photos).to(device).float().div(255).contiguous(memory_format=torch.channels_last)


class PhotoPool:
    """Photos held as uint8 on one device (a GPU's memory takes tens of thousands), and random crops of them.

    Args:
        paths: Of the photos; those held out are passed over.
        short_side_px: Larger ones are kept at this short side.
        smallest_px: Photos with a shorter side are passed over.
        compute: Where they are kept and cropped, and the only source of randomness.

    Raises:
        TrainingError: None is large enough.
        SourceError: One is no picture.
    """

    def __init__(self, paths: Sequence[Path], short_side_px: int, smallest_px: int, compute: Compute) -> None:
        photos = (load_picture(path, at_most_px=short_side_px) for path in split_photos(paths)[0])
        self.photos = [photo.to(compute.device) for photo in photos if min(photo.shape[1:]) >= smallest_px]
        self.generator = compute.generator
        if not self.photos:
            raise TrainingError(f"No photo has a short side of {smallest_px} px or more. Give larger photos.")

    def _uniform(self, low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=self.generator))

    def crops(self, count: int, size_px: int) -> Tensor:
        """Random square crops, at random scales, flipped half of the time, their light changed a little.

        The cut is between 0.6 and 1.7 times `size_px` wide, as far as the photo allows: enlarged, a photo is as smooth
        as a frame of a big video; reduced, its JPEG noise goes away.

        Args:
            count: How many.
            size_px: Their side.

        Returns:
            RGB float32 (count, 3, size_px, size_px) in [0, 1].
        """
        picks = torch.randint(len(self.photos), (count,), generator=self.generator).tolist()
        return torch.stack([self._crop(self.photos[i], size_px) for i in picks])

    def _crop(self, photo: Tensor, size_px: int) -> Tensor:
        height, width = photo.shape[1:]
        # Log-uniform, so that enlarging and reducing by the same factor are as likely.
        side = min(height, width, round(size_px * 0.6 * (1.7 / 0.6) ** self._uniform(0, 1)))
        top, left = int(self._uniform(0, height - side + 0.999)), int(self._uniform(0, width - side + 0.999))
        cut = photo[None, :, top : top + side, left : left + side].float() / 255
        crop = functional.interpolate(cut, (size_px, size_px), mode="bilinear", antialias=side > size_px)[0]
        if self._uniform(0, 1) < 0.5:
            crop = crop.flip(2)
        # Cameras differ in exposure and contrast far more than photographs do.
        gamma, contrast = 2 ** self._uniform(-0.5, 0.5), self._uniform(0.6, 1.1)
        mean = crop.mean()
        return ((crop - mean) * contrast + mean).clamp(0, 1) ** gamma
