"""Holds paintings still: each is averaged with those before it, as far as its photo shows the same thing as before.

A painting flickers more than its photo, because the network paints the sensor's noise too, and because its strokes do
not quite move with what they are painted on. Here every painting is mixed with the average of those before it. How much
of the past to take is decided at every place by the photos alone: they are averaged in step with the paintings, so that
whatever a mixture of paintings would smear shows up as a difference between the photo and the mixture of photos.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from livestyle.frame import Image
from livestyle.steady.change import Noise, motion, novelty, openness, shrunk
from livestyle.steady.crisp import crisp
from livestyle.steady.flow import Flow, Map, warped
from livestyle.stylizer.stylizer import Images

GATE_UP_TO = 0.5
"""Up to this amount only what stands still is averaged; above it also what moves, along its motion."""
KEPT_STILL, KEPT_MOVING = 0.9, 0.5
"""How much of the past is kept at most. Less along a motion, as every motion that is found is a little off: a half
costs some likeness to the style (its distance grows by a fifteenth), a quarter costs none."""
REACH_PX = 5
"""How far around a change, in px of the small pictures, the painting may have changed too: a network sees wider than a
pixel."""
OFF_PX = 0.5
"""How far off, in px of the small pictures, the motion that is found may be. Edges differ by as much as that makes."""
CUT = 0.7
"""If more of the picture than this is new, all of it is: a cut."""


@dataclass(slots=True)
class _Past:
    newest: Image
    """The last photo, small: (h, w, 3)."""
    photo: Map
    """The average of the small photos, (h, w, 3)."""
    painting: Map
    """The average of the paintings in step with it, (H, W, 3)."""
    gain: Map
    """The share that the last photo and painting have in them, (h, w): 1 where nothing before them has any."""


class Steadier:
    """Holds a stream of paintings still. Used from one thread."""

    def __init__(self) -> None:
        self._flow = Flow()
        self._noise = Noise()
        self._past: _Past | None = None

    def reset(self) -> None:
        """Forgets the past: the next painting is shown as it is. For another source or another look."""
        self._noise = Noise()
        self._past = None

    def steady(self, photos: Images, paintings: Images, amount: float, most_kept: float = 1.0) -> Images:
        """Holds paintings still.

        A picture of another size than the last, or with hardly anything in common with it, begins anew.

        Args:
            photos: RGB uint8 (N, H, W, 3), in order of time, continuing those of the last call.
            paintings: RGB uint8 (N, H, W, 3), the painting of each photo.
            amount: 0 is none; up to 0.5 the flicker is taken more and more from what stands still, above that also from
                what moves.
            most_kept: The share of the past that a painting may have at most: less where the style changes.

        Returns:
            RGB uint8 (N, H, W, 3); `paintings` itself if the amount is 0.
        """
        if amount == 0:
            self.reset()
            return paintings
        steadied = np.empty_like(paintings)
        for i, (photo, painting) in enumerate(zip(photos, paintings, strict=True)):
            steadied[i] = self._next(shrunk(photo), painting, amount, most_kept)
        return steadied

    def _next(self, photo: Image, painting: Image, amount: float, most_kept: float) -> Image:
        past = self._past
        if past is None or past.painting.shape != painting.shape or past.newest.shape != photo.shape:
            return self._begin(photo, painting)
        noise = self._noise.learn(photo, past.newest)
        new = novelty(photo, past.photo, noise)
        least: Map | float = 1 - min(most_kept, KEPT_STILL * min(1.0, amount / GATE_UP_TO))
        if amount > GATE_UP_TO:
            flow = self._flow.back(photo, past.newest)
            moving = _spread(motion(new, novelty(photo, warped(past.photo, flow), noise)))
            past = _moved(past, np.asarray(cv2.multiply(flow, cv2.merge([moving, moving])), np.float32))
            new = novelty(photo, past.photo, noise + moving * _off(past.photo))
            least_moving = 1 - min(most_kept, KEPT_MOVING * (amount / GATE_UP_TO - 1))
            least = least + (least_moving - least) * moving
        changed = _spread(openness(new))
        if np.count_nonzero(changed > 0.5) > CUT * changed.size:
            return self._begin(photo, painting)
        # 1, 1/2, 1/3: the plain mean of all since the last change, until the share is at its least.
        gain = np.maximum(np.maximum(changed, past.gain / (1 + past.gain)), np.float32(least))
        share = cv2.resize(gain, (painting.shape[1], painting.shape[0]), interpolation=cv2.INTER_LINEAR)
        average = _mixed(painting, past.painting, share)
        self._past = _Past(photo, _mixed(photo, past.photo, gain), average, gain)
        return crisp(average, painting)

    def _begin(self, photo: Image, painting: Image) -> Image:
        self._past = _Past(
            photo, photo.astype(np.float32), painting.astype(np.float32), np.ones(photo.shape[:2], np.float32)
        )
        return painting


def _mixed(newest: Image, past: Map, share: Map) -> Map:
    return np.asarray(cv2.blendLinear(newest.astype(np.float32), past, share, 1 - share), np.float32)


def _spread(changed: Map) -> Map:
    side = 2 * REACH_PX + 1
    wide = cv2.dilate(changed, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray(cv2.blur(wide, (REACH_PX, REACH_PX)), np.float32)


def _moved(past: _Past, flow: Map) -> _Past:
    return _Past(past.newest, warped(past.photo, flow), warped(past.painting, flow), warped(past.gain, flow))


def _off(photo: Map) -> Map:
    """The energy (h, w) of the difference that a slightly wrong motion makes."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    x, y = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(OFF_PX**2 * cv2.blur(x * x + y * y, (5, 5)), np.float32)
