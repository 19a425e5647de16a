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

LEVELS = ((3, 2, 1), (2, 2, 1), (1, 1, 2))
"""(level, how often its features are matched, step between patches), from deep to shallow: strides 16, 8 and 4.

The original matches 6, 4 and 2 times; after the first two hardly a patch changes. At the shallow level every other
patch in every other row does: patches are averaged over fewer others there, which is sharper, and it is where nearly
all of the work is.
"""

SCORES = 1 << 22
"""Of photo patches against painting patches, that are held at a time: 16 MiB in float32, about a processor's cache."""


def match(wanted: Tensor, bank: Tensor, step: int = 1, scores: int = SCORES) -> Tensor:
    """Finds the patch of a painting that is most like each patch of a photo.

    Patches are 3x3, and alike by normalised cross-correlation (Li & Wand 2016, eq. 4). The norm of the photo's patch is
    the same in all its scores, and is left out.

    Args:
        wanted: (C, H, W), H and W at least 3.
        bank: (C, H', W'), the same of the painting.
        step: Between the photo's patches, at most 3. The last row and the last column are always among them.
        scores: How many to hold in memory at a time.

    Returns:
        int64 (rows, columns) of the photo's patches: the flat index in (H', W') of the upper left corner of the best.
    """
    filters = functional.normalize(functional.unfold(bank[None], 3)[0], dim=0)
    tops, lefts = _corners(wanted, step)
    found = []
    for band in tops.split(max(1, scores // (len(lefts) * filters.shape[1]))):
        cells = [wanted[:, (band + y)[:, None], lefts + x] for y in range(3) for x in range(3)]
        patches = torch.stack(cells, dim=1).flatten(0, 1).flatten(1)
        found.append((patches.T @ filters).argmax(dim=1))
    best = torch.cat(found).view(len(tops), len(lefts))
    columns = bank.shape[2] - 2
    return best // columns * bank.shape[2] + best % columns


def rebuild(found: Tensor, bank: Tensor, like: Tensor, step: int = 1) -> Tensor:
    """Puts patches together; where they overlap, their mean.

    Args:
        found: From `match`.
        bank: (C, H', W'), to take the patches from.
        like: (C, H, W), of the photo: for its size.
        step: As for `match`.

    Returns:
        (C, H, W).
    """
    channels, height, width = like.shape
    tops, lefts = _corners(like, step)
    pixels = bank.permute(1, 2, 0).reshape(-1, channels)
    total = pixels.new_zeros(height, width, channels)
    count = pixels.new_zeros(height, width, 1)
    # Nine shifted pictures instead of `F.fold`, which would want nine times the memory.
    for y in range(3):
        for x in range(3):
            place = (tops + y)[:, None], lefts + x
            total[place] += pixels[found + (y * bank.shape[2] + x)]
            count[place] += 1
    return (total / count).permute(2, 0, 1)


def _corners(features: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """Rows and columns of the upper left corners of the patches that cover (C, H, W)."""
    # The last one apart; and made on the device, as a CUDA graph takes no copies from the host.
    tops, lefts = (
        functional.pad(torch.arange(0, side - 3, step, device=features.device), (0, 1), value=side - 3)
        for side in features.shape[1:]
    )
    return tops, lefts


def standardised(features: Tensor) -> Tensor:
    """(C, H, W) with mean 0 and variance 1 in each channel, in the type of the features.

    So a photo in quite other colours still finds light where it is light and edges where it has edges; compared as
    they are, all of it may look most like one corner of the painting.
    """
    spread, mean = torch.std_mean(features.float(), dim=(1, 2), keepdim=True, correction=0)
    return ((features - mean) / (spread + 1e-3)).to(features.dtype)


class PatchNetwork(PictureNetwork):
    """Paints a photo with patches of a picture.

    The code is the picture itself, `PICTURE_PX` square, and then the photo's share in what is painted. A style has
    share 0; the identity is no picture with share 1. Between the two, where a code lies if a style is to be weak, the
    picture is dimmed by as much as the photo has a share, which is divided out again. A mix of styles is the mean of
    their pictures, one seen through the other: patches of a double exposure, not of both.

    Args:
        width: Of the autoencoder.
    """

    multiple = 16
    min_side_px = 48

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
        x = photos[LEVELS[0][0]]
        for level, iterations, step in LEVELS:
            for _ in range(iterations):
                patched = matched(x, paintings[level], step)
                x = patched + shares * (photos[level] - patched)
            x = self.autoencoder.decode(x, level)
        for level in range(LEVELS[-1][0] - 1, -1, -1):
            x = self.autoencoder.decode(x, level)
        return x.float().clamp(0, 1)


def matched(features: Tensor, banks: Tensor, step: int = 1) -> Tensor:
    """Features (N, C, H, W) put together from patches of banks (N or 1, C, H', W'); `step` as for `match`."""
    painted = []
    for own, bank in zip(features, banks.expand(len(features), -1, -1, -1), strict=True):
        painted.append(rebuild(match(standardised(own), standardised(bank), step), bank, own, step))
    return torch.stack(painted).contiguous(memory_format=torch.channels_last)


def _square(pictures: Tensor, short_side_px: int) -> Tensor:
    """The middle (N, 3, `PICTURE_PX`, `PICTURE_PX`) of pictures resized to a short side."""
    height, width = pictures.shape[2:]
    scale = short_side_px / min(height, width)
    tall, wide = (max(short_side_px, round(side * scale)) for side in (height, width))
    resized = functional.interpolate(pictures.float(), [tall, wide], mode="bicubic", antialias=True).clamp(0, 1)
    top, left = (tall - PICTURE_PX) // 2, (wide - PICTURE_PX) // 2
    return resized[:, :, top : top + PICTURE_PX, left : left + PICTURE_PX]
