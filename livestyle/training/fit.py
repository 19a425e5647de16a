"""A new painting for a network that is there: its codes alone are learnt, in minutes (Dumoulin et al. 2016)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import torch

from livestyle.errors import TrainingError
from livestyle.networks.families import family_of
from livestyle.sources.pictures import read_picture
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.styles.predict import predict_style
from livestyle.training.config import TrainConfig
from livestyle.training.paintings import Painting
from livestyle.training.trainer import Trainer

RATE = 2e-2
"""Far above the rate of codes that are learnt along with a network: nothing moves under them."""
WARM_UP_STEPS = 10
"""A run of minutes has a few hundred steps in all, and starts where the predictor puts it, not at random."""
BATCH = 2
"""Twice the steps in the same time; the average over them does for a code what larger batches would."""
CHECKPOINT_EVERY_S = 5.0
"""So often there is a new picture to judge by. Making it and the checkpoint takes 3 % of the time on one CPU core."""


def fit_style(
    file: StyleFile,
    painting: Painting,
    photo_paths: Sequence[Path],
    output: Path,
    folder: Path,
    minutes: float,
    device: torch.device,
    vgg_path: Path | None = None,
) -> StyleFile:
    """Learns the codes of a painting, from where the predictor puts them; writes a style file with this one style.

    Checkpoints, log and preview are kept in the folder as in any training run, and the output is written at each
    checkpoint: it can be stopped at any time, and taken up again.

    Args:
        file: The network.
        painting: What to learn.
        photo_paths: Photos to learn on.
        output: The style file to write.
        folder: Of the run.
        minutes: How long.
        device: Where to train.
        vgg_path: A safetensors file of VGG-16 weights; None for torchvision's.

    Returns:
        What was written: the network with the one style.

    Raises:
        TrainingError, SourceError, SinkError: As for `Trainer`; or the network makes codes of pictures itself.
    """
    if family_of(file.spec.family).reads_pictures:
        raise TrainingError(
            f"The network {file.name or file.spec.family} takes any picture as a style as it is: there is nothing to "
            f"fit. Use --style {painting.path} --network {file.name or file.spec.family}."
        )
    known = dict(file.styles)
    if file.reads_pictures:
        known[painting.name] = predict_style(file, read_picture(painting.path), painting.name, painting.title)
    config = TrainConfig(
        family=file.spec.family,
        width=file.spec.width,
        stroke_px=file.stroke_px,
        trains_network=False,
        identity_share=0.0,
        code_rate=RATE,
        warm_up_steps=WARM_UP_STEPS,
        batch=BATCH,
        temporal_weight=0.0,  # the network has learnt to hold still; its norms alone can't learn it
        minutes=minutes,
        checkpoint_every_s=CHECKPOINT_EVERY_S,
    )
    start = dataclasses.replace(file, styles=known)
    trainer = Trainer(config, [painting], photo_paths, folder, device, vgg_path, start=start)
    fitted = trainer.run(output)
    # The very weights and identity, so that the style mixes with those of the network it was learnt for.
    whole = dataclasses.replace(fitted, weights=file.weights, identity=file.identity)
    write_style_file(output, whole)
    return whole
