"""Controls: what any honest figure must rank below a painting of the photo."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from livestyle.evaluation.picture import NamedPicture, as_image, as_tensor
from livestyle.frame import Image


def control_pictures(photo: NamedPicture, painting: NamedPicture) -> dict[str, Image]:
    """Name -> RGB uint8 (H, W, 3), all of the size of the photo."""
    content, style = as_tensor(photo.image), as_tensor(painting.image)
    own = _cut_to(style, *content.shape[2:])
    matched = _matched(content, style)
    pictures = {
        "unchanged photo": content,
        "the painting itself, cut to the photo": own,
        "colour-matched photo": matched,
        "50 % blend of both": (matched + own) / 2,
    }
    return {name: as_image(picture)[0] for name, picture in pictures.items()}


def _matched(photo: Tensor, painting: Tensor) -> Tensor:
    """The photo with mean and spread of each colour channel as in the painting."""

    def mean(picture: Tensor) -> Tensor:
        return picture.mean((2, 3), keepdim=True)

    def spread(picture: Tensor) -> Tensor:
        return picture.std((2, 3), keepdim=True).clamp(min=1e-3)

    return ((photo - mean(photo)) / spread(photo) * spread(painting) + mean(painting)).clamp(0, 1)


def _cut_to(painting: Tensor, height: int, width: int) -> Tensor:
    """The largest middle part of a painting with the proportions of a photo, at its size."""
    tall, wide = painting.shape[2:]
    scale = min(tall / height, wide / width)
    cut_tall, cut_wide = round(height * scale), round(width * scale)
    top, left = (tall - cut_tall) // 2, (wide - cut_wide) // 2
    part = painting[:, :, top : top + cut_tall, left : left + cut_wide]
    return functional.interpolate(part, (height, width), mode="bilinear", antialias=True)
