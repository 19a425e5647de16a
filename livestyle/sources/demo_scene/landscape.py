"""The still parts of the demo scene: sky, mountains, shores, house and trees, lit by a low sun from the left.

Places are in units, about a picture's height each: x from the middle of the picture, y downwards from the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from livestyle.sources.demo_scene.brush import (
    Color,
    Floats,
    Layer,
    Points,
    Polygon,
    blend,
    curve,
    gradient,
    mix,
    noise,
    smooth_step,
)

SUN_XY = (-0.30, -0.135)
SHORE_Y = 0.055
"""Where the water meets the headland on the left, and the mirror plane of what stands on it."""

_FAR = 1000.0  # beyond the sides of any picture
_HAZE: Color = (0.98, 0.80, 0.64)


def paint_sky(sky: Layer, height: float) -> None:
    """A clear evening sky with a sun, `height` units from the horizon to the top."""
    elevation = np.broadcast_to(-sky.y / height, sky.alpha.shape)
    ramp = [
        (-0.1, (1.0, 0.77, 0.52)), (0.05, (1.0, 0.80, 0.57)), (0.22, (0.97, 0.80, 0.68)), (0.42, (0.72, 0.76, 0.84)),
        (0.68, (0.38, 0.60, 0.82)), (1.0, (0.13, 0.35, 0.66)),
    ]  # fmt: skip
    sky.paint(gradient(ramp, elevation))
    wisps = smooth_step(0.2, 2.4, sky.noise((1.2, 9.0), seed=3, octaves=5) + 0.5 * sky.noise((0.7, 1.5), seed=4))
    sky.paint((1.0, 0.93, 0.86), 0.55 * wisps * smooth_step(0.02, 0.5, elevation))
    x, y = SUN_XY
    sky.paint((1.0, 0.72, 0.38), 0.55 * sky.glow(x, y, 0.42, 0.20))
    sky.paint((1.0, 0.87, 0.56), 0.75 * sky.glow(x, y, 0.15, 0.12))
    distance = np.hypot(sky.x - x, sky.y - y)
    sky.paint((1.0, 0.98, 0.88), 0.8 * sky.glow(x, y, 0.062, 0.062))
    sky.paint((1.0, 0.99, 0.93), smooth_step(0.040, 0.036, distance))


def paint_clouds(clouds: Layer, height: float) -> None:
    """Heaped clouds on a clear layer whose width is one period: it can be rolled without a seam."""
    turns = ((clouds.xs - clouds.left) / (len(clouds.xs) / clouds.px) * 16).astype(
        np.float32
    )  # the noise repeats at 16

    def billows(shift: float) -> Floats:
        ys = (clouds.ys + shift) * 9.0
        shape = noise(turns + shift * 5, ys.astype(np.float32), (1, 0.55), seed=13, octaves=6)
        return shape + 0.35 * noise(turns, ys.astype(np.float32), (4, 2.5), seed=12, octaves=4)

    elevation = np.broadcast_to(-clouds.y / height, clouds.alpha.shape)
    band = smooth_step(0.30, 0.62, elevation) * smooth_step(1.12, 0.86, elevation)
    density = billows(0.0) + 2.2 * band - 2.2
    cover = smooth_step(0.0, 0.75, density)
    lit = smooth_step(-0.55, 0.75, density - billows(0.028) - 2.2 * band + 2.2)
    color = mix((0.56, 0.60, 0.74), (1.0, 0.95, 0.86), 0.15 + 0.85 * lit)
    color = mix(color, (1.0, 0.80, 0.66), 0.55 * smooth_step(0.7, 0.3, elevation))
    clouds.paint(color, 0.96 * cover)


def _ridge(layer: Layer, base: float, swing: float, cells: float, seed: int, octaves: int = 5) -> Floats:
    """The height (W,) above the horizon of a range of hills along x."""
    along = noise(layer.xs, np.zeros(1, np.float32), (cells, 1), seed, octaves)
    return np.asarray(base + swing * along[0], np.float32)


def _below(layer: Layer, height: Floats) -> Floats:
    """The mask of all that lies below a height (W,) above the horizon, one pixel soft."""
    return np.asarray(np.clip((layer.y + height[None, :]) * layer.px + 0.5, 0, 1), np.float32)


def paint_mountains(layer: Layer) -> None:
    """Three ranges, the farther the paler; the farthest has snow."""
    far = _ridge(layer, 0.130, 0.040, 2.2, seed=21, octaves=3)
    far = far + 0.016 * _ridged(layer.xs, np.zeros(1, np.float32), (9, 1), 25)[0] + 0.024
    far = far + 0.05 * np.exp(-(((layer.xs - 0.12) / 0.22) ** 2))
    depth = layer.y + far[None, :]
    crags = _ridged(layer.xs, layer.ys, (5, 4), 22)
    rocks = layer.light(0.034 * crags)
    color = mix((0.42, 0.46, 0.66), (0.90, 0.78, 0.76), smooth_step(0.1, 0.9, rocks))
    snow = smooth_step(0.085, 0.045, depth + 0.022 * crags + 0.014 * layer.noise((9, 12), 29))
    color = mix(color, mix((0.62, 0.68, 0.87), (1.0, 0.96, 0.91), smooth_step(0.15, 0.7, rocks)), snow)
    color = mix(color, _HAZE, 0.75 * smooth_step(0.02, 0.16, depth))
    layer.paint(color, _below(layer, far))

    middle = _ridge(layer, 0.062, 0.028, 2.6, seed=31) + 0.03 * smooth_step(-0.2, -0.8, layer.xs)
    depth = layer.y + middle[None, :]
    slopes = layer.light(0.020 * _ridged(layer.xs, layer.ys, (6, 8), 32) + 0.006 * layer.noise((14, 18), 37, octaves=5))
    color = mix((0.22, 0.34, 0.46), (0.74, 0.69, 0.50), smooth_step(0.15, 0.85, slopes))
    color = mix(color, _HAZE, 0.25 + 0.45 * smooth_step(0.0, 0.09, depth))
    layer.paint(color, _below(layer, middle))

    near = _ridge(layer, 0.024, 0.012, 3.2, seed=41) + 0.055 * smooth_step(0.25, 0.95, layer.xs)
    depth = layer.y + near[None, :]
    meadows = smooth_step(-0.3, 0.9, layer.noise((6, 20), 42, octaves=3))
    color = mix((0.22, 0.36, 0.27), (0.60, 0.62, 0.30), meadows)
    color = mix(color, (0.10, 0.22, 0.22), 0.5 * (1 - layer.light(0.006 * layer.noise((40, 50), 43, octaves=3))))
    color = mix(color, _HAZE, 0.16 + 0.3 * smooth_step(0.0, 0.03, depth))
    layer.paint(color, _below(layer, near))


def _ridged(xs: Floats, ys: Floats, cells: tuple[float, float], seed: int) -> Floats:
    """Noise with sharp crests, as rock has (Musgrave's ridged noise): (H, W), about -1.6 to 0."""
    total = np.zeros((len(ys), len(xs)), np.float32)
    for octave in range(5):
        total -= np.abs(noise(xs, ys, (cells[0] * 2**octave, cells[1] * 2**octave), seed + octave, 1)) * 0.5**octave
    return total


def paint_pines(layer: Layer) -> None:
    """A wood of pines on the right shore, paler and smaller ones behind."""
    layer.draw(_pines(np.random.default_rng(51)))


def _pines(rng: np.random.Generator) -> Iterator[Polygon]:
    places = np.sort(rng.uniform(0.30, 1.6, 120))
    for depth in (0.0, 0.5, 1.0):
        for x in places[int(depth * 2) :: 3]:
            into_wood = min(1.0, (x - 0.28) * 2.2)
            rise = 0.055 * float(smooth_step(0.25, 0.95, np.array(x)))
            foot = 0.004 + 0.010 * depth - 0.8 * rise * (1 - depth)
            tall = (0.045 + 0.05 * depth) * (0.55 + 0.5 * into_wood) * rng.uniform(0.7, 1.25)
            yield from _pine(x + rng.normal(0, 0.008), foot, tall, depth, rng)


def _pine(x: float, y: float, tall: float, depth: float, rng: np.random.Generator) -> Iterator[Polygon]:
    tiers = 5 + round(3 * depth)
    dark = blend((0.20, 0.33, 0.34), (0.06, 0.20, 0.17), depth)
    for tier in range(tiers):
        top = y - tall * (1 - 0.80 * tier / tiers)
        bottom = y - tall * (1 - (tier + 1.55) / tiers * 0.86)
        reach = tall * 0.24 * (0.25 + 0.75 * (tier + 1) / tiers) * rng.uniform(0.85, 1.15)
        dip = 0.12 * (bottom - top)
        right = [(x, top), (x + reach, bottom - dip), (x + 0.5 * reach, bottom - 1.3 * dip), (x, bottom)]
        yield [*right, (x - 0.5 * reach, bottom - 1.3 * dip), (x - reach, bottom - dip)], dark
        lit = [(x, top), (x - 0.15 * reach, bottom - 2.2 * dip), (x - 0.5 * reach, bottom - 1.5 * dip)]
        yield [*lit, (x - reach, bottom - dip)], blend(dark, (0.62, 0.56, 0.26), rng.uniform(0.35, 0.55))


def paint_headland(layer: Layer) -> None:
    """A tongue of land on the left with a house and trees."""
    rng = np.random.default_rng(61)
    top = [
        (-3.0, -0.03), (-0.95, -0.015), (-0.72, 0.0), (-0.55, 0.012), (-0.42, 0.03), (-0.34, 0.046), (-0.315, SHORE_Y),
    ]  # fmt: skip
    base = [(-0.36, SHORE_Y + 0.004), (-0.5, SHORE_Y), (-0.7, SHORE_Y + 0.005), (-0.9, SHORE_Y), (-3.0, SHORE_Y)]
    for x in (-1.10, -0.985, -0.90, -0.50, -0.45):
        layer.draw(_poplar(x, 0.014, rng.uniform(0.13, 0.21), rng))
    blades = smooth_step(-1.5, 1.5, layer.noise((30, 60), 62, octaves=4))
    grass = mix((0.24, 0.36, 0.14), (0.70, 0.68, 0.26), blades)
    beach = smooth_step(SHORE_Y - 0.014, SHORE_Y - 0.004, layer.y + 0.004 * layer.noise((20, 20), 63))
    outline = [*curve(top, closed=False), *curve(base, closed=False), (-_FAR, SHORE_Y), (-_FAR, -0.03)]
    land = layer.shape(outline)
    layer.paint(mix(grass, (0.42, 0.32, 0.22), beach), land)
    layer.draw(_house())
    layer.draw(_round_tree(-0.80, 0.012, 0.070, (0.16, 0.30, 0.10), (0.72, 0.66, 0.22), rng))
    layer.draw(_round_tree(-0.415, 0.040, 0.036, (0.20, 0.26, 0.08), (0.86, 0.60, 0.20), rng))
    layer.draw(_round_tree(-1.25, 0.012, 0.10, (0.12, 0.28, 0.12), (0.62, 0.64, 0.24), rng))


def _house() -> Iterator[Polygon]:
    yield _box(-0.612, -0.098, -0.596, -0.05), (0.46, 0.30, 0.26)  # chimney
    yield [(-0.655, 0.020), (-0.655, -0.036), (-0.553, -0.034), (-0.553, 0.018)], (0.70, 0.62, 0.62)  # wall in shade
    gable = [(-0.717, 0.018), (-0.717, -0.034), (-0.686, -0.074), (-0.655, -0.034), (-0.655, 0.020)]
    yield gable, (0.99, 0.91, 0.76)
    yield [(-0.686, -0.082), (-0.590, -0.078), (-0.543, -0.030), (-0.650, -0.030)], (0.62, 0.20, 0.14)  # roof
    for row in range(5):
        y, left, right = -0.074 + 0.0095 * row, -0.681 + 0.0070 * row, -0.586 + 0.0088 * row
        yield [(left, y), (right, y + 0.003), (right + 0.002, y + 0.006), (left + 0.002, y + 0.003)], (0.75, 0.30, 0.18)
    yield [(-0.728, -0.028), (-0.686, -0.084), (-0.683, -0.074), (-0.720, -0.024)], (0.50, 0.15, 0.12)
    yield _box(-0.682, -0.014, -0.664, 0.019), (0.36, 0.20, 0.14)  # door
    for x, y, lamp in ((-0.703, -0.010, 1.0), (-0.686, -0.042, 1.0), (-0.630, -0.008, 0.8), (-0.590, -0.008, 0.8)):
        yield _box(x - 0.0085, y - 0.0105, x + 0.0085, y + 0.0105), (0.30, 0.22, 0.22)
        yield _box(x - 0.006, y - 0.008, x + 0.006, y + 0.008), (lamp, 0.80 * lamp, 0.42 * lamp)


def _round_tree(
    x: float, y: float, radius: float, dark: Color, light: Color, rng: np.random.Generator
) -> Iterator[Polygon]:
    """A trunk, and leaf clusters from the dark ones at the back to the sunlit ones in front."""
    thin, thick = 0.07 * radius, 0.12 * radius
    yield [(x - thin, y - radius), (x + thin, y - radius), (x + thick, y), (x - thick, y)], (0.26, 0.18, 0.14)
    for front in np.linspace(0, 1, 90):
        angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 1.0) ** 0.6
        across, down = reach * np.cos(angle), reach * np.sin(angle)
        sun = min(max(0.5 - 0.45 * across - 0.5 * down, 0), 1)
        at = (x + radius * (across - 0.25 * front), y - radius * (1.65 - 0.9 * down + 0.2 * front))
        color = blend(dark, light, front * (0.35 + 0.75 * sun) + rng.normal(0, 0.06))
        yield _blot(at, radius * rng.uniform(0.13, 0.26), rng), color


