"""Depth: the light and dark of a painting, laid out as in its photo and as strong as its style has them.

The norms of a transform network pin the contrast of what it paints as a whole, and its losses spend that on strokes:
the light and dark masses come out half as strong as in photo or painting. So the coarse lightness of a painting is
moved towards that of its photo, brought to the coarse histogram of the style's own picture. What is finer than the
blur, which is all of the strokes, is left as it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from livestyle.frame import Image
from livestyle.look import Look

LINES = 45
"""Lightness is looked at with so many lines: an eighth of 360, at which the blur was chosen."""
SIGMA_PX = 1.5
"""Of the Gaussian that leaves the masses, at `LINES`."""
QUANTILES = 65
STEEPEST = 10.0
"""How far a step of lightness in the photo may be stretched at most: without a limit a flat wall, which has a large
part of a histogram to itself, glows in the middle. Over 48 pairs this one costs a fiftieth of the spread."""
FOLLOW = 0.06
"""How fast the histogram of the photos is followed: a hand that comes into the picture must not make the rest pump."""
CUT, CUT_SHARE = 8.0, 0.7
"""If more than this share of the picture differs by more than that, in L*, it is another scene: nothing is followed."""

Tones = npt.NDArray[np.float32]
"""The histogram of the coarse lightness of a picture: `QUANTILES` growing quantiles of L*, 0 to 100, float32."""

Map = npt.NDArray[np.float32]
"""Lightness over a picture, (h, w)."""


def tones_of(picture: Image) -> Tones:
    """The coarse histogram of a picture, RGB uint8 (H, W, 3)."""
    return _quantiles(_masses(picture))


def amount_of(look: Look) -> float:
    """How far a look moves the masses, 0 to 1."""
    # With nothing but the colours of the style the brightness is the photo's own, masses and all.
    return look.depth * look.strength * (1 - look.colorings().get("only", 0.0))


class Depth:
    """Gives a stream of paintings depth. Used from one thread."""

    def __init__(self) -> None:
        self._newest: Map | None = None
        self._photos: Tones | None = None

    def deepen(self, photo: Image, painting: Image, tones: Tones | None, amount: float) -> Image:
        """Moves the masses of a painting.

        Args:
            photo: RGB uint8 (H, W, 3), the one after that of the last call.
            painting: RGB uint8 (H, W, 3), of that photo.
            tones: Of the style's picture; None where they are not known, which leaves the painting as it is.
            amount: From 0, the painting as it is, to 1.

        Returns:
            RGB uint8 (H, W, 3); `painting` itself where there is nothing to do.
        """
        import cv2  # here, for style files, which know tones, are read where no picture is

        if amount == 0 or tones is None:
            self.forget()
            return painting
        masses = _masses(photo)
        given = self._followed(masses)
        wanted = np.interp(masses, given, _reached(given, tones)).astype(np.float32)
        shift = np.float32(amount * 2.55) * (wanted - _masses(painting))
        height, width = painting.shape[:2]
        # The same step in all of RGB is a step of L* at about the same a* and b*: gamma and L* are both near to a cube
        # root. Through Lab itself the figures are the same, and it takes ten times as long.
        whole = cv2.resize(shift, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.add(painting, cv2.merge([whole] * 3), dtype=cv2.CV_8U), np.uint8)

    def forget(self) -> None:
        """Forgets the photos before: the next one has nothing to do with them."""
        self._newest = self._photos = None

    def _followed(self, masses: Map) -> Tones:
        """The histogram of the photos, of which the masses of the newest are given."""
        tones, newest, past = _quantiles(masses), self._newest, self._photos
        if newest is not None and past is not None and not _is_cut(masses, newest):
            tones = past + np.float32(FOLLOW) * (tones - past)
        self._newest, self._photos = masses, tones
        return tones


def _is_cut(masses: Map, before: Map) -> bool:
    return masses.shape != before.shape or bool(np.mean(np.abs(masses - before) > CUT) > CUT_SHARE)


def _reached(given: Tones, wanted: Tones) -> Tones:
    """The tones that those of a photo become: those that are wanted, as far as no step gets too steep."""
    steps = np.minimum(np.diff(wanted), STEEPEST * np.diff(given))
    reached = np.concatenate([[0], np.cumsum(steps)])
    return np.asarray(reached + wanted.mean() - reached.mean(), np.float32)


def _masses(picture: Image) -> Map:
    """The coarse L* (h, w), 0 to 100, of a picture (H, W, 3), at `LINES`."""
    import cv2

    height, width = picture.shape[:2]
    scale = LINES / min(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    lightness = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[:, :, 0]
    return np.asarray(cv2.GaussianBlur(lightness, (0, 0), SIGMA_PX), np.float32)


def _quantiles(masses: Map) -> Tones:
    ordered = np.sort(masses, axis=None)
    at = np.linspace(0, ordered.size - 1, QUANTILES)
    return np.interp(at, np.arange(ordered.size), ordered).astype(np.float32)
