"""What `livestyle train all` trains, in which time and by which settings: a table, and what a line of it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from livestyle.training.config import AdainConfig, RunConfig, StylesConfig, TextureConfig
from livestyle.training.pack import Material
from livestyle.training.train import Training

START_MIN = 0.5
"""What a stage takes before its first step and after its last one, in minutes."""


@dataclass(frozen=True)
class Stage:
    """A training of a plan.

    Attributes:
        name: Of the file, without its suffix, in the folder of all files.
        share: Of the time, weighed against the other stages of its lane.
        config: Its settings; their time is not looked at.
        start: The style file it goes on from, of those that ship; empty: from scratch.
        picture: The painting it learns alone; empty: all of them.
    """

    name: str
    share: float
    config: RunConfig
    start: str = ""
    picture: str = ""


Lane = Sequence[Stage]
"""Stages that are trained one after another."""

_STYLES = StylesConfig(
    batch=16,
    rate=1e-3,
    code_rate=3e-3,
    predictor_rate=3e-4,
    decay_from=0.5,
    checkpoint_every_s=90.0,
    half_share=0.4,
    half_layers=("relu1_2", "relu2_2", "relu3_3", "relu4_3"),
    content_weight=2.7,
    temporal_weight=13.0,
    temporal_from=0.3,
    temporal_full=0.45,
    grid_weight=12000.0,
    photo_px=304,
    crop_px=256,
    seen_px=224,
    small_seen_px=176,
    small_until=0.3,
    other_styles_kept=200,
    other_styles_every=12,
)
_WIDE = replace(
    _STYLES, width=128, rate=8e-4, code_rate=2.5e-3, grid_weight=20000.0, temporal_from=0.2, temporal_full=0.35
)
_SMALL = replace(
    _STYLES, width=32, code_rate=4e-3, content_weight=3.0, grid_weight=24000.0, temporal_weight=15.0, small_until=0.2
)
_ADAIN = AdainConfig(
    batch=16,
    rate=4e-4,
    decay_from=0.4,
    checkpoint_every_s=90.0,
    undo_until=0.0,
    own_share=0.1,
    style_weight=14.0,
    photo_px=304,
    crop_px=192,
    view_px=256,
    kept=768,
)
_TEXTURE = TextureConfig(batch=8, size_px=256, average_decay=0.995, checkpoint_every_s=30.0)

# A GPU is not filled by one of these trainings: each of two has more than half the speed that one has alone, and each
# of three no more than a third of what two do together.
PLAN: Sequence[Lane] = (
    (
        Stage("s2d-128", 0.55, _WIDE, start="s2d-128"),
        Stage("adain", 0.40, _ADAIN, start="adain"),
        Stage(
            "textures/starry_sky",
            0.05,
            replace(_TEXTURE, style_px=240, cut=(0.22, 0.04, 0.97, 0.56)),
            picture="starry_night",
        ),
    ),
    (
        Stage("s2d-32", 0.48, _SMALL, start="s2d-32"),
        Stage("s2d-64", 0.47, _STYLES, start="s2d-64"),
        Stage(
            "textures/kiss_meadow",
            0.05,
            replace(_TEXTURE, style_px=170, cut=(0.0, 0.815, 0.64, 1.0)),
            picture="the_kiss_klimt",
        ),
    ),
)
"""Lanes side by side, each in all of the time. The predictors are trained along with their networks."""


def minutes_of(stage: Stage, lane: Lane, minutes: float) -> float:
    """How long a stage learns, where its lane has so many minutes."""
    own = minutes * stage.share / sum(each.share for each in lane)
    return own - min(START_MIN, own / 2)


def training_of(
    stage: Stage, material: Material, folder: Path, starts: Path, minutes: float, device: str = "auto"
) -> Training:
    """A stage as a training.

    Args:
        stage: Which.
        material: What it learns from.
        folder: Where its file goes; its checkpoint goes into a folder of its own there.
        starts: The folder of the style files to start from.
        minutes: How long it learns.
        device: Where.
    """
    return Training(
        replace(stage.config, minutes=minutes),
        content=[] if stage.picture else [material.content],
        output=folder / f"{stage.name}.safetensors",
        folder=folder / "runs" / stage.name,
        styles=[material.styles / f"{stage.picture}.jpg" if stage.picture else material.styles],
        other_styles=() if stage.picture else material.others,
        about=material.about,
        start=starts / f"{stage.start}.safetensors" if stage.start else None,
        device=device,
    )
