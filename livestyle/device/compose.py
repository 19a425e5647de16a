"""What else happens to a painting where the network runs: `compose` and the blending of `regions` in torch."""

from __future__ import annotations

import torch
from torch import Tensor

from livestyle.device.pictures import grey, rounded
from livestyle.look import Colors


def compose(photo: Tensor, painting: Tensor, colors: Colors, share: Tensor | None) -> Tensor:
    """Puts a painted picture together with the photo it was painted from; see `compose.compose`.

    Args:
        photo: RGB bytes (N, 3, H, W), float32.
        painting: The same, the network's output for `photo`.
        colors: Whose.
        share: Of the painting, a single number, where it fades into the photo; None where it doesn't.

    Returns:
        RGB bytes (N, 3, H, W), float32.
    """
    if colors == "camera":
        painting = with_colors_of(painting, photo)
    elif colors == "only":
        painting = with_colors_of(photo, painting)
    return painting if share is None else blended(painting, photo, share)


def blended(one: Tensor, other: Tensor, share: Tensor) -> Tensor:
    """The bytes between two pictures: the first where the share is 1."""
    return rounded(other.lerp(one, share))


def parted(inside: Tensor, outside: Tensor, shares: Tensor) -> Tensor:
    """Pictures parted by masks; see `regions.by_mask`.

    Args:
        inside: RGB uint8 (N, H, W, 3).
        outside: The same.
        shares: Of the inside, float32 (N, H, W, 1).

    Returns:
        RGB uint8 (N, H, W, 3).
    """
    pictures = torch.empty_like(inside)
    # One at a time: floats take much memory.
    for picture, one, other, share in zip(pictures, inside, outside, shares, strict=True):
        picture.copy_(blended(one.float(), other.float(), share))
    return pictures


def with_colors_of(picture: Tensor, other: Tensor) -> Tensor:
    """The luma of a picture with the chroma of another; see `compose.with_colors_of`."""
    luma, other_luma = rounded(grey(picture)), rounded(grey(other))
    more_red = rounded((other[:, 0:1] - other_luma) * 0.713 + 128) - 128
    more_blue = rounded((other[:, 2:3] - other_luma) * 0.564 + 128) - 128
    mixed = picture.new_empty(picture.shape)
    mixed[:, 0:1] = luma + 1.403 * more_red
    mixed[:, 1:2] = luma - 0.714 * more_red - 0.344 * more_blue
    mixed[:, 2:3] = luma + 1.773 * more_blue
    mixed = rounded(mixed)
    # Where no colour is both so dark or bright and so strong, it was clipped: there it becomes paler instead.
    chroma = other - other_luma
    room = ((chroma > 0) * 255 - luma).abs_() / chroma.abs().clamp_min_(1)
    paler = rounded(luma + chroma * room.amin(1, keepdim=True).clamp_max_(1))
    is_clipped = (rounded(grey(mixed)) - luma).abs_() > 1
    return paler.where(is_clipped, mixed)
