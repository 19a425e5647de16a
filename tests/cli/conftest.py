"""A command line that is run in an empty folder, and things to give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from livestyle import cli, settings
from livestyle.depth import tones_of
from livestyle.jobs import opened
from livestyle.styles import catalog, from_picture, predict
from livestyle.styles.file import Style, StyleFile, write_style_file
from livestyle.stylizer import fastest
from livestyle.stylizer.stylizer import Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def backends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain torch paints, which needs nothing compiled."""

    def open_stylizer(file: StyleFile, device: str) -> tuple[Stylizer, list[str]]:
        return TorchStylizer(file, "cpu"), []

    for module in (fastest, opened):
        monkeypatch.setattr(module, "open_stylizer", open_stylizer)


@pytest.fixture
def run(
    tmp_path: Path,
    tiny_file: StyleFile,
    backends: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command line in an empty folder, with the tiny network installed: (exit code, output, error output)."""
    write_style_file(tmp_path / "bundled" / "tiny.safetensors", tiny_file)
    monkeypatch.setattr(catalog, "bundled_folder", lambda: tmp_path / "bundled")
    for module in (catalog, from_picture):
        monkeypatch.setattr(module, "user_folder", lambda: tmp_path / "user")
    monkeypatch.setattr(settings, "settings_path", lambda: tmp_path / "settings.json")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def run(*argv: str) -> tuple[int, str, str]:
        try:
            code = cli.main(argv)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of 64x48 pixels."""
    path = tmp_path / "photo.png"
    noise = np.random.default_rng(0).integers(0, 256, (24, 32, 3)).astype(np.uint8)
    cv2.imwrite(str(path), cv2.resize(noise, (64, 48)))
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A clip of six frames."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(6):
            picture = np.full((48, 64, 3), 40 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    """White on the left, black on the right."""
    path = tmp_path / "mask.png"
    picture = np.zeros((12, 16), np.uint8)
    picture[:, :8] = 255
    cv2.imwrite(str(path), picture)
    return path


@pytest.fixture
def predictor(tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny network makes styles of pictures, in place of a trained predictor by their brightness."""

    def predict_style(file: StyleFile, picture: np.ndarray, name: str, title: str) -> Style:
        codes = tiny_file.styles["wild"].codes + np.float32(picture.mean() / 255)
        return Style(name, title, "", "", "", codes, tones=tones_of(picture))

    monkeypatch.setattr(predict, "predict_style", predict_style)
    path = tmp_path / "bundled" / "tiny.safetensors"
    write_style_file(path, replace(tiny_file, predictor={"a": np.zeros(1, np.float32)}))