def _poplar(x: float, y: float, tall: float, rng: np.random.Generator) -> Iterator[Polygon]:
    for front in np.linspace(0, 1, 70):
        up, side = rng.uniform(0.02, 1.0), rng.uniform(-1, 1)
        at = (x + side * 0.13 * tall * np.sin(np.pi * up**0.6) ** 0.7, y - up * tall)
        color = blend((0.08, 0.20, 0.12), (0.55, 0.54, 0.22), front * (0.45 - 0.5 * side) + rng.normal(0, 0.05))
        yield _blot(at, 0.035 * tall, rng, stretch=1.8), color


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _blot(at: tuple[float, float], radius: float, rng: np.random.Generator, stretch: float = 1.0) -> Points:
    """A ragged spot."""
    angles = np.linspace(0, 2 * np.pi, 11, endpoint=False)
    reach = radius * rng.uniform(0.65, 1.25, 11)
    return np.stack([at[0] + reach * np.cos(angles), at[1] + stretch * reach * np.sin(angles)], 1)


def paint_bank(layer: Layer) -> None:
    """The meadow in front, with grass and flowers; y = 0 is the picture's lower edge."""
    edge_x = np.array([-_FAR, *np.linspace(-3, 3, 49), _FAR])
    edge_y = -0.145 - 0.075 * smooth_step(0.0, -1.0, edge_x) - 0.055 * smooth_step(0.3, 1.0, edge_x)
    edge_y = edge_y + 0.006 * np.sin(9 * edge_x) + 0.003 * np.sin(23 * edge_x)
    depth = layer.y - np.interp(layer.xs, edge_x, edge_y)[None, :].astype(np.float32)
    tufts = smooth_step(-1.4, 1.6, layer.noise((14, 9), 72, octaves=4))
    color = mix((0.16, 0.30, 0.10), (0.66, 0.68, 0.22), tufts)
    color = mix(color, (0.85, 0.78, 0.34), 0.6 * smooth_step(0.035, 0.0, depth))
    color = mix(color, (0.07, 0.16, 0.10), 0.65 * smooth_step(0.05, 0.22, depth))
    layer.paint(color, layer.shape([*np.stack([edge_x, edge_y], 1), (_FAR, 0.1), (-_FAR, 0.1)]))
    rng = np.random.default_rng(71)
    layer.draw(_grass(edge_x, edge_y, rng))
    layer.draw(_flowers(edge_x, edge_y, rng))


