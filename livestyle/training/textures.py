"""Textures drawn by code: what a predictor of styles should know besides paintings, carpets and tiles and knits."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]


def draw_texture(rng: np.random.Generator, height: int, width: int) -> npt.NDArray[np.float32]:
    """A random texture in two to five random colours.

    Args:
        rng: The only source of randomness.
        height: In px.
        width: In px.

    Returns:
        RGB float32 (height, width, 3) in [0, 1].
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if rng.random() < 0.6:  # nothing woven or painted by hand is quite straight
        bend = float(rng.uniform(2, 10))
        x, y = x + bend * _clouds(rng, height, width, 60), y + bend * _clouds(rng, height, width, 60)
    turn = float(rng.uniform(0, np.pi))
    across, along = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    period = float(np.exp(rng.uniform(np.log(6), np.log(70))))
    draw = (_stripes, _checks, _dots, _weave, _cells, _marble)[rng.integers(6)]
    field = draw(rng, across / period, along / period)
    field = field + float(rng.uniform(0, 0.25)) * _clouds(rng, height, width, float(rng.uniform(2, 20)))
    palette = rng.random((rng.integers(2, 6), 3)).astype(np.float32)
    base = rng.random((1, 3)).astype(np.float32)  # most things have a colour they keep to
    palette = base + float(rng.uniform(0.3, 1)) * (palette - base)
    place = np.clip(field, 0, 1) * (len(palette) - 1)
    if rng.random() < 0.5:  # flat colours, else blends
        place = np.round(place)
    below = np.minimum(place.astype(int), len(palette) - 2)
    share = (place - below)[..., None]
    picture = palette[below] * (1 - share) + palette[below + 1] * share
    grain = float(rng.uniform(0, 0.06)) * rng.standard_normal((height, width, 1))
    return np.asarray(np.clip(picture + grain, 0, 1), np.float32)


def _clouds(rng: np.random.Generator, height: int, width: int, size_px: float) -> Field:
    """Smooth noise, about -1 to 1."""
    coarse = rng.standard_normal((max(2, int(height / size_px) + 2), max(2, int(width / size_px) + 2)))
    return np.asarray(cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _stripes(rng: np.random.Generator, u: Field, v: Field) -> Field:
    return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * u) + 0.2 * np.sin(2 * np.pi * u * rng.integers(2, 5)), np.float32)


def _checks(rng: np.random.Generator, u: Field, v: Field) -> Field:
    return np.asarray(
        0.5 + 0.25 * np.sign(np.sin(2 * np.pi * u)) + 0.25 * np.sign(np.sin(2 * np.pi * v * rng.uniform(0.5, 2))),
        np.float32,
    )


def _dots(rng: np.random.Generator, u: Field, v: Field) -> Field:
    far = np.hypot(u % 1 - 0.5, v % 1 - 0.5)
    return np.asarray(1 / (1 + np.exp((far - rng.uniform(0.15, 0.4)) * 30)), np.float32)


def _weave(rng: np.random.Generator, u: Field, v: Field) -> Field:
    over = (np.floor(u) + np.floor(v)) % 2
    return np.asarray(np.where(over > 0, np.sin(np.pi * (u % 1)), 0.9 * np.sin(np.pi * (v % 1))), np.float32)


def _cells(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """Distance to the nearest of one random point a cell (Worley 1996), walls bright."""
    points = rng.random((16, 16, 2))
    row, column = np.floor(v).astype(int), np.floor(u).astype(int)
    near = np.full((2, *u.shape), 9.0, np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            point = points[(row + dy) % 16, (column + dx) % 16]
            far = np.hypot(column + dx + point[..., 0] - u, row + dy + point[..., 1] - v).astype(np.float32)
            near = np.stack([np.minimum(near[0], far), np.minimum(near[1], np.maximum(near[0], far))])
    return np.asarray(near[0] if rng.random() < 0.5 else 1 - np.clip(4 * (near[1] - near[0]), 0, 1), np.float32)


def _marble(rng: np.random.Generator, u: Field, v: Field) -> Field:
    swirl = np.sin(2 * v + 1.5 * np.sin(1.3 * u)) + np.sin(0.7 * u - v)
    return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * (u * 0.5 + rng.uniform(0.3, 1) * swirl)), np.float32)
