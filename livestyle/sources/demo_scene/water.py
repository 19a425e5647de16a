"""The lake: a mirror of the far shore, broken by waves that shrink towards the horizon."""

from __future__ import annotations

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.sources.demo_scene.brush import Color, Floats, smooth_step

_DEEP: Color = (0.07, 0.27, 0.36)
_GLITTER: Color = (1.0, 0.86, 0.58)

# One wave a row: how it runs across and towards the viewer (radians a unit at the shore), how fast (radians a second).
_WAVES = ((3.1, 7.0, 1.9), (-5.3, 9.5, 2.6), (11.0, 17.0, 3.9), (-15.0, 24.0, 5.1))
_EYE_HEIGHT = 0.075  # sets how fast the waves shrink with distance


class Lake:
    """Draws the water.

    Args:
        xs: (W,) x of the columns, in units.
        ys: (H,) y of the rows, in units below the horizon, all positive.
        px: Pixels a unit.
        sun_x: Where the sun stands, for its glitter.
    """

    def __init__(self, xs: Floats, ys: Floats, px: float, sun_x: float) -> None:
        x, y = xs[None, :], ys[:, None]
        distance = 1 / (y + _EYE_HEIGHT)
        scale = 0.36 * distance
        self._phases = [
            np.asarray(across * x * scale + along * distance + 0.7 * np.sin(2.3 * x * scale + 3 * i), np.float32)
            for i, (across, along, _) in enumerate(_WAVES)
        ]
        self._heights = [smooth_step(600.0, 200.0, along * distance**2) for _, along, _ in _WAVES]
        self._columns, self._rows = (
            np.ascontiguousarray(m, np.float32)
            for m in np.broadcast_arrays(np.arange(len(xs))[None, :], np.arange(len(ys))[:, None])
        )
        self._amplitude = (np.minimum(0.30 * y, 0.020) * px).astype(np.float32)
        nearness = smooth_step(0.0, 0.30, y)
        # How much of the dark depth shows instead of the mirror, and how much a wave changes that.
        self._deep = np.empty((len(ys), len(xs), 3), np.uint8)
        self._deep[:] = np.round(np.array(_DEEP) * 255).astype(np.uint8)
        self._depth_shown = np.asarray(0.10 + 0.34 * nearness + 0 * x, np.float32)
        self._contrast = np.asarray(0.05 + 0.16 * nearness, np.float32)
        path = (
            np.exp(-(((x - sun_x) / (0.035 + 0.30 * y)) ** 2)) * smooth_step(0.0, 0.02, y) * smooth_step(0.42, 0.10, y)
        )
        self._path = np.asarray(path, np.float32)

    def draw(self, mirror: Image, time_s: float) -> Image:
        """The water at a moment.

        Args:
            mirror: RGB uint8 (H, W, 3): what perfectly still water would show.
            time_s: The moment.

        Returns:
            RGB uint8 (H, W, 3).
        """
        sines = [
            height * np.sin(phase + np.float32(speed * time_s % (2 * np.pi)))
            for phase, height, (_, _, speed) in zip(self._phases, self._heights, _WAVES, strict=True)
        ]
        swell = 0.55 * sines[0] + 0.45 * sines[1]
        ripple = 0.55 * sines[2] + 0.45 * sines[3]
        wave = 0.6 * swell + 0.5 * ripple
        shift = wave * self._amplitude
        water = cv2.remap(
            mirror, self._columns + 0.45 * shift, self._rows + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        share = np.clip(self._depth_shown + self._contrast * wave, 0.0, 1.0)
        water = cv2.blendLinear(water, self._deep, 1 - share, share)
        sparkle = np.clip((swell * ripple + 0.7 * ripple - 0.22) * 3.0, 0.0, 1.0) * self._path
        glitter = cv2.merge([sparkle * np.float32(255 * c) for c in _GLITTER])
        return np.asarray(cv2.add(water, glitter.astype(np.uint8)), np.uint8)
