"""Every knob of a training run, in one place."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livestyle.errors import TrainingError

LOSSES = ("normalized", "plain")


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run. Losses are normalised (see `losses`), so weights compare across styles and layers."""

    # What is trained
    family: str = "s2d"
    width: int = 64
    style_layers: tuple[str, ...] = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
    style_layer_weights: tuple[float, ...] = (1.0, 1.0, 1.5, 0.5)
    """The deepest layer sees a small crop at so few places that its Gram matrix is mostly the photo's own content."""
    half_layers: tuple[str, ...] = ("relu1_2", "relu2_2", "relu3_3")
    """Matched in the painting reduced to half its size as well: its palette and its masses."""
    half_share: float = 0.25
    """Of the style loss, taken at half size."""
    content_layer: str = "relu3_3"
    architecture: str = "vgg16"
    pooling: str = "max"
    """Of the loss network; "average" as well."""
    loss: str = "normalized"
    """How features are compared; "plain" is the mean squared differences of the papers, on whose scale the weights are
    then (see `losses` and `presets`)."""
    encoder: str = "vgg16"
    """What codes of other pictures are predicted from: one of `livestyle.networks.encoders.ENCODERS`."""

    # Data
    stroke_px: tuple[int, ...] = (220, 340, 540)
    """Short sides at which the paintings are looked at: strokes come out as large as in a painting that high.

    Each gets a code; the sizes half-way between two are learnt by the mean of their codes.
    """
    passers: int = 100
    """Views kept of other pictures, if there are any to learn prediction from."""
    passer_every: int = 8
    """Steps after which one of them is replaced by a new one."""
    passer_share: float = 0.17
    """Of the pictures painted, those in the style of a passer."""
    passers_from: float = 0.0
    """Share of the time before which there are none: an encoder that knows nothing yet begins with few styles."""
    identity_share: float = 0.03
    """Of the pictures painted, those to be left as they are."""
    photo_px: int = 320
    """Photos are kept at this short side."""
    crop_px: int = 224
    """Side of what is painted: nearly a whole photo, as the norms take their statistics of all of it.

    Painted by itself, a crop of sky has its little texture blown up; in a picture with a tree it has not, and a network
    that only ever saw crops leaves the sky bare.
    """
    seen_px: int = 176
    """Side of the window of it that the losses look at: that is where most of the work is."""
    small_seen_px: int = 128
    """The same in the first part of the run, while the style is still coarse."""
    small_until: float = 0.6
    """Share of the time with small windows."""
    batch: int = 4

    trains_network: bool = True
    """False: the codes alone are learnt, for a network that is there."""
    trains_codes: bool = True
    """False: paintings have no codes of their own, only those that are predicted."""

    # Loss weights
    style_weight: float = 13.0
    content_weight: float = 2.6
    temporal_weight: float = 12.0
    grid_weight: float = 5000.0
    identity_weight: float = 10.0
    """Of the mean absolute error of the code that paints the photo itself."""
    tv_weight: float = 0.0
    """Of the total variation (see `losses.total_variation`)."""

    # Optimisation: Adam, linear warm-up, constant, then linear decay to 0 over the last part of the time
    minutes: float = 60.0
    steps: int = 0
    """The run ends after so many steps, if the time is not used up before; 0: by time alone."""
    rate: float = 2e-3
    """From scratch; to go on from a style file a third of it keeps what is there."""
    code_rate: float = 6e-3
    predictor_rate: float = 2e-4
    """A code is the sum of hundreds of its weights, all of which move at once."""
    warm_up_steps: int = 100
    decay_from: float = 0.6
    temporal_from: float = 0.45
    temporal_full: float = 0.6
    """Shares of the time between which the temporal loss grows from nothing to its full weight: a network that has to
    hold still before it has learnt to paint learns small, timid strokes."""
    average_decay: float = 0.999
    """Of the moving average of the weights, which is what is shipped."""
    seed: int = 0

    # What one sees of it
    checkpoint_every_s: float = 200.0

    def __post_init__(self) -> None:
        if min(self.batch, self.width) < 1 or min(self.minutes, self.rate, self.code_rate) <= 0 or self.photo_px < 64:
            raise TrainingError("Training needs batch and width >= 1, minutes and rates > 0, and photo_px >= 64.")
        if any(px < 64 or px % 4 for px in (self.crop_px, self.seen_px, self.small_seen_px)):
            raise TrainingError("Training crops and windows have a side of 64 px or more, a multiple of 4.")
        if max(self.seen_px, self.small_seen_px) > self.crop_px:
            raise TrainingError("Training windows are at most as large as the crops.")
        if not self.stroke_px or min(self.stroke_px) < 64 or list(self.stroke_px) != sorted(set(self.stroke_px)):
            raise TrainingError("Training needs growing stroke_px of 64 or more.")
        if self.loss not in LOSSES or self.pooling not in {"max", "average"} or self.steps < 0:
            raise TrainingError('Training takes loss "normalized" or "plain", pooling "max" or "average", steps >= 0.')
        if len(self.style_layer_weights) != len(self.style_layers):
            raise TrainingError("Training needs a weight in style_layer_weights for each of style_layers.")


def read_config(path: Path | None, overrides: dict[str, Any], base: TrainConfig | None = None) -> TrainConfig:
    """The defaults or a preset, changed by a TOML file, changed by the command line.

    Args:
        path: A TOML file with fields of `TrainConfig` at its top level, or None.
        overrides: Field -> value; None values are passed over.
        base: What is changed; the defaults of `TrainConfig` if None.

    Raises:
        TrainingError: The file can't be read, or names an unknown field or a value of a wrong type.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TrainingError(f"Can't read the config {path}: {error}.") from error
    values |= {name: value for name, value in overrides.items() if value is not None}
    defaults = {f.name: f.default for f in dataclasses.fields(TrainConfig)}
    for name, value in values.items():
        if name not in defaults:
            raise TrainingError(f"There is no training setting {name!r}. There are {', '.join(defaults)}.")
        kind = type(defaults[name])
        if kind is tuple and isinstance(value, list):
            values[name] = tuple(value)
        elif kind is float and isinstance(value, int) and not isinstance(value, bool):
            values[name] = float(value)
        elif not isinstance(value, kind) or isinstance(value, bool):
            raise TrainingError(f"The training setting {name!r} takes a {kind.__name__}, not {value!r}.")
    return dataclasses.replace(base or TrainConfig(), **values)
