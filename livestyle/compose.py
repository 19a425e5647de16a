"""What happens to the painted picture before it is shown: colours kept, weak strengths faded out."""

from __future__ import annotations

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.look import Look

FADE_BELOW = 0.2
"""Strengths below this fade into the camera's own picture. The identity code paints the photo nearly but not exactly,
so without the fade strength 0 would still not be the photo; above it the strength is carried by the style code alone,
because a cross-fade of pixels shows two pictures at once."""


def compose(photo: Image, painting: Image, look: Look) -> Image:
    """Puts a painted picture together with the photo it was painted from.

    Args:
        photo: RGB uint8 (H, W, 3).
        painting: RGB uint8 (H, W, 3), the network's output for `photo`.
        look: Whose `colors` and `strength` apply.

    Returns:
        RGB uint8 (H, W, 3); `painting` itself when there is nothing to do.
    """
    if look.colors == "camera":
        painting = with_colors_of(painting, photo)
    elif look.colors == "only":
        painting = with_colors_of(photo, painting)
    if look.strength < FADE_BELOW:
        share = look.strength / FADE_BELOW
        painting = np.asarray(cv2.addWeighted(painting, share, photo, 1.0 - share, 0.0), np.uint8)
    return painting


def with_colors_of(picture: Image, other: Image) -> Image:
    """The luma of a picture with the chroma of another (Gatys et al., 1606.05897, section 3.2)."""
    mixed = cv2.cvtColor(other, cv2.COLOR_RGB2YCrCb)
    mixed[:, :, 0] = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)[:, :, 0]
    return np.asarray(cv2.cvtColor(mixed, cv2.COLOR_YCrCb2RGB), np.uint8)
