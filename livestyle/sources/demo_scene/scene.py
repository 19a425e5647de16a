"""The demo scene put together: what stands still is painted once a size, what moves is drawn for every frame."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.sources.demo_scene import landscape, things
from livestyle.sources.demo_scene.brush import Backdrop, Layer, Sprite, lay_over
from livestyle.sources.demo_scene.figure import Figure, pose_at
from livestyle.sources.demo_scene.water import Lake

_HORIZON = 0.58  # of the height, from the top
_BANK_HIDES = 0.13  # units at the lower edge where no water is seen
_CLOUD_PERIOD = 2.4  # units after which the clouds come round again
_HEAD = 0.43  # units from chin to crown
_HEAD_XY = (0.27, -0.435)  # from the middle of the lower edge
_MIN_DRAWN_PX = 288  # smaller pictures are drawn this high and shrunk, else thin things would drown in their soft edges
_MAX_DRAWN_PX = 2_000_000


def draw_demo_scene(time_s: float, height: int, width: int) -> Image:
    """The demo scene at a moment: a function of its arguments alone, the same picture at every size.

    For one picture; for many, keep a `DemoScene`.

    Args:
        time_s: The moment, in seconds; the scene is never over.
        height: In pixels, from 1.
        width: In pixels, from 1.

    Returns:
        RGB uint8 (height, width, 3).
    """
    return DemoScene(height, width).draw(time_s)


class DemoScene:
    """The demo scene in one size, height and width in pixels from 1, with its still parts painted beforehand."""

    def __init__(self, height: int, width: int) -> None:
        self._hw = (height, width)
        finer = max(1, -(-_MIN_DRAWN_PX // min(height, width)))
        while finer > 1 and finer**2 * height * width > _MAX_DRAWN_PX:
            finer -= 1
        self._drawn_hw = h, w = height * finer, width * finer
        self._px = px = min(float(h), w / 1.2)  # narrow pictures cut less of the land off than they would
        self._horizon = round(_HORIZON * h)
        self._middle_xy = (w / 2, float(self._horizon))
        side, top, bottom = w / 2 / px, -self._horizon / px, (h - self._horizon) / px

        sky = Layer(-side, top, side, 0, px)
        landscape.paint_sky(sky, -top)
        self._sky = _opaque(sky)
        clouds = Layer(-side, top, -side + max(2 * side, _CLOUD_PERIOD), -0.16, px)
        landscape.paint_clouds(clouds, -top)
        # Once round and a picture's width more, so that any part of the round is one slice.
        self._cloud_period = len(clouds.xs)
        rounds = cv2.copyMakeBorder(clouds.premultiplied(), 0, 0, 0, w + 1, cv2.BORDER_WRAP)
        self._clouds = np.asarray(rounds, np.uint8)
        land = Layer(-side, max(top, -0.30), side, 0, px)
        landscape.paint_mountains(land)
        landscape.paint_pines(land)
        self._land = Backdrop(land.premultiplied(), self._horizon - len(land.ys), h)
        headland = Layer(-side, -0.25, side, 0.09, px)
        landscape.paint_headland(headland)
        standing = headland.premultiplied()
        self._headland = Backdrop(standing, self._horizon - round(0.25 * px), h)
        bank = Layer(-side, -0.30, side, 0, px)
        landscape.paint_bank(bank)
        self._bank = Backdrop(bank.premultiplied(), h - len(bank.ys), h)

        water_rows = round((bottom - _BANK_HIDES) * px)
        self._lake = Lake(sky.xs, ((np.arange(water_rows) + 0.5) / px).astype(np.float32), px, landscape.SUN_XY[0])
        still = self._sky.copy()
        self._land.draw(still)
        self._mirror = still[::-1][:water_rows].copy()
        # What stands at y is mirrored at 2 * SHORE_Y - y.
        Backdrop(standing[::-1], round((2 * landscape.SHORE_Y - 0.09) * px), water_rows).draw(self._mirror)

        def sprite(paint: Callable[[Layer], None], left: float, top: float, right: float, bottom: float) -> Sprite:
            layer = Layer(left, top, right, bottom, 2 * px if px < 800 else px)
            paint(layer)
            return layer.sprite()

        self._boat = sprite(things.paint_boat, -0.09, -0.15, 0.09, 0.03)
        self._balloon = sprite(things.paint_balloon, -0.10, -0.10, 0.10, 0.14)
        self._puff = sprite(things.paint_puff, -0.04, -0.04, 0.04, 0.04)
        self._branch = sprite(landscape.paint_branch, -0.1, -0.1, 0.75, 0.40)
        self._figure = Figure(_HEAD * px, -_HEAD_XY[1] / _HEAD)

    def draw(self, time_s: float) -> Image:
        """The scene at a moment, in seconds: RGB uint8 (height, width, 3), owned by the caller."""
        px, sin, t = self._px, math.sin, time_s
        h, w = self._drawn_hw
        canvas = np.empty((h, w, 3), np.uint8)
        canvas[: self._horizon] = self._sky
        self._draw_clouds(canvas, t)
        things.draw_birds(canvas, self._middle_xy, px, t)
        balloon_at = self._place(0.66 + 0.13 * sin(0.09 * t + 0.5), -0.385 + 0.018 * sin(0.5 * t))
        self._balloon.draw(canvas, balloon_at, px, 0.03 * sin(0.7 * t))
        self._land.draw(canvas)

        boat_x, boat_y = -0.16 + 0.14 * sin(0.10 * t - 0.6), 0.098 + 0.0022 * sin(1.9 * t)
        heel = 0.030 + 0.035 * sin(1.3 * t)
        mirror = self._mirror.copy()
        self._boat.draw(mirror, (self._middle_xy[0] + boat_x * px, boat_y * px), px, -heel, (1, -1))
        canvas[self._horizon : self._horizon + len(mirror)] = self._lake.draw(mirror, t)
        self._headland.draw(canvas)
        self._draw_smoke(canvas, t)
        self._boat.draw(canvas, self._place(boat_x, boat_y), px, heel)

        self._bank.draw(canvas)
        self._branch.draw(canvas, (-0.02 * px, -0.02 * px), px, 0.02 * sin(0.8 * t) + 0.008 * sin(2.3 * t))
        self._figure.draw(canvas, (self._middle_xy[0] + _HEAD_XY[0] * px, h + _HEAD_XY[1] * px), pose_at(t))
        if (h, w) == self._hw:
            return canvas
        return np.asarray(cv2.resize(canvas, self._hw[::-1], interpolation=cv2.INTER_AREA), np.uint8)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return self._middle_xy[0] + x * self._px, self._middle_xy[1] + y * self._px

    def _draw_clouds(self, canvas: Image, time_s: float) -> None:
        height, width = len(self._clouds), canvas.shape[1]
        left = 0.012 * self._px * time_s % self._cloud_period
        shift = np.array([[1.0, 0.0, int(left) - left], [0.0, 1.0, 0.0]])
        window = cv2.warpAffine(self._clouds[:, int(left) : int(left) + width + 1], shift, (width, height))
        lay_over(canvas[:height], np.asarray(window, np.uint8))

    def _draw_smoke(self, canvas: Image, time_s: float) -> None:
        for puff in range(8):
            age = (time_s / 7.0 + puff / 8) % 1
            x = -0.604 + 0.16 * age**1.3 + 0.010 * math.sin(1.1 * time_s + puff) * age
            self._puff.draw(
                canvas,
                self._place(x, -0.104 - 0.13 * age),
                (0.25 + 1.1 * age) * self._px,
                opacity=0.85 * min(1, 6 * age) * (1 - age),
            )


def _opaque(layer: Layer) -> Image:
    return np.round(np.clip(layer.rgb, 0, 1) * 255).astype(np.uint8)
