"""The small things that move: a sailing boat, a balloon and birds. Units as in the landscape."""

from __future__ import annotations

import numpy as np

from livestyle.frame import Image
from livestyle.sources.demo_scene.brush import Color, Layer, curve, fill, gradient, mirrored, mix, smooth_step


def paint_boat(layer: Layer) -> None:
    """A sailing boat; its origin is on the water line, amidships."""
    layer.draw([([(-0.002, -0.005), (0.002, -0.005), (0.0012, -0.125), (-0.0012, -0.125)], (0.30, 0.20, 0.15))])
    main = [(-0.005, -0.120), (-0.028, -0.075), (-0.052, -0.020), (-0.028, -0.016), (-0.004, -0.018)]
    jib = [(0.004, -0.110), (0.026, -0.060), (0.044, -0.016), (0.022, -0.019), (0.004, -0.016)]
    colors = ((1.0, 0.97, 0.90), (0.86, 0.72, 0.66)), ((0.95, 0.48, 0.28), (0.66, 0.22, 0.20))
    for outline, (light, shade) in zip((main, jib), colors, strict=True):
        sail = layer.shape(curve(outline))
        bulge = smooth_step(0.25, 0.95, layer.inflated(sail, 0.012))
        layer.paint(mix(shade, light, bulge), sail)
    hull = layer.shape(
        curve([(-0.058, -0.012), (0.0, -0.0095), (0.062, -0.0135), (0.045, 0.004), (0.0, 0.007), (-0.044, 0.004)])
    )
    ramp = [(-0.012, (0.62, 0.36, 0.20)), (-0.004, (0.42, 0.20, 0.12)), (0.006, (0.24, 0.10, 0.08))]
    layer.paint(gradient(ramp, layer.y + 0 * layer.x), hull)
    layer.draw([([(-0.054, -0.0115), (0.058, -0.0130), (0.057, -0.0105), (-0.053, -0.0090)], (0.96, 0.88, 0.74))])


def paint_balloon(layer: Layer) -> None:
    """A striped hot-air balloon; its origin is the middle of its envelope."""
    right = [
        (0, -0.075), (0.045, -0.063), (0.072, -0.022), (0.066, 0.018), (0.034, 0.056), (0.012, 0.078), (0, 0.079),
    ]  # fmt: skip
    envelope = layer.shape(curve(mirrored(right)))
    width = np.interp(
        layer.ys, [-0.075, -0.063, -0.022, 0.018, 0.056, 0.079], [0.012, 0.047, 0.0735, 0.068, 0.034, 0.014]
    )
    around = np.arcsin(np.clip(layer.x / width[:, None], -1, 1)) / np.pi * 8  # the gores, as they turn away
    stripes: list[Color] = [(0.90, 0.24, 0.20), (0.98, 0.86, 0.58), (0.16, 0.44, 0.62), (0.98, 0.86, 0.58)]
    colors = np.asarray(stripes, np.float32)[np.floor(around).astype(int) % 4]
    seams = 0.12 * (np.abs(around % 1 - 0.5) > 0.44)
    light = smooth_step(-0.15, 1.05, layer.inflated(envelope, 0.045)) - seams
    layer.paint(mix((0.16, 0.07, 0.16), colors, 0.45 + 0.55 * light), envelope)
    layer.tint((1.0, 0.93, 0.76), 0.35 * layer.glow(-0.030, -0.030, 0.026, 0.036) * envelope)
    for x in (-0.011, 0.011):
        layer.draw(
            [([(x, 0.074), (x * 1.1 + 0.0006, 0.074), (x * 0.8 + 0.0006, 0.102), (x * 0.8, 0.102)], (0.30, 0.20, 0.16))]
        )
    layer.draw([([(-0.011, 0.101), (0.011, 0.101), (0.009, 0.118), (-0.009, 0.118)], (0.50, 0.32, 0.18))])
    layer.draw([([(-0.0115, 0.100), (0.0115, 0.100), (0.0115, 0.104), (-0.0115, 0.104)], (0.76, 0.54, 0.30))])


def paint_puff(layer: Layer) -> None:
    """A puff of smoke around the origin."""
    edge = layer.glow(0, 0, 0.018, 0.018) + 0.12 * layer.noise((30, 30), 301, 3) * layer.glow(0, 0, 0.03, 0.03)
    layer.paint((0.97, 0.92, 0.90), smooth_step(0.25, 0.9, edge))


_WING_X = np.linspace(0, 1, 9)
_WING_THICKNESS = np.stack([np.zeros(9), np.linspace(0.13, 0.0, 9)], 1)


def draw_birds(canvas: Image, middle_xy: tuple[float, float], px: float, time_s: float) -> None:
    """A flock that flaps across the sky, in place.

    Args:
        canvas: RGB uint8 (H, W, 3).
        middle_xy: Where x = 0 and the horizon are, in pixels.
        px: Pixels a unit.
        time_s: The moment.
    """
    for bird in range(7):
        row = (bird + 1) // 2 * (1 if bird % 2 else -1)
        x = (0.055 * time_s + 1.05) % 2.6 - 1.3 - 0.042 * abs(row) - 0.007 * np.sin(0.9 * time_s + bird)
        y = -0.365 + 0.020 * row - 0.012 * abs(row) + 0.008 * np.sin(0.8 * time_s + 1.7 * bird)
        size = 0.019 - 0.0012 * abs(row)
        flap = np.sin(2 * np.pi * (1.9 + 0.11 * bird) * time_s + 2.1 * bird)
        bend, tip = -0.12 - 0.42 * flap, 0.10 - 0.85 * flap
        wing = np.stack(
            [_WING_X, 0.10 + _WING_X * (4 * bend - tip - 0.30) + _WING_X**2 * (2 * tip + 0.20 - 4 * bend)], 1
        )
        outline = np.concatenate([wing - _WING_THICKNESS, (wing + _WING_THICKNESS)[::-1]]) * size
        for side in (-1, 1):
            fill(canvas, (outline * (side, 1) + (x, y)) * px + middle_xy - 0.5, (0.16, 0.17, 0.26))
        body = [(-0.22, 0.10), (0.0, -0.02), (0.30, 0.06), (0.42, 0.12), (0.25, 0.20), (-0.10, 0.24), (-0.45, 0.20)]
        fill(canvas, (np.array(body) * size + (x, y)) * px + middle_xy - 0.5, (0.13, 0.13, 0.21))
