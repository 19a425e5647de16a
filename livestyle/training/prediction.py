"""Learning to predict codes of any picture, for a network that is there; and settings to do so together with one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import torch

from livestyle.errors import TrainingError
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.training.config import TrainConfig
from livestyle.training.paintings import Painting
from livestyle.training.trainer import Trainer

PASSER_SHARE = 0.5
"""Of the pictures painted for a network that is there."""
SCRATCH = TrainConfig(encoder="scratch", passers_from=0.1)
"""An encoder from scratch and a new network: first the paintings only, as the code of Ghiasi et al. advises."""


def fit_predictor(
    file: StyleFile,
    config: TrainConfig,
    paintings: Sequence[Painting],
    passer_paths: Sequence[Path],
    photo_paths: Sequence[Path],
    output: Path,
    folder: Path,
    device: torch.device,
    vgg_path: Path | None = None,
    encoder_path: Path | None = None,
) -> StyleFile:
    """Learns a predictor for a network that is there, which stays as it is (Ghiasi et al. 2017).

    It is trained through the network, by how it paints with the codes predicted. Stopping with Ctrl-C leaves the style
    file as good as it is by then.

    Args:
        file: The network.
        config: Which encoder, how long; what is of the network is taken from the file.
        paintings: Pictures to learn from that the preview shows as well.
        passer_paths: Further pictures to learn from.
        photo_paths: Photos to learn on.
        output: The style file to write.
        folder: Of the run.
        device: Where to train.
        vgg_path: A safetensors file of VGG-16 weights; None for torchvision's.
        encoder_path: The same of the encoder's.

    Returns:
        What was written: the network and its styles, with the new predictor.

    Raises:
        TrainingError: The encoder is one that is trained together with its network; or as for `Trainer`.
    """
    if config.encoder == "scratch":
        raise TrainingError("The encoder scratch is trained together with its network: leave out --network.")
    config = dataclasses.replace(
        config,
        family=file.spec.family,
        width=file.spec.width,
        stroke_px=file.stroke_px,
        trains_network=False,
        trains_codes=False,
        identity_share=0.0,
        passer_share=PASSER_SHARE,
        temporal_weight=0.0,  # the network has learnt to hold still; its norms alone can't learn it
    )
    # A predictor of the same encoder is learnt anew as well: to go on with one is what `train_styles.py --start` does.
    start = dataclasses.replace(file, predictor={})
    trainer = Trainer(
        config, paintings, photo_paths, folder, device, vgg_path, passer_paths, start=start, encoder_path=encoder_path
    )
    try:
        trainer.run(output)
    finally:
        learnt = trainer.style_file()
        whole = dataclasses.replace(
            file,
            predictor=learnt.predictor,
            encoder=learnt.encoder,
            training={**file.training, "predictor": learnt.training},
        )
        write_style_file(output, whole)
    return whole
