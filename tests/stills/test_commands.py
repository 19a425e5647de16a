from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.cli import main
from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.commands import weighted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A photo, a style picture, and a VGG with random weights."""
    rng = np.random.default_rng(0)
    for name in ("photo.png", "style.png"):
        cv2.imwrite(str(tmp_path / name), rng.integers(0, 256, (48, 64, 3)).astype(np.uint8))
    torch.manual_seed(0)
    save_file(VggFeatures(["relu2_2"]).state_dict(), tmp_path / "vgg.safetensors")
    return tmp_path


def run(folder: Path, *more: str) -> int:
    return main([
        "optimize", str(folder / "photo.png"), "--style", f"{folder / 'style.png'}:2", "-o", str(folder / "out.png"),
        "--size", "64", "--iterations", "6", "--every", "3", "--architecture", "vgg16", "--vgg",
        str(folder / "vgg.safetensors"), "--style-layers", "relu1_1,relu2_1", "--content-layer", "relu2_2", *more,
    ])  # fmt: skip


@pytest.mark.parametrize("more", [[], ["--optimizer", "adam", "--pooling", "average"], ["--colors", "matched"]])
def test_optimize_writes_a_picture_and_shows_the_loss(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert run(folder, *more) == 0
    assert cv2.imread(str(folder / "out.png")).shape == (48, 64, 3)
    said = capsys.readouterr()
    assert "6/6 64x48  loss" in said.err
    assert "Wrote" in said.out


def test_an_existing_picture_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out.png").write_bytes(b"mine")
    assert run(folder) == 2
    assert (folder / "out.png").read_bytes() == b"mine"
    assert "--overwrite" in capsys.readouterr().err
    assert run(folder, "--overwrite") == 0


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["--style-layers", "relu9_9"], "no layer"),
        (["--vgg", "missing.safetensors"], "VGG weights"),
        (["--every", "0"], "--every"),
        (["--iterations", "0"], "iteration"),
        (["--style", "none.png"], "none.png"),
        (["-o", "out.xyz"], "kind of picture"),
    ],
)
def test_bad_input_gives_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], reason: str
) -> None:
    assert run(folder, *more) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.startswith("livestyle: ")


def test_ctrl_c_keeps_the_best_so_far(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = VggFeatures.forward
    calls = 0

    def interrupted(self: VggFeatures, *args: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 9:
            raise KeyboardInterrupt
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(VggFeatures, "forward", interrupted)
    assert run(folder) == 130
    assert cv2.imread(str(folder / "out.png")).shape == (48, 64, 3)
    assert "the best so far" in capsys.readouterr().out


def test_a_style_may_have_a_weight_and_a_drive() -> None:
    assert weighted("a.png") == (Path("a.png"), 1.0)
    assert weighted("a.png:0.25") == (Path("a.png"), 0.25)
    assert weighted(r"C:\a.png") == (Path(r"C:\a.png"), 1.0)
    assert weighted(r"C:\a.png:3") == (Path(r"C:\a.png"), 3.0)
    with pytest.raises(TrainingError, match="above 0"):
        weighted("a.png:-1")
