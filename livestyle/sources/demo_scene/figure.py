"""The person in front, as a webcam sees one: head, hair and jumper, with eyes that look around and blink.

Units: one head's height, from chin to crown; x and y from the middle of the head, y downwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.sources.demo_scene.brush import (
    Color,
    Floats,
    Layer,
    Points,
    Sprite,
    curve,
    fill,
    gradient,
    mirrored,
    mix,
    noise,
    smooth_step,
)

_FINEST_PX = 500  # of a head in a sprite

_SKIN: Color = (0.93, 0.70, 0.56)
_SKIN_LIT: Color = (1.0, 0.87, 0.72)
_SKIN_SHADE: Color = (0.66, 0.40, 0.37)
_INK: Color = (0.20, 0.11, 0.09)

_FACE_RIGHT = [
    (0, -0.47), (0.19, -0.44), (0.325, -0.30), (0.365, -0.08), (0.352, 0.12), (0.295, 0.29), (0.178, 0.42),
    (0.078, 0.485), (0, 0.50),
]  # fmt: skip
_FACE = mirrored(_FACE_RIGHT)
_EYE_X, _EYE_Y = 0.158, 0.035
_NECK = (0.0, 0.46)


@dataclass(frozen=True)
class Pose:
    """How the person holds themselves at one moment; places and shifts in heads, angles in radians, shares 0 to 1."""

    sway_xy: tuple[float, float]
    tilt: float
    turn: float
    gaze_xy: tuple[float, float]
    lids: float
    smile: float
    speech: float
    breath: float


def pose_at(time_s: float) -> Pose:
    """The pose at a time: slow, never quite repeating, and a blink every few seconds."""
    t = time_s

    def wave(hertz: float, phase: float = 0.0) -> float:
        return float(np.sin(2 * np.pi * (hertz * t + phase)))

    blinks = [1 - abs((t + shift) % every - 0.09) / 0.09 for every, shift in ((3.7, 2.2), (8.3, 5.0))]
    glance = float(np.tanh(4 * wave(0.083, 0.1)))
    talking = max(0.0, wave(0.11, 0.62)) ** 0.5
    return Pose(
        sway_xy=(0.075 * wave(0.13) + 0.03 * wave(0.31, 0.2), 0.018 * wave(0.23, 0.4) + 0.008 * wave(0.71)),
        tilt=0.055 * wave(0.11, 0.1) + 0.022 * wave(0.37, 0.5),
        turn=0.6 * wave(0.093, 0.05) + 0.3 * wave(0.27, 0.3),
        gaze_xy=(0.55 * glance + 0.15 * wave(0.21), 0.25 * wave(0.067, 0.3)),
        lids=min(1.0, max(0.0, *blinks) * 1.4),
        smile=0.80 + 0.20 * wave(0.071, 0.9),
        speech=talking * (0.5 + 0.3 * wave(2.9) + 0.2 * wave(4.7, 0.3)),
        breath=wave(0.24),
    )


class Figure:
    """Draws the person.

    Args:
        px: Pixels of one head's height.
        bottom: How far below the middle of the head the picture ends, in heads.
    """

    def __init__(self, px: float, bottom: float) -> None:
        self._px = px
        # Sprites of twice the pixels stay equally sharp wherever they lie between the pixels; big ones don't need it.
        fine = max(px, min(2 * px, _FINEST_PX))
        self._hair_behind = _hair_behind(Layer(-0.75, -0.72, 0.75, 1.0, fine)).sprite()
        self._body = _body(Layer(-1.35, 0.25, 1.35, bottom + 0.25, fine)).sprite()
        self._head = _head(Layer(-0.55, -0.60, 0.55, 0.62, fine)).sprite()
        self._hair_before = _hair_before(Layer(-0.68, -0.72, 0.68, 1.02, fine)).sprite()

    def draw(self, canvas: Image, at_xy: tuple[float, float], pose: Pose) -> None:
        """Draws the person on a canvas, in place.

        Args:
            canvas: RGB uint8 (H, W, 3).
            at_xy: Where the middle of the upright head is, in pixels.
            pose: How they hold themselves.
        """
        px = self._px
        sway, turn = np.array(pose.sway_xy), pose.turn
        body_at = np.asarray(at_xy) + px * (sway * (0.45, 0.25) + (0, 0.008 * pose.breath))
        cos, sin = np.cos(pose.tilt), np.sin(pose.tilt)
        neck = np.asarray(_NECK)
        head_at = np.asarray(at_xy) + px * (sway + neck - np.array([[cos, -sin], [sin, cos]]) @ neck)

        def place(x: float, y: float = 0.0) -> tuple[float, float]:
            shift = head_at + px * np.array([cos * x - sin * y, sin * x + cos * y])
            return float(shift[0]), float(shift[1])

        self._hair_behind.draw(canvas, place(-0.020 * turn), px, 0.75 * pose.tilt)
        self._body.draw(
            canvas, (float(body_at[0]), float(body_at[1])), px, 0.12 * pose.tilt, (1, 1 + 0.006 * pose.breath)
        )
        head = Sprite(self._head.pixels.copy(), self._head.origin_xy, self._head.px)
        _draw_features(head, pose)
        head.draw(canvas, place(0), px, pose.tilt)
        self._hair_before.draw(canvas, place(0.018 * turn), px, pose.tilt)


def _strands(layer: Layer, x: float, y: float, seed: int, fineness: float) -> Floats:
    """Hair that flows out from a point: noise along the angle, drawn out along the radius."""
    dx, dy = layer.x - x, layer.y - y
    radius = np.hypot(dx, dy)
    angle = np.arctan2(dx, dy) + 0.10 * np.sin(5.0 * radius + 1.0) + 0.03 * layer.noise((2, 2), seed + 1, 2)
    lookup_angles = np.linspace(-np.pi - 0.5, np.pi + 0.5, 4096, dtype=np.float32)
    lookup_radii = np.linspace(0, 3, 96, dtype=np.float32)
    table = noise(lookup_angles, lookup_radii, (fineness, 1.2), seed, octaves=4)
    columns = ((angle + np.pi + 0.5) / (2 * np.pi + 1) * 4095).astype(np.float32)
    rows = (radius / 3 * 95).astype(np.float32)
    return np.asarray(cv2.remap(table, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _hair_color(layer: Layer, mask: Floats, strands: Floats, shine: Floats) -> Floats:
    ramp = [
        (-2.2, (0.13, 0.055, 0.045)), (-0.4, (0.30, 0.125, 0.075)), (0.8, (0.52, 0.24, 0.12)),
        (2.2, (0.80, 0.46, 0.22)), (3.6, (1.0, 0.76, 0.45)),
    ]  # fmt: skip
    return gradient(ramp, 0.75 * strands + 1.5 * (layer.inflated(mask, 0.10) - 0.5) + 1.3 * shine)


def _hair_behind(layer: Layer) -> Layer:
    outline = [
        (0.02, -0.60), (0.26, -0.55), (0.44, -0.36), (0.50, -0.08), (0.51, 0.22), (0.58, 0.50), (0.56, 0.74),
        (0.40, 0.86), (0.20, 0.80), (-0.20, 0.80), (-0.42, 0.87), (-0.58, 0.76), (-0.59, 0.50), (-0.51, 0.20),
        (-0.50, -0.08), (-0.43, -0.36), (-0.24, -0.55),
    ]  # fmt: skip
    mask = layer.shape(curve(outline))
    strands = _strands(layer, 0.0, -0.95, seed=201, fineness=14)
    shine = layer.glow(-0.5, 0.2, 0.10, 0.4) - 1.1 * layer.glow(0.05, 0.35, 0.42, 0.5)
    layer.paint(_hair_color(layer, mask, strands, shine), mask)
    return layer


def _hair_before(layer: Layer) -> Layer:
    """The crown and the locks beside the face, parted on the left."""
    part = (-0.10, -0.50)
    right = [
        part, (0.02, -0.605), (0.22, -0.575), (0.40, -0.42), (0.475, -0.18), (0.485, 0.10), (0.53, 0.36), (0.575, 0.62),
        (0.53, 0.83), (0.44, 0.93), (0.455, 0.72), (0.43, 0.45), (0.39, 0.16), (0.365, -0.03), (0.315, -0.16),
        (0.20, -0.255), (0.03, -0.35),
    ]  # fmt: skip
    left = [
        part, (-0.18, -0.585), (-0.33, -0.49), (-0.44, -0.30), (-0.475, -0.08), (-0.49, 0.14), (-0.545, 0.42),
        (-0.575, 0.66), (-0.50, 0.86), (-0.42, 0.95), (-0.44, 0.74), (-0.425, 0.44), (-0.39, 0.14), (-0.36, -0.05),
        (-0.33, -0.15), (-0.26, -0.25), (-0.17, -0.37),
    ]  # fmt: skip
    strands = _strands(layer, *part, seed=211, fineness=12)
    radius = np.hypot(layer.x - part[0], layer.y - part[1])
    ring = np.exp(-(((radius - 0.22) / 0.07) ** 2)) * smooth_step(-1.0, 1.2, strands)
    for outline, glow in ((right, 0.8), (left, 1.25)):
        mask = layer.shape(curve(outline))
        layer.paint(
            (0.16, 0.07, 0.06),
            0.5 * layer.shape(curve(np.array(outline) + np.array([0.0, 0.018])), soft=0.012) * (1 - mask),
        )
        layer.paint(_hair_color(layer, mask, strands, glow * ring - 0.35 * np.exp(-((radius / 0.06) ** 2))), mask)
    return layer


def _head(layer: Layer) -> Layer:
    """Ears and face, without eyes, brows and mouth."""
    for side in (-1, 1):
        ear = layer.shape(
            curve([(side * x, y) for x, y in ((0.33, -0.06), (0.40, -0.08), (0.425, 0.0), (0.40, 0.11), (0.345, 0.14))])
        )
        layer.paint(mix(_SKIN_SHADE, _SKIN, 0.35 + 0.5 * layer.inflated(ear, 0.03)), ear)
    face = layer.shape(curve(_FACE))
    height = layer.blurred(face, 0.13) * 0.27
    height = height + 0.046 * layer.glow(0.0, 0.12, 0.042, 0.11) + 0.040 * layer.glow(0.0, 0.188, 0.048, 0.038)  # nose
    height = height + 0.018 * (layer.glow(-0.05, 0.205, 0.028, 0.026) + layer.glow(0.05, 0.205, 0.028, 0.026))
    height = height + 0.030 * (layer.glow(-0.20, 0.17, 0.13, 0.11) + layer.glow(0.20, 0.17, 0.13, 0.11))  # cheeks
    height = height - 0.035 * (layer.glow(-_EYE_X, 0.0, 0.12, 0.075) + layer.glow(_EYE_X, 0.0, 0.12, 0.075))  # sockets
    height = (
        height + 0.022 * layer.glow(0.0, 0.44, 0.10, 0.07) + 0.012 * layer.glow(0.0, 0.325, 0.11, 0.04)
    )  # chin, lips
    light = layer.light(height) + 0.02 * layer.noise((10, 10), 221, 3)
    ramp = [(0.0, _SKIN_SHADE), (0.26, (0.85, 0.58, 0.48)), (0.46, _SKIN), (0.70, _SKIN_LIT), (0.95, (1.0, 0.95, 0.84))]
    layer.paint(gradient(ramp, light), face)
    for side in (-1, 1):
        layer.tint((0.92, 0.42, 0.36), 0.34 * layer.glow(side * 0.215, 0.18, 0.095, 0.07) * face)
        layer.tint((0.55, 0.28, 0.28), 0.30 * layer.glow(side * _EYE_X, -0.015, 0.10, 0.05) * face)
        layer.tint((0.42, 0.16, 0.14), 0.75 * layer.glow(side * 0.034, 0.222, 0.016, 0.010) * face)  # nostrils
    layer.tint((0.62, 0.33, 0.30), 0.40 * layer.glow(0.0, 0.242, 0.065, 0.016) * face)  # under the nose
    layer.tint((1.0, 0.97, 0.90), 0.45 * layer.glow(-0.012, 0.175, 0.020, 0.022) * face)
    layer.tint((0.60, 0.32, 0.30), 0.35 * layer.glow(0.0, 0.385, 0.07, 0.014) * face)  # under the lip
    shadow = 1 - layer.blurred(layer.shape(curve(_FACE * (1, 1) + (0.0, 0.115))), 0.03)
    layer.tint(
        (0.50, 0.26, 0.26), 0.42 * shadow * face * smooth_step(0.1, -0.15, np.broadcast_to(layer.y, face.shape))
    )  # of the hair
    return layer


def _body(layer: Layer) -> Layer:
    """Neck and a ribbed jumper with a broad collar."""
    end = float(layer.ys[-1]) + 0.2
    neck = layer.shape(
        curve(mirrored([(0, 0.30), (0.165, 0.32), (0.165, 0.60), (0.20, 0.74), (0.12, 0.86), (0, 0.90)]))
    )
    light = layer.inflated(neck, 0.06)
    layer.paint(gradient([(0.1, _SKIN_SHADE), (0.5, (0.86, 0.60, 0.49)), (0.9, _SKIN_LIT)], light), neck)
    layer.tint((0.45, 0.22, 0.23), 0.75 * layer.shape(curve(_FACE * (0.80, 1.0) + (0.03, 0.10)), soft=0.03) * neck)
    right = [
        (0, 0.72), (0.20, 0.70), (0.36, 0.76), (0.72, 0.86), (0.90, 0.98), (1.00, 1.20), (1.08, 1.55),
        (1.14, end + 0.5), (0, end + 0.6),
    ]  # fmt: skip
    trunk = layer.shape(curve(mirrored(right)))
    folds = layer.noise((1.1, 0.8), 231, 3) + 0.6 * layer.noise((2.5, 1.2), 232, 2)
    height = layer.blurred(trunk, 0.16) * 0.34 + 0.012 * folds
    for side in (-1, 1):  # where the arms begin
        height = height - 0.030 * np.exp(
            -(((layer.x - side * (0.66 + 0.08 * (layer.y - 1.0))) / 0.05) ** 2)
        ) * smooth_step(0.95, 1.3, layer.y)
    light = layer.light(height)
    ramp = [
        (0.05, (0.30, 0.05, 0.09)), (0.35, (0.60, 0.11, 0.12)), (0.55, (0.80, 0.20, 0.15)), (0.8, (0.95, 0.38, 0.22)),
        (0.98, (1.0, 0.62, 0.38)),
    ]  # fmt: skip
    layer.paint(gradient(ramp, light + _knit(layer)), trunk)
    right = [
        (0, 0.70), (0.11, 0.675), (0.170, 0.625), (0.210, 0.605), (0.238, 0.66), (0.262, 0.78), (0.18, 0.875),
        (0, 0.91),
    ]  # fmt: skip
    collar = layer.shape(curve(mirrored(right))) * (
        1 - layer.shape(curve(mirrored([(0, 0.3), (0.15, 0.3), (0.150, 0.60), (0.10, 0.66), (0, 0.685)])))
    )
    layer.tint((0.25, 0.04, 0.08), 0.5 * layer.blurred(collar, 0.03) * (1 - collar) * trunk)
    ribs = 0.14 * np.sin(2 * np.pi * 34 * np.arctan2(layer.x, layer.y - 0.42) / np.pi)
    layer.paint(gradient(ramp, layer.inflated(collar, 0.04) + 0.06 + ribs), collar)
    return layer


def _knit(layer: Layer) -> Floats:
    """Rows of stitches, each a pair of slanted strokes."""
    columns, rows = layer.x * 30, layer.y * 26
    slant = np.abs(columns % 1 - 0.5) * 1.1
    stitches = np.cos(2 * np.pi * (rows + slant)) * 0.075 + np.cos(2 * np.pi * columns) * 0.035
    return np.asarray(stitches + 0.02 * layer.noise((30, 30), 241, 2), np.float32)


Fill = Callable[[Points, Color], None]

_T = np.linspace(-1, 1, 17)
_ARCH = 1 - _T**2
_AROUND = np.linspace(0, 2 * np.pi, 25)
_CIRCLE = np.stack([np.cos(_AROUND), np.sin(_AROUND)], 1)
_IRIS = (
    (0.043, (0.10, 0.17, 0.16)), (0.038, (0.22, 0.46, 0.42)), (0.027, (0.42, 0.66, 0.52)), (0.018, (0.04, 0.04, 0.05)),
)  # fmt: skip


def _draw_features(head: Sprite, pose: Pose) -> None:
    """Eyes, brows and mouth, in place on a head without."""
    shift = np.array([0.030 * pose.turn, 0.0])

    def paint(corners: Points, color: Color) -> None:
        fill(head.pixels, (np.asarray(corners) + shift) * head.px + head.origin_xy, (*color, 1.0))

    for side in (-1, 1):
        _draw_eye(paint, side, pose)
        _draw_brow(paint, side, pose)
    _draw_mouth(paint, pose)


def _band(xs: Floats, upper: Floats, lower: Floats) -> Points:
    """The outline of what lies between two curves over the same x."""
    return np.concatenate([np.stack([xs, upper], 1), np.stack([xs, lower], 1)[::-1]])


def _draw_eye(paint: Fill, side: int, pose: Pose) -> None:
    outwards = side * _T  # -1 at the nose, 1 at the temple
    x = side * (_EYE_X + 0.006 * pose.turn)
    xs = x + 0.082 * _T
    lower = _EYE_Y + 0.032 * _ARCH**0.8 - 0.006 * outwards - 0.008 * pose.smile * _ARCH
    opened = _EYE_Y - 0.046 * _ARCH**0.62 - 0.008 * outwards
    upper = opened + (lower + 0.002 - opened) * pose.lids
    crease = opened - 0.020 + 0.3 * (upper - opened)
    paint(_band(xs, crease, upper), (0.88, 0.63, 0.52))
    paint(_band(xs, crease - 0.003, crease + 0.002), (0.68, 0.42, 0.37))
    paint(_band(xs, upper, lower), (0.97, 0.95, 0.93))
    look = np.array([x + 0.026 * pose.gaze_xy[0], _EYE_Y - 0.004 + 0.014 * pose.gaze_xy[1]])
    for radius, color in _IRIS:
        disc = look + radius * _CIRCLE
        disc[:, 1] = np.clip(disc[:, 1], np.interp(disc[:, 0], xs, upper), np.interp(disc[:, 0], xs, lower))
        paint(disc, color)
    if pose.lids < 0.5:
        paint(look + np.array([-0.014, -0.015]) + 0.009 * _CIRCLE, (1.0, 1.0, 1.0))
    paint(_band(xs, upper - 0.010 - 0.004 * outwards, upper + 0.003), _INK)
    corner_x, corner_y = x + side * 0.082, upper[-1 if side > 0 else 0]
    tip = (corner_x + side * 0.020, corner_y - 0.022)
    paint([(corner_x - side * 0.022, corner_y - 0.020), tip, (corner_x, corner_y + 0.004)], _INK)
    paint(_band(xs, lower, lower + 0.0035), (0.62, 0.36, 0.32))


def _draw_brow(paint: Fill, side: int, pose: Pose) -> None:
    outwards = side * _T
    xs = side * (_EYE_X + 0.006 * pose.turn) + 0.105 * _T
    lift = 0.012 * pose.smile + 0.012 * pose.speech
    arch = _EYE_Y - 0.118 - lift - 0.028 * np.cos(1.25 * (outwards - 0.25)) + 0.012 * outwards
    thick = 0.013 * np.sqrt(np.clip(1 - ((outwards + 0.25) / 1.26) ** 2, 0.02, 1))
    paint(_band(xs, arch - thick, arch + thick), (0.30, 0.15, 0.10))


def _draw_mouth(paint: Fill, pose: Pose) -> None:
    smile, speech = pose.smile, max(0.0, pose.speech)
    xs = (0.100 + 0.030 * smile - 0.018 * speech) * _T
    gap = (0.050 * speech + 0.020 * max(0.0, smile - 0.5)) * _ARCH**0.8
    line = 0.334 - 0.034 * smile * _T**2 - 0.007 * np.exp(-((_T / 0.3) ** 2))
    inner_top, inner_bottom = line - 0.25 * gap, line + 0.75 * gap
    top = inner_top - 0.022 * _ARCH**0.8 + 0.009 * np.exp(-((_T / 0.18) ** 2)) * _ARCH
    bottom = inner_bottom + 0.032 * _ARCH**0.7
    paint(_band(xs, inner_bottom - 0.002, bottom), (0.80, 0.36, 0.34))
    paint(_band(xs, top, inner_top + 0.002), (0.68, 0.25, 0.26))
    paint(_band(xs, inner_top - 0.002, inner_bottom + 0.002), (0.36, 0.10, 0.11))
    if gap.max() > 0.01:
        paint(_band(xs, inner_top, inner_top + 0.55 * gap), (0.97, 0.94, 0.90))
    middle = slice(5, 10)
    paint(_band(xs[middle], bottom[middle] - 0.022, bottom[middle] - 0.014), (0.92, 0.56, 0.51))
    for side in (-1, 1):
        x, y = side * (xs[-1] + 0.004), line[0]
        dimple = [(x - 0.008, y - 0.006), (x + 0.008, y - 0.006), (x + 0.002, y + 0.008), (x - 0.002, y + 0.008)]
        paint(dimple, (0.66, 0.36, 0.32))
