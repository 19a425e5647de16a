"""What the demo scene is drawn with: noise, smooth shapes, relief light, sprites that move by fractions of a pixel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from livestyle.frame import Image

Floats = npt.NDArray[np.floating[Any]]
"""Pixels are float32, points float64."""
Integers = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.uint8]
"""RGBA, already multiplied by alpha: uint8 (H, W, 4)."""
Color = tuple[float, float, float]
"""RGB, 0 to 1."""
Points = Sequence[tuple[float, float]] | Floats
"""(N, 2): x to the right and y down, in the units of what they are drawn on."""
Polygon = tuple[Points, Color]

_FIXED_POINT_BITS = 6  # of OpenCV's drawing functions: 1/64 px
_FARTHEST = 16_000 * 2**_FIXED_POINT_BITS  # beyond 16,000 px OpenCV's arithmetic overflows
_TO_SUN = np.array([-0.62, -0.62, 0.48], np.float32)  # x, y, towards the viewer


def noise(xs: Floats, ys: Floats, cells: tuple[float, float], seed: int, octaves: int = 4) -> Floats:
    """Smooth fractal noise on a grid, a function of place only, so that it looks the same at any resolution.

    Each octave interpolates random numbers by cubic B-splines.

    Args:
        xs: (W,) x of the columns, in any unit.
        ys: (H,) y of the rows.
        cells: How many random cells the first octave has in one unit of x and y; each octave doubles that. Whole
            numbers make the noise repeat every 16 units.
        seed: Which noise.
        octaves: How many scales are added, each half as strong as the one before.

    Returns:
        (H, W), mean 0, standard deviation about 1.
    """
    total = np.zeros((len(ys), len(xs)), np.float32)
    for octave in range(octaves):
        columns, weights_x = _spline(xs * (cells[0] * 2**octave))
        rows, weights_y = _spline(ys * (cells[1] * 2**octave))
        periods = max(1, round(16 * cells[1] * 2**octave)), max(1, round(16 * cells[0] * 2**octave))
        first_row, first_column = int(rows.min()), int(columns.min())
        lattice = _lattice(
            np.arange(first_row, rows.max() + 4) % periods[0],
            np.arange(first_column, columns.max() + 4) % periods[1],
            seed * 16 + octave,
        )
        rows, columns = rows - first_row, columns - first_column
        along_y = sum(lattice[rows + tap] * weights_y[tap][:, None] for tap in range(4))
        for tap in range(4):
            total += np.take(along_y, columns + tap, axis=1) * (weights_x[tap] * np.float32(0.5**octave))
    return total * np.float32(2.1)  # splines over white noise deviate by 0.48


def _spline(places: Floats) -> tuple[Integers, Floats]:
    """The first (N,) of the four lattice points that a cubic B-spline at `places` touches, and their weights (4, N)."""
    floor = np.floor(places)
    t = (places - floor).astype(np.float32)
    weights = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]) / 6
    return floor.astype(np.int64), weights.astype(np.float32)


def _lattice(rows: Integers, columns: Integers, seed: int) -> Floats:
    """Random numbers of deviation 1: a hash of row, column and seed, so that any part may be asked for."""
    mixed = (rows[:, None] * 0x9E3779B1 + columns[None, :] * 0x85EBCA77 + seed * 0xC2B2AE3D).astype(np.uint64)
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39), (15, 1)):
        mixed ^= mixed >> np.uint64(shift)
        mixed = mixed * np.uint64(factor) & np.uint64(0xFFFFFFFF)
    return ((mixed & np.uint64(0xFFFF)).astype(np.float32) / 65535 - 0.5) * np.float32(12**0.5)


def smooth_step(low: float, high: float, values: Floats) -> Floats:
    """0 below `low`, 1 above `high`, smooth between; `low` above `high` falls instead."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def blend(first: Color, second: Color, share: float) -> Color:
    """One colour between two."""
    r, g, b = (float(a + (b - a) * min(max(share, 0.0), 1.0)) for a, b in zip(first, second, strict=True))
    return r, g, b


