"""Large stills: painted with strokes of the right size first, and then given a surface of their own.

Strokes are relative to the picture, and the boldest that networks learn are those of a painting of a few hundred lines.
So a picture of 8K is painted at a few hundred lines, as it would be on a screen: that is its underpainting. Enlarged it
would be a blur. So it is enlarged step by step, and at every step the network goes over it once more, lightly and with
its finest strokes, which are small against the picture by now: edges become edges of paint, and flat parts get a grain.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from typing import Self

import cv2
import numpy as np

from livestyle.compose import compose
from livestyle.depth import Depth, amount_of
from livestyle.errors import DeviceMemoryError
from livestyle.frame import Image
from livestyle.look import STROKES, Look
from livestyle.painter import Painter
from livestyle.styles.catalog import mixed_code, mixed_tones
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Images, Stylizer

LARGE_PX = 1920 * 1080
"""Pictures with more pixels are painted as large ones; up to here a still looks as it does live."""

SURFACE = 0.25
"""The strength of the finest strokes that make the surface. With more of it flat parts fill with a pattern of dots."""

_STRIP_PX = 4_000_000


class LargePainter:
    """Paints stills of any size, in memory that hardly grows with them.

    A network that can't paint in tiles (`StyledNetwork.reach_px`) paints large pictures at up to `LARGE_PX` pixels, and
    they are enlarged without a surface.

    Args:
        painter: Paints what is not large.
        open_stylizer: Opens another stylizer on the painter's device, for tiles.
    """

    def __init__(self, painter: Painter, open_stylizer: Callable[[StyleFile], Stylizer]) -> None:
        self._painter = painter
        self._open_stylizer = open_stylizer
        self._tiled: Stylizer | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def paint(self, photos: Images, look: Look) -> Images:
        """Paints pictures of any size; otherwise as `Painter.paint`."""
        if photos.shape[1] * photos.shape[2] <= LARGE_PX or look.strength == 0:
            try:
                return self._painter.paint(photos, look)
            except DeviceMemoryError:
                if not self._can_tile:
                    raise
        return np.stack([self._paint_large(photo, look) for photo in photos])

    def _paint_large(self, photo: Image, look: Look) -> Image:
        file, size_hw = self._painter.file, photo.shape[:2]
        under_hw = underpainting_hw(size_hw, file.stroke_px[-1] / look.stroke, None if self._can_tile else LARGE_PX)
        small = _resized(photo, under_hw)
        painting = self._pass(small, mixed_code(file, look, min(under_hw)))
        painting = Depth().deepen(small, painting, mixed_tones(file, look), amount_of(look))
        surface = mixed_code(file, replace(look, strength=SURFACE * look.strength, stroke=STROKES[0]), lines=1)
        for step_hw in steps_hw(under_hw, size_hw) if self._can_tile else []:
            painting = reduced_as(painting, self._pass(_resized(painting, step_hw), surface))
        painting = _resized(painting, size_hw)
        rows = max(1, _STRIP_PX // size_hw[1])
        for top in range(0, size_hw[0], rows):  # what colours take in between is several times a picture's memory
            strip = slice(top, top + rows)
            painting[strip] = compose(photo[strip], painting[strip], look)
        return painting

    def _pass(self, picture: Image, code: Code) -> Image:
        """The network once over a picture: at once if it is small enough for the device, else in tiles."""
        if picture.shape[0] * picture.shape[1] <= LARGE_PX:
            try:
                return np.asarray(self._painter.stylizer.stylize(picture[None], code)[0])
            except DeviceMemoryError:
                if not self._can_tile:
                    raise
        return np.asarray(self._tiles().stylize(picture[None], code)[0])

    @cached_property
    def _can_tile(self) -> bool:
        from livestyle.networks.build import build_network  # imports torch, which small pictures do without

        return build_network(self._painter.file.spec).reach_px is not None

    def _tiles(self) -> Stylizer:
        from livestyle.stylizer.tiled import TiledStylizer

        if self._tiled is None:
            self._tiled = self._stack.enter_context(TiledStylizer(self._painter.file, self._open_stylizer))
        return self._tiled


def underpainting_hw(size_hw: tuple[int, int], lines: float, most_px: int | None) -> tuple[int, int]:
    """The size of an underpainting.

    Args:
        size_hw: The picture's.
        lines: What its short side has at most.
        most_px: The most pixels, where there is a limit.
    """
    height, width = size_hw
    scale = min(1.0, lines / min(size_hw))
    if most_px is not None:
        scale = min(scale, (most_px / (height * width)) ** 0.5)
    if scale == 1.0:
        return size_hw
    # Multiples of 4, which the networks take without a detour.
    return max(4, round(scale * height / 4) * 4), max(4, round(scale * width / 4) * 4)


def steps_hw(start_hw: tuple[int, int], end_hw: tuple[int, int]) -> list[tuple[int, int]]:
    """The sizes on the way from one size to a larger one: as even as can be, each about twice the one before."""
    growth = end_hw[0] / start_hw[0], end_hw[1] / start_hw[1]
    count = round(np.log2(max(growth)))
    shares = [step / count for step in range(1, count)]
    between = [tuple(round(side * by**share) for side, by in zip(start_hw, growth, strict=True)) for share in shares]
    return [*((height, width) for height, width in between), end_hw] if count else []


def reduced_as(small: Image, large: Image) -> Image:
    """A picture changed so that it is another one when it is reduced (Irani & Peleg 1991, one back-projection).

    What a pass of the network does to colours and to the larger forms is taken out again; what it does to the surface
    stays.

    Args:
        small: RGB uint8 (h, w, 3).
        large: RGB uint8 (H, W, 3), changed in place.

    Returns:
        `large`.
    """
    # In bytes, around 128: float32 would take four times the memory.
    error = np.asarray(cv2.addWeighted(small, 1, _resized(large, small.shape[:2]), -1, 128), np.uint8)
    cv2.addWeighted(large, 1, _resized(error, large.shape[:2]), 1, -128, dst=large)
    return large


def _resized(picture: Image, size_hw: tuple[int, int]) -> Image:
    if picture.shape[:2] == size_hw:
        return picture
    interpolation = cv2.INTER_AREA if size_hw[0] < picture.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size_hw[::-1], interpolation=interpolation), np.uint8)
