"""The code of a picture, learnt on from where the predictor put it: within a minute, on a core or two.

As in `methods.fit` nothing of the network learns (Dumoulin et al. 2016). Here steps are cheap: one photo, a small
window that the losses look through, photos of which the features are kept, and most of what is learnt is learnt for
all stroke sizes at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.frame import Image
from livestyle.losses import (
    chroma_directions,
    chroma_distance,
    chroma_quantiles,
    grid_loss,
    normalized_distance,
    style_loss,
)
from livestyle.networks.code import CONTRASTS
from livestyle.pretrained import load_vgg
from livestyle.sources.demo_scene.scene import DemoScene
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.load import load_network
from livestyle.training.compute import Compute
from livestyle.training.drawn import EVERY_S, view_of
from livestyle.training.learnt import Learnt
from livestyle.training.views import Moments, View, Viewer, resized

LAYERS: Mapping[str, float] = {"relu1_2": 1.0, "relu2_2": 1.0, "relu3_3": 1.5, "relu4_3": 0.5}
HALF_LAYERS: Mapping[str, float] = {"relu1_2": 1.0, "relu2_2": 1.0, "relu3_3": 1.5}
HALF_SHARE = 0.4
CONTENT_LAYER = "relu3_3"
STYLE, CONTENT, COLORS, GRID = 13.0, 2.7, 1.5, 14000.0
"""Weights of the losses, all as for the networks that ship."""

CROP_PX, SEEN_PX = 192, 160
"""Side of what is painted, and of the window of it that the losses look at."""
NEAREST, WIDEST = 0.8, 1.3
"""How wide a part of a photo is painted, as a multiple of `CROP_PX`."""
SCENE_HW = (270, 480)
"""The demo scene is drawn as large as photos are looked at: the first view of a larger one takes over a second."""
KEPT = 16
"""Photos to learn on: the newest stay."""
DRAWN_EVERY = 4
"""So many rounds apart a view of the demo scene comes in beside the photos, so that the style is not good for one room
alone. Where every other one was a view of it, some pictures painted real photos worse than predicted."""
RATE = 2e-2
BETAS = (0.9, 0.99)
WARM_UP_STEPS = 5
DECAY_FROM = 0.5
"""Share of the steps after which the rate falls, to nothing at the end."""
AVERAGE = 0.95
"""Decay of the moving average of the codes, which is what is judged and given."""
WHOLE = 1.15
"""How much more contrast a whole photo needs than the parts of it that are learnt on: what is painted spreads as far as
the code says, and the more of a photo it is, the more of that is masses. Of a dozen pictures strokes came out at .88 of
their strength without it, and at .97 with it."""
ROUND = 8
"""Steps from one judgement to the next."""
PATIENCE, GAIN = 10, 0.005
"""It is over if in so many rounds the loss has not come down by that much of itself."""


Turn = Callable[[], AbstractContextManager[None]]
"""Gives a context in which a piece of work is done."""


@dataclass(frozen=True)
class _Crop:
    """A part of a photo.

    Attributes:
        photo: RGB (1, 3, `CROP_PX`, `CROP_PX`) in [0, 1].
        seen: The window of it.
        content: What the loss network sees there at `CONTENT_LAYER`.
    """

    photo: Tensor
    seen: tuple[slice, slice]
    content: Tensor


def learn(
    file: StyleFile,
    style: Style,
    picture: Image,
    newest: Callable[[], Image | None],
    steps: int,
    *,
    compute: Compute,
    turn: Turn = nullcontext,
) -> Iterator[Learnt]:
    """Learns the codes of a picture, on photos and on views of the demo scene.

    Args:
        file: The network, which doesn't read pictures itself.
        style: Its style of the picture, as predicted.
        picture: RGB uint8 (H, W, 3).
        newest: Gives another photo, RGB uint8 (H, W, 3); None where there is no other. It is asked before each round.
        steps: How many at most.
        compute: Where, and by what chance.
        turn: In this context it does a piece of its work, so that whoever shares the device may hold it up between two.

    Yields:
        What is learnt, after each `ROUND` of steps.

    Raises:
        StyleError: The file is damaged.
        TrainingError: The loss network's weights can't be had.
    """
    learner = _Learner(file, style, picture, compute, turn)
    views = _demo_views(learner.rng)
    first = newest()
    start, least, best = None, _Judgement(0.0, 0.0), style.codes
    losses: list[float] = []
    for done in range(0, steps, ROUND):
        photo = first if done == 0 else newest()
        if photo is not None:
            learner.learn_on(photo)
        # The first photo goes before the demo scene, which takes a second to draw.
        if photo is None or done % (DRAWN_EVERY * ROUND) == ROUND:
            learner.learn_on(next(views))
        count = min(ROUND, steps - done)
        for step in range(done, done + count):
            learner.step(_rate_factor(step, steps))
        if start is None:
            for judge in (first, first, next(views)):
                learner.judge_by(next(views) if judge is None else judge)
            start = least = learner.judged(torch.from_numpy(style.codes))
        judged = learner.judged(learner.average)
        if judged.loss < least.loss:
            least, best = judged, _for_whole_photos(learner.average)
        losses.append(least.loss)
        is_stuck = len(losses) > PATIENCE and least.loss > (1 - GAIN) * losses[-1 - PATIENCE]
        is_over = is_stuck or done + count == steps
        yield Learnt(best, done + count, max(0.0, 1 - least.style / start.style), is_over)
        if is_over:
            return


def _for_whole_photos(codes: Tensor) -> npt.NDArray[np.float32]:
    """Codes (S, K) that were learnt on parts of photos."""
    whole = codes.cpu().numpy().copy()
    whole[:, CONTRASTS] *= WHOLE
    return whole


@dataclass(frozen=True)
class _Judgement:
    loss: float
    style: float


class _Learner:
    """The codes, and what they are learnt by.

    Attributes:
        rng: All chance.
        average: The moving average of the codes (S, K).
    """

    def __init__(self, file: StyleFile, style: Style, picture: Image, compute: Compute, turn: Turn) -> None:
        self._compute, self._turn, device = compute, turn, compute.device
        self.rng = np.random.default_rng(compute.generator.initial_seed())
        self._network = compute.placed(load_network(file)).requires_grad_(False)
        self._vgg = compute.loss_network(load_vgg({*LAYERS, *HALF_LAYERS, CONTENT_LAYER}))
        self._viewer = Viewer(self._vgg, list(LAYERS), list(HALF_LAYERS), compute.half, device)
        self._directions = chroma_directions(self._compute.device)
        self._picture = _as_tensor(picture)
        self._stroke_px = file.stroke_px
        self._views: dict[int, View] = {}
        self._predicted = torch.from_numpy(style.codes.copy()).to(device)
        self._shared = _Adam(torch.zeros_like(self._predicted[0]))
        self._own = _Adam(torch.zeros_like(self._predicted))
        self.average = self._predicted.clone()
        self._steps = 0
        self._crops: deque[_Crop] = deque(maxlen=KEPT)
        self._judges: list[_Crop] = []

    def judge_by(self, photo: Image) -> None:
        """Has one more part of a photo to be judged by."""
        with self._turn():
            self._judges.append(self._crop(photo))

    def learn_on(self, photo: Image) -> None:
        """Has one more photo to learn on."""
        with self._turn():
            self._crops.append(self._crop(photo))

    def step(self, rate_factor: float) -> None:
        """Learns from one photo, at one stroke size."""
        # The first round does without the other views, which take seconds.
        row = self._middle if self._steps < ROUND else int(self.rng.integers(len(self._stroke_px)))
        crop = self._crops[int(self.rng.integers(len(self._crops)))]
        with self._turn():
            loss, _ = self._loss(self._now()[row], self._view(row), crop)
            parts = self._shared, self._own
            for part, gradient in zip(parts, torch.autograd.grad(loss, [part.value for part in parts]), strict=True):
                part.descend(gradient, RATE * rate_factor)
        self._steps += 1
        with torch.no_grad():
            # At first an average would be of the prediction most of all.
            decay = min(AVERAGE, self._steps / (self._steps + 9))
            self.average.lerp_(self._now(), 1 - decay)

    @torch.no_grad()
    def judged(self, codes: Tensor) -> _Judgement:
        """How good codes (S, K) are."""
        with self._turn():
            code, view = codes[self._middle].to(self._compute.device), self._view(self._middle)
            losses = [self._loss(code, view, crop) for crop in self._judges]
        return _Judgement(*(float(torch.stack(values).mean()) for values in zip(*losses, strict=True)))

    def _now(self) -> Tensor:
        return self._predicted + self._shared.value + self._own.value

    @property
    def _middle(self) -> int:
        """The usual stroke size."""
        return len(self._stroke_px) // 2

    def _view(self, row: int) -> View:
        """The picture at a stroke size, looked at when it is first needed: the boldest takes seconds."""
        if row not in self._views:
            px = self._stroke_px[row]
            self._views[row] = self._viewer.view(resized(self._picture, px), px, torch.zeros(0))
        return self._views[row]

    def _crop(self, photo: Image) -> _Crop:
        part = _as_tensor(_part(photo, self.rng)).to(self._compute.device)
        part = part.contiguous(memory_format=torch.channels_last)
        # At any phase, so that nothing is learnt in step with the grid of the loss network's pooling.
        top, left = (int(place) for place in self.rng.integers(CROP_PX - SEEN_PX + 1, size=2))
        seen = slice(top, top + SEEN_PX), slice(left, left + SEEN_PX)
        with torch.no_grad():
            content = self._vgg(self._compute.for_vgg(part[:, :, *seen]), [CONTENT_LAYER])[CONTENT_LAYER]
        return _Crop(part, seen, content)

    def _loss(self, code: Tensor, view: View, crop: _Crop) -> tuple[Tensor, Tensor]:
        """The loss, and the style's part of it before its weight."""
        compute = self._compute
        with compute.autocast(small=True):
            painted = self._network(crop.photo, code[None])
        seen = painted[:, :, *crop.seen]
        features = self._vgg(compute.for_vgg(seen), {*LAYERS, CONTENT_LAYER})
        small = self._vgg(compute.for_vgg(functional.avg_pool2d(seen, 2)), HALF_LAYERS)
        full = style_loss(features, _one(view.full), LAYERS)
        half = style_loss(small, _one(view.half), HALF_LAYERS)
        style = torch.lerp(full, half, HALF_SHARE)[0]
        content = normalized_distance(features[CONTENT_LAYER], crop.content)[0]
        colors = chroma_distance(chroma_quantiles(painted, self._directions), view.colors[None])[0]
        loss = STYLE * style + CONTENT * content + COLORS * colors + GRID * grid_loss(painted)[0]
        return loss, style


