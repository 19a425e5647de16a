"""What a style looks like on its card: the demo scene, painted."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import torch

from livestyle.look import Look
from livestyle.sinks.picture_file import as_jpeg
from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.load import load_network

SCENE_S = 2.0
"""The moment of the demo scene that is shown."""
SCENE_HW = (360, 640)
PREVIEW_WH = (256, 144)


def paint_preview(file: StyleFile, style: Style) -> bytes:
    """The demo scene in a style, as a small JPEG. Takes some tenths of a second with a live network.

    Args:
        file: The network.
        style: Any style of it, in the file or not.

    Raises:
        StyleError: The file is damaged.
    """
    scene = draw_demo_scene(SCENE_S, *SCENE_HW)
    images = torch.from_numpy(np.ascontiguousarray(scene.transpose(2, 0, 1)))[None].float() / 255
    code = mixed_code(replace(file, styles={style.name: style}), Look(((style.name, 1.0),)), SCENE_HW[0])
    with torch.inference_mode():
        painted = load_network(file)(images, torch.from_numpy(code)[None])
    pixels = (painted[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    return as_jpeg(cv2.resize(pixels, PREVIEW_WH, interpolation=cv2.INTER_AREA))