def _grass(edge_x: Floats, edge_y: Floats, rng: np.random.Generator) -> Iterator[Polygon]:
    for near in np.linspace(0, 1, 2600) ** 1.2:
        x = rng.uniform(-1.5, 1.5)
        y = np.interp(x, edge_x, edge_y) + 0.006 + 0.20 * near
        tall = (0.012 + 0.035 * near) * rng.uniform(0.6, 1.4)
        lean, half = rng.normal(0.15, 0.35) * tall, 0.0009 + 0.0016 * near
        color = blend((0.26, 0.42, 0.12), (0.80, 0.78, 0.30), rng.uniform() ** 1.5)
        bend = (x + 0.4 * lean, y - 0.6 * tall)
        blade = [(x - half, y), (bend[0] - 0.7 * half, bend[1]), (x + lean, y - tall)]
        yield [*blade, (bend[0] + 0.7 * half, bend[1]), (x + half, y)], blend(color, (0.08, 0.20, 0.10), 0.55 * near)


def _flowers(edge_x: Floats, edge_y: Floats, rng: np.random.Generator) -> Iterator[Polygon]:
    petals: list[Color] = [(0.95, 0.30, 0.25), (1.0, 0.85, 0.30), (0.98, 0.95, 0.98), (0.62, 0.42, 0.86)]
    for near in np.linspace(0, 1, 170):
        x = rng.uniform(-1.5, 1.5)
        y = np.interp(x, edge_x, edge_y) - 0.008 + 0.18 * near
        radius = 0.0026 + 0.0050 * near
        color = blend(petals[rng.integers(4)], (0.2, 0.2, 0.3), 0.25 * near)
        for angle in np.linspace(0, 2 * np.pi, 5, endpoint=False):
            at = (x + 0.8 * radius * np.cos(angle), y + 0.7 * radius * np.sin(angle))
            yield _blot(at, 0.62 * radius, rng), color
        yield _blot((x, y), 0.4 * radius, rng), (0.95, 0.75, 0.2)


