"""Any picture as a style: its codes are predicted by the network that a style file carries for that."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch

from livestyle.errors import StyleError
from livestyle.frame import Image
from livestyle.networks.half import half_type
from livestyle.networks.predictor import PicturePredictor
from livestyle.styles.file import Style, StyleFile


def predict_style(file: StyleFile, picture: Image, name: str, title: str) -> Style:
    """Makes a style of a picture, for the network of a style file. Takes about a tenth of a second.

    Args:
        file: The network's file, with a predictor.
        picture: RGB uint8 (H, W, 3), of any size: a painting, a carpet, a photo of gravel.
        name: What the style is to be called.
        title: What it is to be called in full.

    Returns:
        The style; its artist, year and licence are empty, as nothing is known of them.

    Raises:
        StyleError: The file has no predictor, or one that does not fit its network.
    """
    if not file.predictor:
        raise StyleError(
            f"The network {file.spec.family}-{file.spec.width} of this style file can't take pictures as styles: "
            "it was trained without other pictures to learn that from."
        )
    predictor = PicturePredictor(len(file.identity))
    state = {key: torch.from_numpy(np.asarray(array, np.float32)) for key, array in file.predictor.items()}
    try:
        predictor.load_state_dict(state)
    except RuntimeError as error:
        raise StyleError("The style file's predictor doesn't fit its network: the file is damaged.") from error
    image = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None].float() / 255
    half = half_type(image.device)
    predictor.eval().to(memory_format=torch.channels_last)
    with torch.inference_mode(), torch.autocast("cpu", half) if half else nullcontext():
        codes = predictor(image, file.stroke_px)[0].float().numpy()
    return Style(name, title, artist="", year="", licence="", codes=codes)
