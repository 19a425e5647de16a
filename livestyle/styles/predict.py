"""Any picture as a style: its codes are predicted by the network that a style file carries for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from livestyle.depth import tones_of
from livestyle.errors import StyleError
from livestyle.frame import Image
from livestyle.hardware import half_type
from livestyle.networks.code import CONTRASTS, PictureNetwork
from livestyle.networks.families import family_of
from livestyle.networks.predictor import PicturePredictor
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.load import load_network, with_weights

STROKES = 0.57
"""Of the spread of what the networks paint, the share that is in its strokes; over a dozen pictures from .5 to .65."""
LEAST = 0.4
"""Below that a bare gradient would lose its colours, of which no one brings the masses."""
LOOKED_AT_PX, SIGMA_PX = 240, 8.0
"""Short side at which strokes are told from masses, and the blur that leaves the masses."""


def predict_style(file: StyleFile, picture: Image, name: str, title: str) -> Style:
    """Makes a style of a picture, for the network of a style file. Takes about a tenth of a second.

    Args:
        file: The network's file, which `reads_pictures`.
        picture: RGB uint8 (H, W, 3), of any size: a painting, a carpet, a photo of gravel.
        name: What the style is to be called.
        title: What it is to be called in full.

    Returns:
        The style; its artist, year and licence are empty, as nothing is known of them.

    Raises:
        StyleError: The network takes no pictures as styles, or its file is damaged.
    """
    image = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].float() / 255
    codes_of = _reader(file)
    half = half_type(image.device)
    with torch.inference_mode(), torch.autocast("cpu", half) if half else nullcontext():
        codes = codes_of(image, file.stroke_px)[0].float().numpy()
    if file.predictor:
        codes[:, CONTRASTS] *= _stroke_contrast(picture)
    return Style(name, title, artist="", year="", licence="", codes=codes, tones=tones_of(picture))


def _stroke_contrast(picture: Image) -> npt.NDArray[np.float32]:
    """What the contrasts of the three colours are to be multiplied by for strokes as strong as a picture's own, (3,).

    A norm gives a painting the contrast of the picture as a whole, and the network spends a share of it on strokes that
    is nearly the same for all. In mist over water nearly all of it is in masses, and strokes came out twice as strong.
    The masses are not missed: `livestyle.depth` brings them.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, LOOKED_AT_PX / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    seen = np.clip(small, 0.02, 0.98)  # as `palette_of` has it
    logits = np.log(seen / (1 - seen))
    strokes = logits - cv2.GaussianBlur(logits, (0, 0), SIGMA_PX)
    share = strokes.std(axis=(0, 1)) / np.maximum(logits.std(axis=(0, 1)), 1e-6)
    return np.asarray(np.clip(share / STROKES, LEAST, 1), np.float32)


def _reader(file: StyleFile) -> Callable[[Tensor, Sequence[int]], Tensor]:
    """What makes codes of pictures (1, 3, H, W) and stroke sizes: the predictor, or the network itself."""
    if family_of(file.spec.family).reads_pictures:
        network = cast(PictureNetwork, load_network(file))
        return network.to(memory_format=torch.channels_last).codes_of
    if not file.predictor:
        raise StyleError(
            f"The network {file.spec.family}-{file.spec.width} of this style file can't take pictures as styles: "
            "it was trained without other pictures to learn that from."
        )
    predictor = with_weights(
        lambda: PicturePredictor(len(file.identity), file.encoder),
        file.predictor,
        "style file's predictor doesn't fit its network",
    )
    return predictor.to(memory_format=torch.channels_last)