def paint_branch(layer: Layer) -> None:
    """Twigs and leaves that hang into the picture from above; the origin is where they are fixed."""
    layer.draw(_branch(np.random.default_rng(81)))


def _branch(rng: np.random.Generator) -> Iterator[Polygon]:
    twigs = []
    for reach, drop in ((0.50, 0.10), (0.40, 0.20), (0.26, 0.25), (0.58, 0.02), (0.16, 0.16)):
        twig = curve(
            [(0.0, -0.03), (0.35 * reach, 0.05 * drop), (0.7 * reach, 0.45 * drop), (reach, drop)], closed=False
        )
        half = np.linspace(0.010, 0.002, len(twig))[:, None] * (0.3, 1.0)
        yield np.concatenate([twig - half, (twig + half)[::-1]]), (0.20, 0.13, 0.10)
        twigs.append(twig[6:])
    places = np.concatenate(twigs)
    for front in np.linspace(0, 1, 620):
        at = places[rng.integers(len(places))] + rng.normal(0, (0.028, 0.024))
        size, angle = rng.uniform(0.009, 0.018), rng.normal(0.9, 0.6)
        leaf = size * np.array([(-1, 0), (-0.35, 0.36), (0.3, 0.30), (1, 0), (0.3, -0.30), (-0.35, -0.36)])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        lit = blend((0.46, 0.56, 0.14), (0.93, 0.62, 0.18), rng.uniform() ** 2)
        yield at + leaf @ turn, blend((0.07, 0.17, 0.07), lit, front * rng.uniform(0.3, 1.15))