def mix(first: Color | Floats, second: Color | Floats, share: Floats | float) -> Floats:
    """Colours between two: (..., 3), `share` of the second."""
    weight = np.asarray(share, np.float32)[..., None]
    return np.asarray(first, np.float32) * (1 - weight) + np.asarray(second, np.float32) * weight


def gradient(stops: Sequence[tuple[float, Color]], places: Floats) -> Floats:
    """Colours (..., 3) read off a ramp of (place, colour) stops."""
    at = [place for place, _ in stops]
    return np.stack([np.interp(places, at, [color[c] for _, color in stops]) for c in range(3)], -1).astype(np.float32)


def curve(points: Points, closed: bool = True, steps: int = 12) -> Floats:
    """A smooth (Catmull-Rom) curve through points, as (N * steps, 2) corners of a polygon."""
    p = np.asarray(points, np.float64)
    padded = (
        np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    )
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    segments = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    corners = segments.reshape(-1, 2)
    return corners if closed else np.concatenate([corners, p[-1:]])


def mirrored(points: Points) -> Floats:
    """A closed outline from its right half, given from top to bottom."""
    right = np.asarray(points, np.float64)
    left = right[::-1] * (-1, 1)
    return np.concatenate([right, left[(left[:, 0] != 0)]])


def fill(canvas: npt.NDArray[np.uint8], corners: Points, color: Sequence[float]) -> None:
    """Fills a polygon with soft edges, in place.

    Args:
        canvas: uint8 (H, W) or (H, W, C).
        corners: (N, 2) in pixels, where whole numbers are pixel centres.
        color: One value a channel, 0 to 1.
    """
    fixed = np.rint(np.asarray(corners, np.float64) * 2**_FIXED_POINT_BITS)
    fixed = np.minimum(np.maximum(fixed, -_FARTHEST), _FARTHEST).astype(np.int32)
    cv2.fillPoly(canvas, [fixed], [255.0 * float(c) for c in color], cv2.LINE_AA, _FIXED_POINT_BITS)


@dataclass
class Sprite:
    """A picture with holes that can be laid on another one, turned, scaled and at any fraction of a pixel.

    Attributes:
        pixels: uint8 (H, W, 4): RGB already multiplied by alpha, and alpha. The border is transparent.
        origin_xy: Where its point (0, 0) lies, in its own pixels.
        px: How many of its pixels make one of its units.
    """

    pixels: Pixels
    origin_xy: tuple[float, float]
    px: float

    def draw(
        self,
        canvas: Image,
        at_xy: tuple[float, float],
        px: float,
        angle: float = 0.0,
        scale_xy: tuple[float, float] = (1, 1),
        opacity: float = 1.0,
    ) -> None:
        """Lays it on a canvas, in place.

        Args:
            canvas: RGB uint8 (H, W, 3).
            at_xy: Where its origin goes, in pixels of the canvas.
            px: How many pixels of the canvas make one of its units.
            angle: By how much it turns clockwise, in radians.
            scale_xy: How it is stretched before it turns; negative mirrors.
            opacity: 0 leaves the canvas as it is.
        """
        # In plain numbers: for arrays of two numpy takes as long as the warping.
        zoom = px / self.px
        cos, sin = math.cos(angle) * zoom, math.sin(angle) * zoom
        (stretch_x, stretch_y), (origin_x, origin_y) = scale_xy, self.origin_xy
        xx, xy, yx, yy = cos * stretch_x, -sin * stretch_y, sin * stretch_x, cos * stretch_y
        shift_x, shift_y = at_xy[0] - xx * origin_x - xy * origin_y, at_xy[1] - yx * origin_x - yy * origin_y
        height, width = self.pixels.shape[:2]
        xs = [shift_x + x + y for x in (0.0, xx * width) for y in (0.0, xy * height)]
        ys = [shift_y + x + y for x in (0.0, yx * width) for y in (0.0, yy * height)]
        left, top = max(math.floor(min(xs)), 0), max(math.floor(min(ys)), 0)
        right, bottom = min(math.ceil(max(xs)) + 1, canvas.shape[1]), min(math.ceil(max(ys)) + 1, canvas.shape[0])
        if left >= right or top >= bottom:
            return
        matrix = np.array([[xx, xy, shift_x - left], [yx, yy, shift_y - top]])
        warped = cv2.warpAffine(self.pixels, matrix, (right - left, bottom - top))
        if opacity < 1:
            warped = cv2.convertScaleAbs(warped, alpha=opacity)
        lay_over(canvas[top:bottom, left:right], np.asarray(warped, np.uint8))


