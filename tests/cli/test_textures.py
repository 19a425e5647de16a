from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from livestyle.cli import main
from livestyle.networks.texture import TextureNetwork
from livestyle.styles.catalog import Catalog, bundled_folder
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.textures import file as texture_file
from livestyle.textures.file import TextureFile, read_texture_file, write_texture_file


@pytest.fixture
def folder(tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two bundled textures, "carpet" and one that paints photos, "glass"; and a photo."""
    monkeypatch.setattr(texture_file, "bundled_folder", lambda: tmp_path / "weights")
    write_style_file(tmp_path / "weights" / "tiny.safetensors", tiny_file)
    (tmp_path / "weights" / "textures").mkdir()
    torch.manual_seed(0)
    for name, paints_photos in (("carpet", False), ("glass", True)):
        network = TextureNetwork(2, paints_photos=paints_photos)
        weights = {key: value.numpy().astype(np.float16) for key, value in network.state_dict().items()}
        file = TextureFile(2, paints_photos, weights, name.title())
        write_texture_file(tmp_path / "weights" / "textures" / f"{name}.safetensors", file)
    cv2.imwrite(str(tmp_path / "photo.png"), np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*argv: str) -> int:
    return main(["texture", *argv, "--device", "cpu"])


@pytest.mark.usefixtures("folder")
def test_a_texture_in_the_size_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("carpet", "--size", "33x17", "-o", "a.png") == 0
    assert capsys.readouterr().out == "Wrote a.png.\n"
    assert run("weights/textures/carpet.safetensors", "--size", "33x17", "-o", "same.png") == 0
    assert run("carpet", "--size", "33x17", "--seed", "7", "-o", "other.png") == 0
    one, same, other = (cv2.imread(f"{name}.png") for name in ("a", "same", "other"))
    assert one.shape == (17, 33, 3)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.usefixtures("folder")
def test_a_photo_keeps_its_size() -> None:
    assert run("glass", "--photo", "photo.png", "-o", "a.png") == 0
    assert cv2.imread("a.png").shape == (30, 40, 3)


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["capret", "-o", "a.png"], "There are carpet, glass"),
        (["gone.safetensors", "-o", "a.png"], "There is no texture file"),
        (["photo.png", "-o", "a.png"], "no livestyle texture file"),
        (["weights/tiny.safetensors", "-o", "a.png"], "holds no livestyle texture"),
        (["x" * 300, "-o", "a.png"], "There is no texture"),
        (["carpet", "-o", "a.xyz"], "kind of picture"),
        (["carpet", "-o", "photo.png"], "--overwrite"),
        (["carpet", "-o", "a.png", "--size", "100000x100000"], "too much memory"),
        (["carpet", "-o", "a.png", "--seed", "-1"], "A seed is"),
        (["carpet", "-o", "a.png", "--photo", "photo.png"], "leave --photo away"),
        (["glass", "-o", "a.png"], "with --photo"),
        (["glass", "-o", "a.png", "--photo", "gone.png"], "gone.png"),
        (["glass", "-o", "a.png", "--photo", "photo.png", "--size", "64x64"], "leave --size away"),
        (["glass", "-o", "photo.png", "--photo", "photo.png", "--overwrite"], "the source itself"),
    ],
)
def test_bad_input_gives_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], sentence: str
) -> None:
    photo = (folder / "photo.png").read_bytes()
    assert run(*argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("livestyle: ")
    assert sentence in said
    assert not (folder / "a.png").exists()
    assert (folder / "photo.png").read_bytes() == photo


def test_the_catalog_of_styles_passes_textures_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from livestyle.styles import catalog

    monkeypatch.setattr(catalog, "bundled_folder", lambda: folder / "weights")
    monkeypatch.setattr(catalog, "user_folder", lambda: folder / "user")
    assert [file.name for file in Catalog.installed().files] == ["tiny"]
    assert not caplog.records


def test_what_ships_can_be_read() -> None:
    for path in (bundled_folder() / "textures").glob("*.safetensors"):
        file = read_texture_file(path)
        assert file.title
        assert file.licence in {"Public domain", "CC0"}
