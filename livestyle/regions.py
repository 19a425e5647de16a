"""Regions of a picture painted differently, as the white and the black of a mask say.

What is blended is the finished paintings, pixel by pixel, and not features inside of a network as the literature does
it (Huang & Belongie, 1703.06868, figure 8). So it works alike for every network and every backend, two looks may differ
in everything, and each part is painted as it would be in a picture of its own: the norms of a network go over the whole
picture, and features put together from two styles would give each the other's contrast. The price is that everything is
painted twice.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sources.pictures import read_picture
from livestyle.stylizer.stylizer import Finish, Images, Paint

if TYPE_CHECKING:
    from torch import Tensor

    from livestyle.stylizer.ferry import Work

Mask = npt.NDArray[np.uint8]
"""(H, W): 255 is inside, 0 is outside, between them both are blended."""


def read_mask(path: Path) -> Mask:
    """Reads a mask from a picture, by its brightness; what is transparent in it is white.

    Raises:
        SourceError: It is missing, unreadable or no picture.
    """
    return np.asarray(cv2.cvtColor(read_picture(path), cv2.COLOR_RGB2GRAY), np.uint8)


def by_mask(mask: Mask, inside: Paint, outside: Paint | None) -> Paint:
    """What paints the inside of a mask in one way and the outside in another.

    Args:
        mask: Of any size; it is stretched to that of the pictures.
        inside: Paints where the mask is white.
        outside: Paints where it is black; None leaves the photo there.
    """

    def paint(photos: Images) -> Images:
        paintings = inside(photos)
        others = photos if outside is None else outside(photos)
        share = _shares(mask, photos.shape[1], photos.shape[2])
        # One at a time: in float32 a batch of large pictures takes much memory.
        return np.stack([_blended(one, other, share) for one, other in zip(paintings, others, strict=True)])

    return paint


class Parted:
    """Paints frames in two looks, parted by a mask, on a GPU if that is where the painters paint.

    Args:
        mask: Of any size; it is stretched to that of the pictures.
        inside: What paints where the mask is white, and how.
        outside: The same where it is black, a painter of its own; None leaves the photo there.
    """

    def __init__(self, mask: Mask, inside: tuple[Painter, Look], outside: tuple[Painter, Look] | None = None) -> None:
        self._mask = mask
        self._inside, self._outside = inside, outside
        self._share: Tensor | None = None

    def begin(self, photos: Images, look: Look | None = None) -> Finish:
        """Starts to paint; see `Painter.begin`. Another look may be given for where the mask is white."""
        (inside, usual), outside = self._inside, self._outside
        look = look or usual
        work = inside.work(photos, look)
        other = None if outside is None else outside[0].work(photos, outside[1])
        if work is not None and (outside is None or other is not None):
            finish = inside.begin_work(photos, self._blending(work, other))
            if finish is not None:
                return finish
        others = None if outside is None else partial(outside[0].paint, look=outside[1])
        paintings = by_mask(self._mask, partial(inside.paint, look=look), others)(photos)
        return lambda: paintings

    def _blending(self, work: Work, other: Work | None) -> Work:
        def blending(photos: Tensor) -> Tensor:
            import torch  # here, for pictures are parted without it too

            from livestyle.device.compose import parted

            height, width = photos.shape[1:3]
            if self._share is None or self._share.shape[:2] != (height, width):
                self._share = torch.tensor(_shares(self._mask, height, width), device=photos.device)
            return parted(work(photos), photos if other is None else other(photos), self._share)

        return blending


def _blended(inside: Image, outside: Image, share: npt.NDArray[np.float32]) -> Image:
    return np.rint(outside + share * (inside.astype(np.float32) - outside)).astype(np.uint8)


def _shares(mask: Mask, height: int, width: int) -> npt.NDArray[np.float32]:
    """The mask at the size of a picture, as float32 (H, W, 1) in [0, 1]."""
    is_smaller = height * width < mask.size
    smooth = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    fitted = cv2.resize(mask, (width, height), interpolation=smooth)
    return np.asarray(fitted[:, :, None] / np.float32(255), np.float32)
