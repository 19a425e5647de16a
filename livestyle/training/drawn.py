"""Photos for those who have none at hand: views of the drawn demo scene, each in a light of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from livestyle.errors import TrainingError
from livestyle.frame import Image
from livestyle.sinks.picture_file import write_picture
from livestyle.sources.demo_scene.scene import DemoScene
from livestyle.training.views import varied

COUNT = 32
SCENE_HW = (540, 960)
EVERY_S = 7.3
"""Between two views: by then figure, boats and clouds are elsewhere."""
SMALLEST = 0.55
"""Of the scene's height, what the nearest view shows. Nearer ones are often a bit of bare sky."""


def draw_photos(folder: Path) -> list[Path]:
    """Draws pictures that serve as photos to learn on, the same ones every time, or takes those of an earlier call.

    Args:
        folder: Where to write them, as `00.png`, `01.png` ...; it need not exist.

    Returns:
        Their paths, `COUNT` of them.

    Raises:
        TrainingError: The folder can't be made.
        SinkError: A picture can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"Can't make the folder {folder}: {error.strerror}.") from error
    paths = [folder / f"{i:02}.png" for i in range(COUNT)]
    if not all(path.exists() for path in paths):
        scene, rng = DemoScene(*SCENE_HW), np.random.default_rng(0)
        for i, path in enumerate(paths):
            write_picture(path, view_of(scene.draw(i * EVERY_S), rng), overwrite=True)
    return paths


def view_of(frame: Image, rng: np.random.Generator) -> Image:
    """A window of a frame of the demo scene, in other colours: RGB uint8 (H, W, 3)."""
    height, width = frame.shape[:2]
    tall = int(height * rng.uniform(SMALLEST, 1))
    wide = int(tall * rng.uniform(0.8, 1.6))
    top, left = rng.integers(height - tall + 1), rng.integers(width - wide + 1)
    window = torch.from_numpy(frame[top : top + tall, left : left + wide].transpose(2, 0, 1).copy())[None]
    light = varied(window.float() / 255, rng)[0]
    return np.ascontiguousarray((light * 255).round().byte().permute(1, 2, 0).numpy())
