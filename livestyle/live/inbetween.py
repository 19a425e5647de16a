"""In-betweens: between two paintings, the last one moves along the camera's own motion.

A device paints a few pictures a second, and the eye wants thirty. What the camera sees in between is mostly what it saw
before, a little further on, so the last painting is moved along the flow between the photo that it is of and the photo
to be shown. Where the flow does not explain that photo, because something came into sight, the painting takes over the
photo's change of colour; and so it does everywhere when the light changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.live.decisions import HELD_AT_ONCE_ABOVE, is_lost
from livestyle.live.fine import FinePicture
from livestyle.steady.change import difference, shrunk
from livestyle.steady.flow import Flow, Map, warped

FLOW_LINES = 80
"""Motion is looked for between photos of a short side of this to twice this. Twice as fine takes twice the time for all
of it, and what is shown comes no closer to what would be painted (SSIM .733 against .732)."""
MEDIAN_PX = 3
"""The flow's outliers, which tear the painting, are gone under a median of this side."""
WINDOW_PX = 3
"""What the flow gets wrong is averaged over squares of this side, in px of the small photos."""
NOISE = 6.0
"""Differences, in steps of 255, up to which a photo moved along the flow is as good as the photo itself."""
GRADIENT_SHARE = 0.125
"""How much more they may be at edges, as a share of the gradient: an eighth of a px of motion is no fault."""
MEND_PX = 7
"""Where the flow is not to be trusted it is taken from so far around, in px of the small photos."""
FIT_LINES = 45
"""The map of the photo's colours to the painting's is fitted at a short side of this: strokes are no part of it."""
RIDGE = 2e-3
"""What keeps the fit tame where a photo has few colours."""
MOST_CHANGE = 120.0
"""A painting's colours change by no more than so many steps of 255 without being painted anew."""
BAD_SHARE = 0.3
"""How fast the running mean of what the flow gets wrong follows."""


@dataclass(slots=True)
class _Key:
    """A painting and what is needed to move it."""

    photo: Image
    """The photo it is of, (H, W, 3)."""
    painting: Image
    small: Image | None = None
    """The photo, (h, w, 3), where motion is looked for."""
    flow: Map | None = None
    """The last that was found, (h, w, 2): the next starts from it."""
    fine: FinePicture | None = None
    """The painting, made ready when it is first moved."""
    colors: Map | None = None
    """Coefficients (9, 3) of the map of the photo's colours to the painting's; fitted when they are first needed."""


@dataclass(frozen=True, slots=True)
class _Followed:
    """How a small photo comes from a painting's: flow (h, w, 2) and what it makes of the painting's photo (h, w, 3)."""

    flow: Map
    explained: Image
    change: Map
    """What the small photo has more, (h, w, 3)."""
    light: Map
    """How much more most of it has, (3,)."""
    bad: Map
    """How surely each place is something else than the flow says, (h, w)."""


class InBetween:
    """Moves paintings along. Used from one thread; each painting is given once, then the photos from its own on."""

    def __init__(self) -> None:
        self._flow = Flow(finest_scale=0)
        self._key: _Key | None = None
        self._before: _Key | None = None
        self._bad = 0.0
        self._is_held = self._is_lost = False

    @property
    def is_lost(self) -> bool:
        """Whether the flow has been losing the photos for some moments."""
        return self._is_lost

    @property
    def is_held(self) -> bool:
        """Whether the last picture was the painting as it is, because the flow had lost its photo."""
        return self._is_held

    def begin(self, photo: Image, painting: Image) -> None:
        """Takes a new painting; the next picture is half of it and half of the one before, moved as well.

        Args:
            photo: RGB uint8 (H, W, 3). Must not be written to later.
            painting: RGB uint8 (H, W, 3), of this photo; the same.
        """
        fits = self._key is not None and self._key.painting.shape == painting.shape
        self._before = self._key if fits and not self._is_held else None
        self._key = _Key(photo, painting)

    def forget(self) -> None:
        """Forgets all paintings: for a new source."""
        self._key = self._before = None
        self._bad, self._is_held, self._is_lost = 0.0, False, False

    def at(self, photo: Image) -> Image | None:
        """The painting as it would look for a photo.

        Args:
            photo: RGB uint8 (H, W, 3), of the size of the painting's photo.

        Returns:
            RGB uint8 (H, W, 3): the painting itself where the flow loses the photo, as at a cut. None as long as there
            is no painting of this size.
        """
        key, before, self._before = self._key, self._before, None
        if key is None or key.photo.shape != photo.shape:
            return None
        small = _small(key) if photo is key.photo else shrunk(photo, FLOW_LINES)
        picture, bad = (key.painting, 0.0) if photo is key.photo else self._moved(key, small)
        old, bad_before = (None, 0.0) if before is None else self._moved(before, small)
        if photo is not key.photo:
            self._judge(bad)
        self._is_held = self._is_lost or bad > HELD_AT_ONCE_ABOVE
        if self._is_held:
            return key.painting
        if old is None or bad_before > HELD_AT_ONCE_ABOVE:
            return picture
        return np.asarray(cv2.addWeighted(old, 0.5, picture, 0.5, 0), np.uint8)

    def look(self, photo: Image) -> None:
        """Finds out whether the flow still loses the photos, which takes half as long as to move the painting along.

        Args:
            photo: RGB uint8 (H, W, 3), as for `at`.
        """
        key = self._key
        if key is not None and key.photo.shape == photo.shape and photo is not key.photo:
            self._judge(float(self._followed(key, shrunk(photo, FLOW_LINES)).bad.mean()))

    def _judge(self, bad: float) -> None:
        # A cut says nothing about how well what came before it could be followed.
        if bad <= HELD_AT_ONCE_ABOVE:
            self._bad += BAD_SHARE * (bad - self._bad)
        self._is_lost = is_lost(self._bad, was_lost=self._is_lost)

    def _followed(self, key: _Key, small: Image) -> _Followed:
        """What became of a painting's photo in a small photo."""
        before = _small(key)
        key.flow = self._flow.back(small, before, key.flow)
        flow = np.asarray(cv2.medianBlur(key.flow, MEDIAN_PX), np.float32)
        explained = warped(before, flow, cv2.INTER_LINEAR)
        change = difference(small, explained)
        # What changes alike in most of the picture is the light. The rest of it can still be followed.
        light = np.median(change[::8, ::8].reshape(-1, 3), axis=0).astype(np.float32)
        return _Followed(flow, explained, change, light, _bad(change - light, small))

    def _moved(self, key: _Key, small: Image) -> tuple[Image, float]:
        """A painting moved to a small photo, and the share of this photo that was not to be seen in the painting's."""
        followed = self._followed(key, small)
        flow, explained, change, bad = followed.flow, followed.explained, followed.change, followed.bad
        if bad.any():
            flow = _mended(flow, bad)
            explained = warped(_small(key), flow, cv2.INTER_LINEAR)
            change = difference(small, explained)
        if key.fine is None:
            key.fine = FinePicture(key.painting)
        moved = key.fine.warped(flow)
        recolored = np.maximum(bad, np.clip(np.abs(followed.light).max() / NOISE - 1, 0, 1))
        if recolored.any():
            if key.colors is None:
                key.colors = _fitted_colors(_small(key), key.painting)
            moved = _recolored(moved, explained, change, recolored, key.colors)
        return moved, float(bad.mean())


