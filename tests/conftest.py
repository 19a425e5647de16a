"""What tests share: a tiny random network, and no display."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

import numpy as np
import platformdirs
import pytest
import torch

from livestyle.networks.build import build_network
from livestyle.networks.code import PALETTE
from livestyle.networks.families import NetworkSpec
from livestyle.styles.file import Style, StyleFile

# Tiny networks lose more to threads waiting for each other than they win.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def float32_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenVINO is not asked for its faster precision at every start, which takes a second where there are two."""
    monkeypatch.setattr("livestyle.stylizer.openvino_backend.OpenVinoStylizer._fastest_precision", lambda *_: "f32")


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder for each test alone, so that none touches the user's."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: folder)
    return folder


@pytest.fixture(scope="session")
def tiny_file() -> StyleFile:
    """A style file of an 8-wide network with random weights and three styles: "calm", "wild" and "dark".

    Its finest stroke is larger than the pictures that most tests paint, which are so painted with the first code.
    """
    torch.manual_seed(0)
    spec = NetworkSpec("s2d", 8)
    network = build_network(spec)
    rng = np.random.default_rng(0)
    stroke_px = (220, 360, 600)

    def style(name: str, spread: float) -> Style:
        change = rng.normal(0, spread, (len(stroke_px), network.code_size))
        change[:, -PALETTE:] /= 4  # no painting has a palette as strange as that
        codes = network.neutral_code().numpy() + change
        return Style(name, name.title(), "Nobody", "2026", "CC0-1.0", codes.astype(np.float32))

    styles = [style("calm", 0.1), style("wild", 0.8), style("dark", 0.4)]
    return StyleFile(
        spec=spec,
        weights={k: v.numpy().astype(np.float16) for k, v in network.state_dict().items()},
        stroke_px=stroke_px,
        identity=network.neutral_code().numpy(),
        styles={s.name: s for s in styles},
    )
