"""A new painting for a network that is there: its codes alone are learnt, in minutes (Dumoulin et al. 2016)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from livestyle.errors import TrainingError
from livestyle.networks.families import family_of
from livestyle.sources.pictures import read_picture
from livestyle.styles.file import StyleFile
from livestyle.styles.predict import predict_style
from livestyle.training.compute import Compute
from livestyle.training.config import StylesConfig
from livestyle.training.methods.styles import Styles, for_network
from livestyle.training.paintings import Painting

FIT = StylesConfig(
    minutes=5.0,
    # Far above the rate of codes that are learnt along with a network: nothing moves under them.
    code_rate=2e-2,
    # A run of minutes has a few hundred steps in all, and starts where the predictor puts it, not at random.
    warm_up_steps=10,
    # Twice the steps in the same time; the average over them does for a code what larger batches would.
    batch=2,
    # So often there is a new picture to judge by. Making it and the checkpoint takes 3 % of the time on one CPU core.
    checkpoint_every_s=5.0,
)
"""Settings of a fit."""


def fit(
    file: StyleFile,
    config: StylesConfig,
    compute: Compute,
    painting: Painting,
    photos: Sequence[Path],
    *,
    vgg: Path | None = None,
) -> Styles:
    """The method that learns the codes of a painting, from where the predictor puts them.

    It ships the very network, so that the style mixes with those of the network it was learnt for, and this one style.

    Args:
        file: The network.
        config: `FIT`, and how long; what is of the network is taken from the file.
        compute: Where, and by what chance.
        painting: What to learn.
        photos: To learn on.
        vgg: A safetensors file of VGG-16 weights; None for torchvision's.

    Raises:
        TrainingError, SourceError: As for `Styles`; or the network makes codes of pictures itself.
    """
    if family_of(file.spec.family).reads_pictures:
        raise TrainingError(
            f"The network {file.name or file.spec.family} takes any picture as a style as it is: there is nothing to "
            f"fit. Use --style {painting.path} --network {file.name or file.spec.family}."
        )
    known = dict(file.styles)
    if file.reads_pictures:
        known[painting.name] = predict_style(file, read_picture(painting.path), painting.name, painting.title)
    return Styles(
        for_network(config, file),
        compute,
        [painting],
        photos,
        start=dataclasses.replace(file, styles=known),
        trains_network=False,
        ships=lambda learnt: dataclasses.replace(learnt, weights=file.weights, identity=file.identity),
        vgg=vgg,
    )