def _small(key: _Key) -> Image:
    if key.small is None:
        key.small = shrunk(key.photo, FLOW_LINES)
    return key.small


def _bad(change: Map, photo: Image) -> Map:
    """How surely each place of a small photo is something else than the flow says: (h, w), 0 the same, 1 new."""
    error = np.asarray(cv2.transform(np.abs(change), np.full((1, 3), 1 / 3)), np.float32)
    grey = cv2.blur(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), (3, 3))
    gradient = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    expected = NOISE + GRADIENT_SHARE * _window_means(np.asarray(gradient, np.float32))
    bad = np.clip(_window_means(error) / expected - 1, 0, 1)
    return _window_means(np.asarray(cv2.dilate(bad, np.ones((WINDOW_PX, WINDOW_PX), np.uint8)), np.float32))


def _mended(flow: Map, bad: Map) -> Map:
    """A flow that in bad places is as it is around them: what it finds there tears the painting."""
    trust = 1 - bad + np.float32(1e-3)
    around = cv2.blur(flow * trust[..., None], (MEND_PX, MEND_PX)) / cv2.blur(trust, (MEND_PX, MEND_PX))[..., None]
    return np.asarray(flow + (around - flow) * bad[..., None], np.float32)


def _window_means(values: Map) -> Map:
    return np.asarray(cv2.blur(values, (WINDOW_PX, WINDOW_PX)), np.float32)


def _fitted_colors(photo: Image, painting: Image) -> Map:
    """The quadratic map of a photo's colours to its painting's, by least squares: (9, 3), for the terms in `_slopes`.

    The constant is not among them: only changes are asked for.
    """
    height, width = photo.shape[:2]
    scale = min(1.0, FIT_LINES / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    colors, painted = (
        np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32).reshape(-1, 3) / np.float32(255)
        for picture in (photo, painting)
    )
    # A colour changes from black around half of itself.
    terms = _slopes(colors, colors / np.float32(2))
    terms -= terms.mean(axis=0)
    ridge = RIDGE * len(terms) / 10 * np.eye(terms.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(terms.T @ terms + ridge, terms.T @ (painted - painted.mean(axis=0))), np.float32)


def _recolored(moved: Image, explained: Image, change: Map, share: Map, colors: Map) -> Image:
    """A painting that takes over a share of the photo's change of colour.

    Args:
        moved: The painting, RGB uint8 (H, W, 3).
        explained: Its small photo, RGB uint8 (h, w, 3), moved in the same way.
        change: What the photo to be shown has more, (h, w, 3).
        share: How much of it to take over, (h, w).
        colors: The map of colours, (9, 3).
    """
    before, more = np.asarray(explained, np.float32), _window_means(change)
    middle = np.asarray((before + more / 2) / 255, np.float32)
    painted = np.clip(_slopes(more, middle) @ colors, -MOST_CHANGE, MOST_CHANGE) * share[..., None]
    enlarged = cv2.resize(painted, (moved.shape[1], moved.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(moved, enlarged, dtype=cv2.CV_8U), np.uint8)


def _slopes(change: Map, middle: Map) -> Map:
    """What colours and their products change by, exactly, where colours change around a middle: (..., 3) to (..., 9).

    Where two colours change, their product changes by the change of each times the middle of the other.
    """
    red, green, blue = change[..., 0], change[..., 1], change[..., 2]
    r, g, b = middle[..., 0], middle[..., 1], middle[..., 2]
    products = [2 * r * red, 2 * g * green, 2 * b * blue, r * green + g * red, r * blue + b * red, g * blue + b * green]
    return np.stack([red, green, blue, *products], axis=-1)
