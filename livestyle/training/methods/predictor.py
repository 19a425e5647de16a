"""A predictor of codes of any picture, for a network that is there and stays as it is (Ghiasi et al. 2017).

It is trained through the network, by how it paints with the codes predicted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from livestyle.errors import TrainingError
from livestyle.styles.file import StyleFile
from livestyle.training.compute import Compute
from livestyle.training.config import StylesConfig
from livestyle.training.methods.styles import Styles, for_network
from livestyle.training.paintings import Painting

OTHER_STYLES_SHARE = 0.5
"""Of the pictures painted for a network that is there."""


def predictor(
    file: StyleFile,
    config: StylesConfig,
    compute: Compute,
    paintings: Sequence[Painting],
    photos: Sequence[Path],
    other_styles: Sequence[Path],
    *,
    vgg: Path | None = None,
    encoder_weights: Path | None = None,
) -> Styles:
    """The method that learns a predictor; it ships the network and its styles as they were, with the new predictor.

    Args:
        file: The network.
        config: Which encoder, how long; what is of the network is taken from the file.
        compute: Where, and by what chance.
        paintings: Pictures to learn from that the preview shows as well.
        photos: To learn on.
        other_styles: Further pictures to learn from.
        vgg: A safetensors file of VGG weights; None for torchvision's.
        encoder_weights: The same of the encoder's.

    Raises:
        TrainingError: The encoder is one that is trained together with its network; or as for `Styles`.
    """
    if config.encoder == "scratch":
        raise TrainingError("The encoder scratch is trained together with its network: leave out --network.")

    def whole(learnt: StyleFile) -> StyleFile:
        training = {**file.training, "predictor": learnt.training}
        return dataclasses.replace(file, predictor=learnt.predictor, encoder=learnt.encoder, training=training)

    return Styles(
        dataclasses.replace(for_network(config, file), other_styles_share=OTHER_STYLES_SHARE),
        compute,
        paintings,
        photos,
        other_styles,
        # A predictor of the same encoder is learnt anew as well: to go on with one is what `--start` does.
        start=dataclasses.replace(file, predictor={}),
        trains_network=False,
        trains_codes=False,
        ships=whole,
        vgg=vgg,
        encoder_weights=encoder_weights,
    )
