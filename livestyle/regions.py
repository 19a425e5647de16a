"""Regions of a picture painted differently, as the white and the black of a mask say.

What is blended is the finished paintings, pixel by pixel, and not features inside of a network as the literature does
it (Huang & Belongie, 1703.06868, figure 8). So it works alike for every network and every backend, two looks may differ
in everything, and each part is painted as it would be in a picture of its own: the norms of a network go over the whole
picture, and features put together from two styles would give each the other's contrast. The price is that everything is
painted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image, Mask
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sources.pictures import read_picture
from livestyle.stylizer.stylizer import Finish, Images, Paint

if TYPE_CHECKING:
    from torch import Tensor

    from livestyle.stylizer.ferry import Work

MaskOf = Callable[[Image], Mask]
"""The mask of a picture, RGB uint8 (H, W, 3), at its size. The pictures come in order of time."""


def read_mask(path: Path) -> Mask:
    """Reads a mask from a picture, by its brightness; what is transparent in it is white.

    Raises:
        SourceError: It is missing, unreadable or no picture.
    """
    return np.asarray(cv2.cvtColor(read_picture(path), cv2.COLOR_RGB2GRAY), np.uint8)


def fixed(mask: Mask) -> MaskOf:
    """One mask for all pictures, stretched to their size.

    Args:
        mask: Of any size.
    """

    @lru_cache(maxsize=1)
    def fitted(height: int, width: int) -> Mask:
        smooth = cv2.INTER_AREA if height * width < mask.size else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(mask, (width, height), interpolation=smooth), np.uint8)

    return lambda photo: fitted(photo.shape[0], photo.shape[1])


def inverted(mask_of: MaskOf) -> MaskOf:
    """White where a mask is black."""
    return lambda photo: 255 - mask_of(photo)


def parted(inside: Image, outside: Image, mask: Mask) -> Image:
    """One picture where a mask is white, another where it is black; none of them is written to.

    Args:
        inside: RGB uint8 (H, W, 3).
        outside: The same.
        mask: (H, W).
    """
    picture = outside.copy()
    cv2.copyTo(inside, mask, picture)
    # Only the edge has to be computed, which is a fifth of the time of computing all.
    edge = np.flatnonzero((mask > 0) & (mask < 255))
    shares = mask.reshape(-1)[edge, None] / np.float32(255)
    one, other = inside.reshape(-1, 3)[edge], outside.reshape(-1, 3)[edge].astype(np.float32)
    picture.reshape(-1, 3)[edge] = np.rint(other + shares * (one - other))
    return picture


def by_mask(mask_of: MaskOf, inside: Paint, outside: Paint | None) -> Paint:
    """What paints the inside of masks in one way and the outside in another.

    Args:
        mask_of: The mask of each picture.
        inside: Paints where the mask is white.
        outside: Paints where it is black; None leaves the photo there.
    """

    def paint(photos: Images) -> Images:
        paintings = inside(photos)
        others = photos if outside is None else outside(photos)
        return _all_parted(paintings, others, map(mask_of, photos))

    return paint


class Parted:
    """Paints frames in two looks, parted by masks, on a GPU if that is where the painters paint.

    Args:
        mask_of: The mask of each frame.
        inside: What paints where the mask is white, and how.
        outside: The same where it is black, a painter of its own; None leaves the photo there.
    """

    def __init__(
        self, mask_of: MaskOf, inside: tuple[Painter, Look], outside: tuple[Painter, Look] | None = None
    ) -> None:
        self._mask_of = mask_of
        self._inside, self._outside = inside, outside

    def begin(self, photos: Images, look: Look | None = None) -> Finish:
        """Starts to paint; see `Painter.begin`. Another look may be given for where the mask is white."""
        (inside, usual), outside = self._inside, self._outside
        look = look or usual
        masks = np.stack([self._mask_of(photo) for photo in photos])
        work = inside.work(photos, look)
        other = None if outside is None else outside[0].work(photos, outside[1])
        if work is not None and (outside is None or other is not None):
            finish = inside.begin_work(photos, _blending(masks, work, other))
            if finish is not None:
                return finish
        begun = inside.begin(photos, look)
        others = None if outside is None else outside[0].begin(photos, outside[1])
        return lambda: _all_parted(begun(), photos if others is None else others(), masks)


def _all_parted(inside: Images, outside: Images, masks: Iterable[Mask]) -> Images:
    # One at a time: in float32 a batch of large pictures takes much memory.
    return np.stack([parted(*each) for each in zip(inside, outside, masks, strict=True)])


def _blending(masks: npt.NDArray[np.uint8], work: Work, other: Work | None) -> Work:
    def blending(photos: Tensor) -> Tensor:
        import torch  # here, for pictures are parted without it too

        from livestyle.device.compose import parted

        shares = torch.from_numpy(masks).to(photos.device)[..., None] / 255
        return parted(work(photos), photos if other is None else other(photos), shares)

    return blending