def lay_over(canvas: Image, pixels: Pixels) -> None:
    """Lays premultiplied RGBA (H, W, 4) on RGB (H, W, 3) of the same size, in place."""
    holes = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(pixels, 3)), cv2.COLOR_GRAY2RGB)
    cv2.multiply(canvas, holes, canvas, 1 / 255)
    cv2.add(canvas, cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), canvas)


class Backdrop:
    """A picture with holes that always lies on the same spot of the canvas, made ready to be laid there quickly.

    Args:
        pixels: Premultiplied RGBA uint8 (H, W, 4), as wide as the canvas.
        top: The canvas's row that its first row goes to; it may reach out above or below.
        canvas_height: Rows of the canvas.
    """

    def __init__(self, pixels: Pixels, top: int, canvas_height: int) -> None:
        pixels = pixels[max(0, -top) : max(0, canvas_height - top)]
        left, first, width, height = cv2.boundingRect(pixels[..., 3])
        pixels = pixels[first : first + height, left : left + width]
        top = max(0, top) + first
        self._spot = slice(top, top + height), slice(left, left + width)
        self._rgb = np.ascontiguousarray(pixels[..., :3])
        self._holes = np.repeat(255 - pixels[..., 3:], 3, axis=2)

    def draw(self, canvas: Image) -> None:
        """Lays it on the canvas (H, W, 3), in place."""
        spot = canvas[self._spot]
        if spot.size:
            cv2.multiply(spot, self._holes, spot, 1 / 255)
            cv2.add(spot, self._rgb, spot)


