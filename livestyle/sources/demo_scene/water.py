"""The lake: a mirror of the far shore, broken by waves that shrink towards the horizon."""

from __future__ import annotations

import math

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.sources.demo_scene.brush import Color, Floats, smooth_step

_DEEP: Color = (0.07, 0.27, 0.36)
_GLITTER: Color = (1.0, 0.86, 0.58)

# One wave a row: how it runs across and towards the viewer (radians a unit at the shore), how fast (radians a second).
_WAVES = ((3.1, 7.0, 1.9), (-5.3, 9.5, 2.6), (11.0, 17.0, 3.9), (-15.0, 24.0, 5.1))
_SWELL_AND_RIPPLE = np.repeat(np.array([[0.55, 0.45, 0, 0], [0, 0, 0.55, 0.45]], np.float32), 2, axis=1)
_FAINT = 1 / 255  # of the sun's path: what is less adds nothing
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
        phases = (
            np.asarray(across * x * scale + along * distance + 0.7 * np.sin(2.3 * x * scale + 3 * i), np.float32)
            for i, (across, along, _) in enumerate(_WAVES)
        )
        heights = (smooth_step(600.0, 200.0, along * distance**2) for _, along, _ in _WAVES)
        # A sine that runs on is a mixture of two that stand still, so for every frame they are only mixed anew.
        self._standing = np.stack(
            [
                (height * standing(phase)).ravel()
                for phase, height in zip(phases, heights, strict=True)
                for standing in (np.sin, np.cos)
            ]
        )
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
        columns = np.flatnonzero((path > _FAINT).any(axis=0))
        self._glitters = np.s_[:, columns[0] : columns[-1] + 1] if columns.size else np.s_[:, :0]
        self._path = np.asarray(path[self._glitters], np.float32)

    def draw(self, mirror: Image, time_s: float) -> Image:
        """The water at a moment.

        Args:
            mirror: RGB uint8 (H, W, 3): what perfectly still water would show.
            time_s: The moment.

        Returns:
            RGB uint8 (H, W, 3).
        """
        angles = [speed * time_s % (2 * math.pi) for _, _, speed in _WAVES]
        turns = [turn for angle in angles for turn in (math.cos(angle), math.sin(angle))]
        mixed = (_SWELL_AND_RIPPLE * np.asarray(turns, np.float32)) @ self._standing
        swell, ripple = mixed.reshape(2, *self._columns.shape)
        wave = cv2.addWeighted(swell, 0.6, ripple, 0.5, 0)
        shift = wave * self._amplitude
        from_x, from_y = cv2.scaleAdd(shift, 0.45, self._columns), cv2.add(shift, self._rows)
        # OpenCV interpolates four bytes a pixel more than twice as fast as three.
        mirror = np.asarray(cv2.cvtColor(mirror, cv2.COLOR_RGB2RGBA), np.uint8)
        water = cv2.remap(mirror, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        water = cv2.cvtColor(water, cv2.COLOR_RGBA2RGB)
        share = np.clip(self._depth_shown + self._contrast * wave, 0.0, 1.0)
        water = cv2.blendLinear(water, self._deep, 1 - share, share)
        swell, ripple, lit = swell[self._glitters], ripple[self._glitters], water[self._glitters]
        if lit.size:
            sparkle = np.clip((swell * ripple + 0.7 * ripple - 0.22) * 3.0, 0.0, 1.0) * self._path
            glitter = cv2.merge([sparkle * np.float32(255 * c) for c in _GLITTER])
            lit[:] = cv2.add(lit, glitter.astype(np.uint8))
        return np.asarray(water, np.uint8)
