"""The patch network: what a photo shows, put together from patches of a painting (neural-doodle's `forward` branch).

Champandard 2016 (1603.01768), after Li & Wand 2016 (1601.04589): the features of the photo are replaced by the most
similar patches of the painting's features, from a deep level to a shallow one, and decoded in between. Nothing is
optimised and nothing knows any painting in advance; only the autoencoder is learnt.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.networks.autoencoder import Autoencoder
from livestyle.networks.code import PictureNetwork

PICTURE_PX = 256
"""Side of the square of a painting that patches are taken from."""

LEVELS = (2, 1)
"""What is matched, from deep to shallow: strides 8 and 4.

Once each. The original begins at stride 16 and matches 6, 4 and 2 times, each time what was found before; with features
that were learnt without any labels that leaves masses of colour, in which nothing of the photo is to be seen.
"""

GUIDE = 2.0
"""How much more the photo's own features count in the search than what was painted of them at the level before.

What is painted is of the painting alone either way; but it is of places that fit the photo, eyes and all.
"""

OVERLAP = (0.3, 1.0, 0.3)
"""Weights of a patch's rows and columns where patches are averaged: evenly (the original's way) comes out blurred."""

SCORES = 1 << 22
"""Of photo patches against painting patches, that are held at a time: 16 MiB in float32, about a processor's cache."""


def match(wanted: Tensor, bank: Tensor, scores: int = SCORES) -> Tensor:
    """Finds the patch of a painting that is most like each patch of a photo.

    Patches are 3x3, and alike by normalised cross-correlation (Li & Wand 2016, eq. 4). The norm of the photo's patch is
    the same in all its scores, and is left out.

    Args:
        wanted: (C, H, W), H and W at least 3.
        bank: (C, H', W'), the same of the painting.
        scores: How many to hold in memory at a time.

    Returns:
        int64 (H - 2, W - 2): the flat index in (H', W') of the upper left corner of the best patch.
    """
    filters = functional.normalize(functional.unfold(bank[None], 3)[0], dim=0)
    height, width = wanted.shape[1] - 2, wanted.shape[2] - 2
    rows = max(1, scores // (width * filters.shape[1]))
    found = []
    for top in range(0, height, rows):
        patches = functional.unfold(wanted[None, :, top : top + rows + 2], 3)[0]
        found.append((patches.T @ filters).argmax(dim=1))
    best = torch.cat(found).view(height, width)
    columns = bank.shape[2] - 2
    return best // columns * bank.shape[2] + best % columns


def rebuild(found: Tensor, bank: Tensor) -> Tensor:
    """Puts patches together; where they overlap, their mean weighted by `OVERLAP`.

    Args:
        found: From `match`, (H - 2, W - 2).
        bank: (C, H', W'), to take the patches from.

    Returns:
        (C, H, W).
    """
    channels, _, across = bank.shape
    height, width = found.shape
    cells = bank.permute(1, 2, 0).reshape(-1, channels)
    total = cells.new_zeros(height + 2, width + 2, channels)
    weight = cells.new_zeros(height + 2, width + 2, 1)
    # Nine shifted pictures instead of `F.fold`, which would want nine times the memory.
    for y, row_weight in enumerate(OVERLAP):
        for x, column_weight in enumerate(OVERLAP):
            place = slice(y, y + height), slice(x, x + width)
            total[place] += row_weight * column_weight * cells[found + (y * across + x)]
            weight[place] += row_weight * column_weight
    return (total / weight).permute(2, 0, 1)


def standardised(features: Tensor) -> Tensor:
    """(N, C, H, W) with mean 0 and variance 1 in each channel of each picture, in the type of the features.

    So a photo in quite other colours still finds light where it is light and edges where it has edges; compared as
    they are, all of it may look most like one corner of the painting.
    """
    spread, mean = torch.std_mean(features.float(), dim=(2, 3), keepdim=True, correction=0)
    return ((features - mean) / (spread + 1e-3)).to(features.dtype)


def matched(wanted: Tensor, paintings: Tensor) -> Tensor:
    """Features of paintings, put together as photos want them.

    Args:
        wanted: (N, C, H, W), standardised or a sum of such.
        paintings: (N or 1, C, H', W').

    Returns:
        (N, C, H, W).
    """
    banks = standardised(paintings).expand(len(wanted), -1, -1, -1)
    sources = paintings.expand(len(wanted), -1, -1, -1)
    found = [match(own, bank) for own, bank in zip(wanted, banks, strict=True)]
    built = [rebuild(each, source) for each, source in zip(found, sources, strict=True)]
    return torch.stack(built).contiguous(memory_format=torch.channels_last)


class PatchNetwork(PictureNetwork):
    """Paints a photo with patches of a picture.

    The code is the picture itself, `PICTURE_PX` square, and then the photo's share in what is painted. A style has
    share 0; the identity is no picture with share 1. Between the two, where a code lies if a style is to be weak, the
    picture is dimmed by as much as the photo has a share, which is divided out again. A mix of styles is the mean of
    their pictures, one seen through the other: patches of a double exposure, not of both.

    Args:
        width: Of the autoencoder.
    """

    multiple = 8
    min_side_px = 24

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.autoencoder = Autoencoder(width)

    @property
    def code_size(self) -> int:
        """How many numbers a style code has."""
        return 3 * PICTURE_PX**2 + 1

    def neutral_code(self) -> Tensor:
        """The identity: nothing of a code is trained."""
        return self.identity_code()

    def identity_code(self) -> Tensor:
        """No picture, and all of the photo."""
        return torch.cat([torch.zeros(3 * PICTURE_PX**2), torch.ones(1)])

    def codes_of(self, pictures: Tensor, stroke_px: Sequence[int]) -> Tensor:
        """Squares from the middle of the pictures; see `PictureNetwork.codes_of`.

        A picture is as high as the stroke size says, but no smaller than the square.
        """
        squares = torch.stack([_square(pictures, max(px, PICTURE_PX)) for px in stroke_px], dim=1)
        return functional.pad(squares.flatten(2).float(), (0, 1))

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints; see `StyledNetwork.forward`."""
        shares = code[:, -1, None, None, None]
        pictures = code[:, :-1].reshape(-1, 3, PICTURE_PX, PICTURE_PX) / (1 - shares).clamp(min=1e-3)
        paintings = self.autoencoder.encode(pictures.to(images.dtype).contiguous(memory_format=torch.channels_last))
        photos = self.autoencoder.encode(images)
        shares = shares.to(images.dtype)
        x = photos[LEVELS[0]]
        for level in range(LEVELS[0], -1, -1):
            if level in LEVELS:
                patched = matched(standardised(x) + GUIDE * standardised(photos[level]), paintings[level])
                x = patched + shares * (photos[level] - patched)
            x = self.autoencoder.decode(x, level)
        return x.float().clamp(0, 1)


def _square(pictures: Tensor, short_side_px: int) -> Tensor:
    """The middle (N, 3, `PICTURE_PX`, `PICTURE_PX`) of pictures resized to a short side."""
    height, width = pictures.shape[2:]
    scale = short_side_px / min(height, width)
    tall, wide = (max(short_side_px, round(side * scale)) for side in (height, width))
    resized = functional.interpolate(pictures.float(), [tall, wide], mode="bicubic", antialias=True).clamp(0, 1)
    top, left = (tall - PICTURE_PX) // 2, (wide - PICTURE_PX) // 2
    return resized[:, :, top : top + PICTURE_PX, left : left + PICTURE_PX]
