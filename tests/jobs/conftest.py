"""Clips and photos, and a stylizer that inverts what it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from livestyle.jobs import opened
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer


class Inverting(Stylizer):
    """Inverts pictures; does something first if asked to."""

    info = BackendInfo("torch", "test", "float32")
    code_size = 0

    def __init__(self) -> None:
        self.painted: list[Images] = []
        self.closed = False
        self.before: Callable[[], None] = lambda: None

    def stylize(self, images: Images, code: Code) -> Images:
        self.before()
        self.painted.append(images)
        return 255 - images

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def stylizers(tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> list[Inverting]:
    """The stylizers that are opened, for the tiny network, which is installed alone."""
    made: list[Inverting] = []

    def open_one(file: StyleFile, device: str) -> tuple[Stylizer, list[str]]:
        made.append(Inverting())
        return made[-1], ["CUDA can't be used: there is none."] if device == "auto" else []

    monkeypatch.setattr(opened, "open_stylizer", open_one)
    monkeypatch.setattr(opened, "choose_file", lambda network, device, *looks: tiny_file)
    return made


@pytest.fixture
def draw_clip(tmp_path: Path) -> Callable[[str], Path]:
    """Draws a clip of six frames, each brighter than the one before."""

    def draw(name: str) -> Path:
        with av.open(str(tmp_path / name), "w") as container:
            stream = container.add_stream("libx264", 10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for number in range(6):
                picture = np.full((48, 64, 3), 40 * number, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
            container.mux(stream.encode())
        return tmp_path / name

    return draw


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Noise of 64x48 pixels."""
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8))
    return path
