"""The measurements, one function a table: who paints what, and what the judge says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TypeVar

import cv2
import numpy as np

from livestyle.evaluation.baselines import control_pictures
from livestyle.evaluation.candidates import Candidate, Livestyle
from livestyle.evaluation.clips import Clip
from livestyle.evaluation.judge import Judge
from livestyle.evaluation.picture import NamedPicture
from livestyle.evaluation.results import Record
from livestyle.frame import Image

STROKES = (0.7, 1.0, 1.5)
LINES = (360, 720, 1080)

Scene = TypeVar("Scene", NamedPicture, Clip)


def rotation(styles: int, scenes: int, per_style: int) -> list[list[int]]:
    """Which scenes each style meets: as many each, spread over all, and every scene about as often as any other."""
    each = min(per_style, scenes)
    return [[(style + k * scenes // each) % scenes for k in range(each)] for style in range(styles)]


def meetings(
    paintings: Sequence[NamedPicture], scenes: Sequence[Scene], per_style: int
) -> list[tuple[NamedPicture, Scene]]:
    """Lets every painting meet as many scenes, in rotation; in the order of the scenes."""
    met = rotation(len(paintings), len(scenes), per_style)
    pairs = sorted((k, i) for i, numbers in enumerate(met) for k in numbers)
    return [(paintings[i], scenes[k]) for k, i in pairs]


Pairs = Iterable[tuple[NamedPicture, NamedPicture]]
"""(painting, photo), best photo by photo: the judge remembers only the last one."""


def likeness(judge: Judge, methods: Sequence[Candidate], pairs: Pairs) -> list[Record]:
    """How much paintings of photos look like the painting they are to look like, and keep their photo."""
    return [
        Record(
            m.name, painting.name, photo.name, judge.figures(m.paint(photo.image[None], painting)[0], photo, painting)
        )
        for painting, photo in pairs
        for m in methods
        if m.knows(painting)
    ]


def baselines(judge: Judge, pairs: Pairs) -> list[Record]:
    """The same of what any honest figure must rank below them."""
    return [
        Record(name, painting.name, photo.name, judge.figures(picture, photo, painting))
        for painting, photo in pairs
        for name, picture in control_pictures(photo, painting).items()
    ]


def strokes(judge: Judge, methods: Sequence[Livestyle], pairs: Pairs) -> list[Record]:
    """Whether the stroke size does what it says.

    At stroke s the strokes are as large as in the painting itself hung s times as high as the picture. So a picture
    with a short side of 256 px is held against the painting with one of 256 s px. Each picture is held against the
    painting at every scale: it should be nearest at its own.
    """
    records = []
    for painting, photo in pairs:
        for method in methods:
            for stroke in STROKES if method.knows(painting) else ():
                picture = dataclasses.replace(method, stroke=stroke).paint(photo.image[None], painting)[0]
                styles = judge.styles(picture, painting, STROKES)
                figures = {f"at {scale:g}": style for scale, style in zip(STROKES, styles, strict=True)}
                records.append(Record(f"{method.name}, stroke {stroke:g}", painting.name, photo.name, figures))
    return records


def sizes(judge: Judge, methods: Sequence[Candidate], pairs: Pairs) -> list[Record]:
    """Whether the look stays when the same photo is painted with more lines; always judged at the same size."""
    records = []
    for painting, photo in pairs:
        for lines in LINES:
            resized = NamedPicture(photo.name, _with_lines(photo, lines))
            for method in methods:
                if method.knows(painting):
                    figures = judge.figures(method.paint(resized.image[None], painting)[0], resized, painting)
                    records.append(Record(f"{method.name}, {lines} lines", painting.name, photo.name, figures))
    return records


def _with_lines(photo: NamedPicture, lines: int) -> Image:
    height, width = (round(side * lines / photo.lines) for side in photo.image.shape[:2])
    smooth = cv2.INTER_AREA if lines < photo.lines else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo.image, (width, height), interpolation=smooth), np.uint8)


def steadiness(judge: Judge, methods: Sequence[Candidate], pairs: Iterable[tuple[NamedPicture, Clip]]) -> list[Record]:
    """How still paintings of clips hold; with their style, because blur and a weak style hold still too."""
    return [
        Record(m.name, painting.name, clip.name, judge.steadiness(m.paint(clip.frames, painting), clip, painting))
        for painting, clip in pairs
        for m in methods
        if m.knows(painting)
    ]
