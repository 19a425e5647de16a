"""What happens to the painted picture before it is shown: colours kept, weak strengths faded out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image
from livestyle.look import Colors, Look

FADE_BELOW = 0.2
"""Strengths below this fade into the camera's own picture. The identity code paints the photo nearly but not exactly,
so without the fade strength 0 would still not be the photo; above it the strength is carried by the style code alone,
because a cross-fade of pixels shows two pictures at once."""


def compose(photo: Image, painting: Image, look: Look) -> Image:
    """Puts a painted picture together with the photo it was painted from.

    Args:
        photo: RGB uint8 (H, W, 3).
        painting: RGB uint8 (H, W, 3), the network's output for `photo`.
        look: Whose colours and `strength` apply.

    Returns:
        RGB uint8 (H, W, 3); `painting` itself when there is nothing to do.
    """
    (colors, total), *others = look.colorings().items()
    colored = _colored(photo, painting, colors)
    for colors, share in others:
        total += share
        other = _colored(photo, painting, colors)
        colored = np.asarray(cv2.addWeighted(other, share / total, colored, 1.0 - share / total, 0.0), np.uint8)
    painting = colored
    if look.strength < FADE_BELOW:
        share = look.strength / FADE_BELOW
        painting = np.asarray(cv2.addWeighted(painting, share, photo, 1.0 - share, 0.0), np.uint8)
    return painting


def _colored(photo: Image, painting: Image, colors: Colors) -> Image:
    match colors:
        case "painting":
            return painting
        case "camera":
            return with_colors_of(painting, photo)
        case "only":
            return with_colors_of(photo, painting)


def with_colors_of(picture: Image, other: Image) -> Image:
    """The luma of a picture with the chroma of another (Gatys et al., 1606.05897, section 3.2).

    Args:
        picture: RGB uint8 (H, W, 3).
        other: RGB uint8 (H, W, 3).

    Returns:
        RGB uint8 (H, W, 3), whose luma is that of `picture` within 1.
    """
    mixed = cv2.cvtColor(other, cv2.COLOR_RGB2YCrCb)
    luma = _luma(picture)
    mixed[:, :, 0] = luma
    result = np.asarray(cv2.cvtColor(mixed, cv2.COLOR_YCrCb2RGB), np.uint8)
    # Where no colour is both so dark or bright and so strong, it was clipped, which changed the luma: strokes are gone.
    clipped = cv2.absdiff(_luma(result), luma) > 1
    if clipped.any():
        result[clipped] = _paler(luma[clipped], other[clipped])
    return result


def _paler(luma: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Colours (P, 3) brought to a luma (P,), as pale as they have to be for that."""
    wanted = luma.astype(np.float32)[:, None]
    chroma = colors - _luma(colors[None])[0].astype(np.float32)[:, None]
    room = np.where(chroma > 0, 255 - wanted, wanted) / np.maximum(np.abs(chroma), 1)
    return np.asarray(np.rint(wanted + chroma * np.minimum(room.min(axis=1, keepdims=True), 1)), np.uint8)


def _luma(picture: Image) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