class _Adam:
    """A tensor that learns by Adam. With the first of torch's own optimizers its compiler is imported, in a second."""

    def __init__(self, value: Tensor) -> None:
        self.value = value.requires_grad_()
        self._mean, self._square = torch.zeros_like(value), torch.zeros_like(value)
        self._steps = 0

    @torch.no_grad()
    def descend(self, gradient: Tensor, rate: float) -> None:
        """One step (Kingma & Ba 2015, algorithm 1)."""
        (beta1, beta2), self._steps = BETAS, self._steps + 1
        self._mean.lerp_(gradient, 1 - beta1)
        self._square.lerp_(gradient.square(), 1 - beta2)
        mean, square = self._mean / (1 - beta1**self._steps), self._square / (1 - beta2**self._steps)
        self.value -= rate * mean / (square.sqrt() + 1e-8)


def _rate_factor(step: int, steps: int) -> float:
    """What the rate is multiplied by."""
    return min(1.0, (step + 1) / WARM_UP_STEPS, (1 - step / steps) / (1 - DECAY_FROM))


def _demo_views(rng: np.random.Generator) -> Iterator[Image]:
    """Ever new views of the demo scene, each drawn when it is asked for."""
    scene, time_s = DemoScene(*SCENE_HW), 0.0
    while True:
        yield view_of(scene.draw(time_s), rng)
        time_s += EVERY_S


def _part(photo: Image, rng: np.random.Generator) -> Image:
    """A square part of a photo, as large as what is painted, mirrored half of the time."""
    height, width = photo.shape[:2]
    side = min(height, width, round(CROP_PX * NEAREST * (WIDEST / NEAREST) ** rng.random()))
    # Photos may have any size: most of a large one is shown.
    scale = max(1.0, min(height, width) / (CROP_PX * WIDEST))
    side = min(height, width, round(side * scale))
    top, left = rng.integers(height - side + 1), rng.integers(width - side + 1)
    part = photo[top : top + side, left : left + side]
    smooth = cv2.INTER_AREA if side > CROP_PX else cv2.INTER_LINEAR
    resized_part = np.asarray(cv2.resize(part, (CROP_PX, CROP_PX), interpolation=smooth), np.uint8)
    return resized_part[:, ::-1] if rng.random() < 0.5 else resized_part


def _as_tensor(picture: Image) -> Tensor:
    """RGB uint8 (H, W, 3) as (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].float() / 255


def _one(moments: Moments) -> dict[str, tuple[Tensor, Tensor]]:
    """Moments as those of a batch of one."""
    return {layer: (gram[None], mean[None]) for layer, (gram, mean) in moments.items()}
