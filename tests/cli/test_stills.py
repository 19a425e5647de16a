from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.cli import main
from livestyle.cli.stills import weighted
from livestyle.errors import TrainingError
from livestyle.networks.vgg import VggFeatures
from livestyle.stills.patch_bank import PatchBank


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


def test_a_picture_whose_name_ends_like_a_weight_is_that_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scan:2").touch()
    assert weighted("scan:2") == (Path("scan:2"), 1.0)
    assert weighted("scan:2:0.5") == (Path("scan:2"), 0.5)


def test_a_style_may_have_a_weight_and_a_drive() -> None:
    assert weighted("a.png") == (Path("a.png"), 1.0)
    assert weighted("a.png:0.25") == (Path("a.png"), 0.25)
    assert weighted(r"C:\a.png") == (Path(r"C:\a.png"), 1.0)
    assert weighted(r"C:\a.png:3") == (Path(r"C:\a.png"), 3.0)
    with pytest.raises(TrainingError, match="above 0"):
        weighted("a.png:-1")


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A photo, a style picture, a map of each, and a VGG with random weights."""
    rng = np.random.default_rng(0)
    for name in ("photo.png", "style.png"):
        cv2.imwrite(str(tmp_path / name), rng.integers(0, 256, (48, 64, 3)).astype(np.uint8))
    drawn = np.zeros((24, 32, 3), np.uint8)
    drawn[12:] = 255, 0, 0
    cv2.imwrite(str(tmp_path / "map.png"), drawn)
    cv2.imwrite(str(tmp_path / "style_map.png"), drawn[::-1])
    torch.manual_seed(0)
    save_file(VggFeatures(["relu4_2"]).state_dict(), tmp_path / "vgg.safetensors")
    return tmp_path


MAPS = ("--map", "map.png", "--style-map", "style_map.png")


def run_doodle(folder: Path, *more: str) -> int:
    """Runs `livestyle doodle` on pictures in a folder."""
    words = [str(folder / word) if word.endswith(".png") else word for word in more]
    return main([
        "doodle", "--size", "64", "--iterations", "3", "--every", "2",
        "--architecture", "vgg16", "--vgg", str(folder / "vgg.safetensors"), *words,
    ])  # fmt: skip


TO_OUT = ("--style", "style.png", "-o", "out.png")


@pytest.mark.parametrize("more", [["photo.png"], ["photo.png", *MAPS, "--variety", "0.3"], [*MAPS]])
def test_doodle_writes_a_picture_and_shows_the_loss(
    drawing: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert run_doodle(drawing, *more, *TO_OUT) == 0
    assert cv2.imread(str(drawing / "out.png")).shape == (48, 64, 3)
    said = capsys.readouterr()
    assert "3/3 64x48  loss" in said.err
    assert "Wrote" in said.out


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["photo.png", "--map", "map.png"], "without the other"),
        (["photo.png", "--style-map", "map.png"], "without the other"),
        ([], "nothing to paint"),
        (["photo.png", "--variety", "2"], "variety"),
        (["photo.png", "--every", "0"], "--every"),
        (["none.png"], "none.png"),
        (["photo.png", "--map", "none.png", "--style-map", "map.png"], "none.png"),
    ],
)
def test_bad_input_to_doodle_gives_a_sentence(
    drawing: Path, capsys: pytest.CaptureFixture[str], more: list[str], reason: str
) -> None:
    assert run_doodle(drawing, *more, *TO_OUT) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.startswith("livestyle: ")
    assert not (drawing / "out.png").exists()


@pytest.mark.parametrize("output", ["photo.png", "style.png", "map.png", "style_map.png"])
def test_doodle_never_writes_over_what_it_is_made_from(
    drawing: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    before = (drawing / output).read_bytes()
    assert run_doodle(drawing, "photo.png", *MAPS, "--style", "style.png", "-o", output, "--overwrite") == 2
    assert "the source itself" in capsys.readouterr().err
    assert (drawing / output).read_bytes() == before


def test_ctrl_c_keeps_the_best_doodle_so_far(
    drawing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, calls = PatchBank.match, 0

    def interrupted(self: PatchBank, *args: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(PatchBank, "match", interrupted)
    assert run_doodle(drawing, "photo.png", *TO_OUT) == 130
    assert cv2.imread(str(drawing / "out.png")) is not None
    assert "the best so far" in capsys.readouterr().out