class Layer:
    """A sheet to paint on in its own units; it becomes a sprite, or is flattened onto a picture.

    Args:
        left: x of its left edge, in its units; the others likewise.
        top: y of its top edge.
        right: x of its right edge.
        bottom: y of its bottom edge.
        px: Pixels a unit.
    """

    def __init__(self, left: float, top: float, right: float, bottom: float, px: float) -> None:
        self.px = px
        self.left, self.top = left, top
        width, height = max(2, round((right - left) * px)), max(2, round((bottom - top) * px))
        self.xs = (left + (np.arange(width) + 0.5) / px).astype(np.float32)
        self.ys = (top + (np.arange(height) + 0.5) / px).astype(np.float32)
        self.rgb: Floats = np.zeros((height, width, 3), np.float32)
        self.alpha: Floats = np.zeros((height, width), np.float32)

    @property
    def x(self) -> Floats:
        """(1, W): x of the columns."""
        return self.xs[None, :]

    @property
    def y(self) -> Floats:
        """(H, 1): y of the rows."""
        return self.ys[:, None]

    def shape(self, corners: Points, soft: float = 0.0) -> Floats:
        """The mask (H, W), 0 to 1, of a polygon in this layer's units, its edge blurred by `soft` units."""
        mask = np.zeros(self.alpha.shape, np.uint8)
        fill(mask, (np.asarray(corners, np.float64) - (self.left, self.top)) * self.px - 0.5, [1.0])
        return self.blurred(mask.astype(np.float32) / 255, soft) if soft else mask.astype(np.float32) / 255

    def glow(self, x: float, y: float, radius_x: float, radius_y: float) -> Floats:
        """A Gaussian spot (H, W), 1 at its centre."""
        return np.exp(-(((self.y - y) / radius_y) ** 2) - ((self.x - x) / radius_x) ** 2)

    def blurred(self, mask: Floats, radius: float) -> Floats:
        """A mask blurred by a Gaussian of `radius` units."""
        sigma = max(0.3, radius * self.px)
        # A wide blur loses nothing at a lower resolution, where it is quick; a last small one hides the enlargement.
        shrink = max(1, int(sigma / 4))
        if shrink == 1:
            return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)
        height, width = mask.shape
        small = cv2.resize(mask, (-(-width // shrink), -(-height // shrink)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), (sigma**2 / shrink**2 - 1) ** 0.5)
        large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(cv2.GaussianBlur(large, (0, 0), shrink), np.float32)

    def noise(self, cells: tuple[float, float], seed: int, octaves: int = 4) -> Floats:
        """`noise` over this layer."""
        return noise(self.xs, self.ys, cells, seed, octaves)

    def light(self, height: Floats) -> Floats:
        """How brightly the sun lights a surface `height` (H, W), in units, above the layer: 0 to 1, 0.48 where flat."""
        slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=self.px / 8)
        slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=self.px / 8)
        facing = _TO_SUN[2] - _TO_SUN[0] * slope_x - _TO_SUN[1] * slope_y
        return np.asarray(np.clip(facing / np.sqrt(1 + slope_x**2 + slope_y**2), 0, 1), np.float32)

    def inflated(self, mask: Floats, radius: float) -> Floats:
        """The light on a mask as if it were a cushion whose edges bend away over `radius` units."""
        return self.light(self.blurred(mask, radius) * (1.6 * radius))

    def paint(self, color: Color | Floats, mask: Floats | float = 1.0) -> None:
        """Lays a colour, or one a pixel, on the layer through a mask."""
        share = np.broadcast_to(np.asarray(mask, np.float32), self.alpha.shape)
        self.rgb = mix(self.rgb, color, share)
        self.alpha = share + self.alpha * (1 - share)

    def draw(self, polygons: Iterable[Polygon]) -> None:
        """Draws flat polygons, each over those before it."""
        sheet = np.zeros((*self.alpha.shape, 4), np.uint8)
        for corners, color in polygons:
            fill(sheet, (np.asarray(corners, np.float64) - (self.left, self.top)) * self.px - 0.5, (*color, 1.0))
        drawn = sheet.astype(np.float32) / 255
        self.rgb = self.rgb * (1 - drawn[..., 3:]) + drawn[..., :3]
        self.alpha = self.alpha * (1 - drawn[..., 3]) + drawn[..., 3]

    def tint(self, color: Color, mask: Floats | float) -> None:
        """As `paint`, but only where there is something already."""
        share = np.asarray(mask, np.float32) * (self.alpha > 0)
        self.rgb = mix(self.rgb, np.asarray(color, np.float32) * self.alpha[..., None], share)

    def premultiplied(self) -> Pixels:
        """The layer as uint8 (H, W, 4)."""
        # `paint` on an empty layer multiplies by alpha by itself: it mixes with black.
        pixels = np.dstack([np.clip(self.rgb, 0, 1).clip(max=self.alpha[..., None]), self.alpha])
        return np.round(pixels * 255).astype(np.uint8)

    def sprite(self) -> Sprite:
        """The layer as a sprite, cut to what is painted on it."""
        pixels = self.premultiplied()
        left, top, width, height = cv2.boundingRect(pixels[..., 3])
        # A clear border, so that edges stay soft when the sprite turns.
        cut = cv2.copyMakeBorder(pixels[top : top + height, left : left + width], 1, 1, 1, 1, cv2.BORDER_CONSTANT)
        return Sprite(
            np.asarray(cut, np.uint8), (-self.left * self.px - left + 0.5, -self.top * self.px - top + 0.5), self.px
        )
