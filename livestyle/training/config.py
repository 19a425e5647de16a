"""Every setting of every training. Imports no torch, as options are made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livestyle.errors import TrainingError
from livestyle.training.settings import setting


@dataclass(frozen=True)
class RunConfig:
    """What every training has: how long, how fast it learns, what is kept.

    The rate (of Adam) warms up in a line, stays, and in the last part of the run falls to 0 in a line.
    """

    minutes: float = setting(60.0, "how long to train, in minutes")
    steps: int = setting(0, "end after so many steps, if the time is not up before; 0: by time alone")
    batch: int = setting(4, "pictures a step")
    rate: float = setting(1e-3, "learning rate")
    beta2: float = setting(0.999, "decay of Adam's mean of squared gradients")
    warm_up_steps: int = setting(50, "steps in which the rate comes up from nothing")
    decay_from: float = setting(0.6, "share of the run after which the rate falls, down to 0 at its end; 1: never")
    average_decay: float = setting(0.999, "of the moving average of the weights, which is what is shipped")
    seed: int = setting(0, "for everything random")
    checkpoint_every_s: float = setting(200.0, "seconds between two checkpoints, each with a new preview.png")

    def __post_init__(self) -> None:
        if self.batch < 1 or self.steps < 0 or min(self.minutes, self.rate) <= 0:
            raise TrainingError("Training needs a batch >= 1, steps >= 0, and minutes and rate > 0.")
        if not (0 <= self.decay_from <= 1 and 0 <= self.average_decay < 1 and 0 <= self.beta2 < 1):
            raise TrainingError("Training needs decay_from from 0 to 1, and average_decay and beta2 from 0 to below 1.")


def rate_factor(step: int, share: float, config: RunConfig) -> float:
    """What rates are multiplied by, after `step` steps and a `share` (0..1) of the run."""
    warm = min(1.0, (step + 1) / max(config.warm_up_steps, 1))
    cool = min(1.0, (1 - share) / max(1 - config.decay_from, 1e-9))
    return max(0.0, min(warm, cool))


@dataclass(frozen=True)
class StylesConfig(RunConfig):
    """Settings of `livestyle.training.methods.styles`.

    Losses are normalised (see `losses`), so weights compare across styles and layers.
    """

    # What is trained
    family: Literal["s2d", "johnson"] = setting("s2d", "which network")
    width: int = setting(64, "channels of the network's trunk")
    encoder: Literal["vgg16", "inception_v3", "mobilenet_v3", "scratch"] = setting(
        "vgg16", "what looks at other pictures, to predict their styles from"
    )

    # The loss network
    architecture: Literal["vgg16", "vgg19"] = setting("vgg16", "loss network")
    pooling: Literal["max", "average"] = setting("max", "of the loss network")
    loss: Literal["normalized", "plain"] = setting(
        "normalized", "how features are compared; plain: the mean squared differences of the papers, on their scale"
    )
    style_layers: tuple[str, ...] = setting(("relu1_2", "relu2_2", "relu3_3", "relu4_3"), "layers of the style loss")
    # The deepest layer sees a small crop at so few places that its Gram matrix is mostly the photo's own content.
    style_layer_weights: tuple[float, ...] = setting((1.0, 1.0, 1.5, 0.5), "their weights")
    half_layers: tuple[str, ...] = setting(
        ("relu1_2", "relu2_2", "relu3_3"), "layers matched in the painting at half size too: its palette and masses"
    )
    half_share: float = setting(0.25, "of the style loss, taken at half size")
    content_layer: str = setting("relu3_3", "layer of the content loss")

    # Data
    # The sizes half-way between two are learnt by the mean of their codes.
    stroke_px: tuple[int, ...] = setting(
        (220, 340, 540), "heights at which the paintings are looked at: strokes come out as large; each gets a code"
    )
    other_styles_kept: int = setting(100, "views kept of the other styles")
    other_styles_every: int = setting(8, "steps after which one of them is replaced by a new one")
    other_styles_share: float = setting(0.17, "of the pictures painted, those in another style")
    # An encoder that knows nothing yet begins with few styles.
    other_styles_from: float = setting(0.0, "share of the run before which there are none")
    identity_share: float = setting(0.03, "of the pictures painted, those to be left as they are")
    photo_px: int = setting(320, "short side at which photos are kept")
    # The norms take their statistics of all that is painted. By itself, a crop of sky has its little texture blown up;
    # in a picture with a tree it has not, and a network that only ever saw crops leaves the sky bare.
    crop_px: int = setting(224, "side of what is painted: nearly a whole photo")
    seen_px: int = setting(176, "side of the window of it that the losses look at, where most of the work is")
    small_seen_px: int = setting(128, "the same in the first part of the run, while the style is still coarse")
    small_until: float = setting(0.6, "share of the run with small windows")

    # Loss weights
    style_weight: float = setting(13.0, "weight of the style loss")
    content_weight: float = setting(2.6, "weight of the content loss")
    color_weight: float = setting(1.5, "weight of the loss that asks for colours as strong as the painting's")
    temporal_weight: float = setting(12.0, "weight of the loss that asks for steadiness")
    # A network that has to hold still before it has learnt to paint learns small, timid strokes.
    temporal_from: float = setting(0.45, "share of the run after which that weight grows from nothing")
    temporal_full: float = setting(0.6, "share of the run after which it is whole")
    grid_weight: float = setting(5000.0, "weight of the loss against patterns of 2 and 4 px")
    identity_weight: float = setting(10.0, "weight of the mean absolute error of what is to be left as it is")
    tv_weight: float = setting(0.0, "weight of the total variation")

    # To go on from a style file a third of the rate keeps what is there.
    rate: float = 2e-3
    code_rate: float = setting(6e-3, "learning rate of the codes")
    # A code is the sum of hundreds of its weights, all of which move at once.
    predictor_rate: float = setting(2e-4, "learning rate of the predictor")
    warm_up_steps: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width < 1 or self.code_rate <= 0 or self.photo_px < 64:
            raise TrainingError("Training needs width >= 1, rates > 0, and photo_px >= 64.")
        if any(px < 64 or px % 4 for px in (self.crop_px, self.seen_px, self.small_seen_px)):
            raise TrainingError("Training crops and windows have a side of 64 px or more, a multiple of 4.")
        if max(self.seen_px, self.small_seen_px) > self.crop_px:
            raise TrainingError("Training windows are at most as large as the crops.")
        if not self.stroke_px or min(self.stroke_px) < 64 or list(self.stroke_px) != sorted(set(self.stroke_px)):
            raise TrainingError("Training needs growing stroke_px of 64 or more.")
        if len(self.style_layer_weights) != len(self.style_layers):
            raise TrainingError("Training needs a weight in style_layer_weights for each of style_layers.")
        if min(self.other_styles_kept, self.other_styles_every) < 1:
            raise TrainingError("Training needs other_styles_kept and other_styles_every of 1 or more.")


SCRATCH = StylesConfig(encoder="scratch", other_styles_from=0.1)
"""An encoder from scratch and a new network: first the paintings only, as the code of Ghiasi et al. advises."""


@dataclass(frozen=True)
class DistilConfig(RunConfig):
    """Settings of `livestyle.training.methods.distil`."""

    width: int = setting(32, "channels of the network's trunk")
    photo_px: int = setting(320, "short side at which photos are kept")
    crop_px: int = setting(192, "side of what is painted")

    minutes: float = 12.0
    rate: float = 3e-3
    code_rate: float = setting(1e-3, "learning rate of the map from the other network's codes")
    beta2: float = 0.99
    decay_from: float = 0.5
    average_decay: float = 0.998

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width < 2 or self.code_rate <= 0:
            raise TrainingError("Training needs width >= 2, and rates > 0.")
        if self.crop_px < 64 or self.crop_px % 8:
            raise TrainingError("Training crops have a side of 64 px or more, a multiple of 8.")


@dataclass(frozen=True)
class AdainConfig(RunConfig):
    """Settings of `livestyle.training.methods.adain`."""

    width: int = setting(256, "channels of the decoder; the paper's has 512")
    stroke_px: tuple[int, ...] = setting((220, 340, 540), "heights of paintings: each gets a code at each")
    view_px: int = setting(192, "side of the window of a style that is looked at")
    photo_px: int = setting(224, "short side at which photos are kept")
    crop_px: int = setting(128, "side of what is painted; the paper has 256")
    kept: int = setting(128, "encoded photos, and encoded styles, that are kept")
    undo_until: float = setting(0.15, "share of the run in which the decoder only learns to undo the encoder")
    own_share: float = setting(1 / 8, "of the pictures painted after that, those that are to come out as they were")
    style_weight: float = setting(10.0, "weight of the style loss: the paper's lambda (eq. 11)")
    photo_weight: float = setting(6.0, "weight of the distance from the photo at relu3_3, which the paper has not")
    grid_weight: float = setting(8000.0, "weight of patterns that repeat with the decoder's own grid")
    pixel_weight: float = setting(50.0, "weight of the mean absolute error of what is to come out as it was")

    minutes: float = 30.0
    # The batch of the paper is 8; in a short run more steps are worth more than smoother ones.
    rate: float = 4e-4  # at 1e-3 the style loss of unseen pairs no longer falls
    # With the usual 0.999 the huge gradients of the first steps would hold Adam back for a thousand more.
    beta2: float = 0.99
    decay_from: float = 0.5
    checkpoint_every_s: float = 120.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width < 16 or self.width % 16:
            raise TrainingError(f"The decoder's width is a multiple of 16, not {self.width}.")
        if self.crop_px < 32 or self.crop_px % 8 or min(self.view_px, self.photo_px) < 32:
            raise TrainingError("Crops, views and photos have a side of 32 px or more, crops a multiple of 8.")
        if self.kept < 1 or self.style_weight <= 0 or not self.stroke_px:
            raise TrainingError("Training needs kept of 1 or more, a style_weight above 0, and stroke_px.")


@dataclass(frozen=True)
class PatchesConfig(RunConfig):
    """Settings of `livestyle.training.methods.patches`. Distances of features are normalised, so weights compare."""

    width: int = setting(32, "of the network")
    stroke_px: int = setting(360, "how high the paintings hang: strokes come out as large")
    photo_px: int = setting(256, "short side at which pictures are kept")
    crop_px: int = setting(96, "side of what is decoded")
    image_weight: float = setting(10.0, "weight of the mean absolute error of what is decoded")
    pitstop_weight: float = setting(1.0, "weight of the features on the way")
    cycle_weight: float = setting(
        0.5, "weight of what the encoder sees in decoded patches, against what they were decoded from"
    )
    texture_weight: float = setting(1.0, "weight of the texture of decoded patches")

    minutes: float = 15.0
    decay_from: float = 0.0
    average_decay: float = 0.998

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.batch < 2 or self.width < 1:
            raise TrainingError("Training needs a batch of 2 or more, and a width >= 1.")
        if self.crop_px < 48 or self.crop_px % 8:
            raise TrainingError("Training crops have a side of 48 px or more, a multiple of 8.")


@dataclass(frozen=True)
class TextureConfig(RunConfig):
    """Settings of `livestyle.training.methods.texture`. Losses are normalised, so weights compare across textures."""

    width: int = setting(8, "of the network")
    style_px: int = setting(
        320, "short side at which the style pictures are looked at: larger for a coarser texture, in pixels"
    )
    cut: tuple[float, float, float, float] = setting(
        (0.0, 0.0, 1.0, 1.0),
        "the part of each style picture to learn: left, top, right, bottom, as shares of its sides",
    )
    size_px: int = setting(128, "side of the pictures painted in training")
    style_layers: tuple[str, ...] = setting(("relu1_1", "relu2_1", "relu3_1", "relu4_1"), "the paper's")
    content_layer: str = setting("relu4_2", "the paper's")
    style_weight: float = setting(10.0, "weight of the style loss")
    content_weight: float = setting(4.0, "weight of the content loss, with photos")
    # At 0.1 one sees no difference from 0. At 1 textures differ more and have bolder lights and darks, but the style
    # loss is a sixth higher.
    diversity_weight: float = setting(0.5, "weight of the entropy of a batch of textures")
    # Short runs show lines in step with the enlargement of the coarse scales.
    grid_weight: float = setting(4000.0, "weight of the loss against patterns of 2 and 4 px")

    minutes: float = 10.0
    batch: int = 2
    rate: float = 1e-2
    warm_up_steps: int = 20
    decay_from: float = 0.5
    average_decay: float = 0.99
    checkpoint_every_s: float = 60.0

    def __post_init__(self) -> None:
        super().__post_init__()
        cell_px = 32  # `networks.texture.CELL_PX`, which would import torch
        if self.width < 1 or self.size_px % cell_px or self.size_px < 2 * cell_px:
            raise TrainingError(f"Training needs width >= 1 and a size_px from {2 * cell_px}, a multiple of {cell_px}.")
        if self.style_px < 64:
            raise TrainingError("A style picture is looked at with a short side of 64 px or more.")
        left, top, right, bottom = self.cut
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise TrainingError(
                "A cut is left, top, right and bottom as shares of a picture's sides, such as 0 0 0.5 1."
            )
