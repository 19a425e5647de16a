from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from livestyle.errors import SinkError, StyleError
from livestyle.networks.texture import TextureNetwork
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.textures.file import TextureFile, read_texture_file, write_texture_file
from livestyle.textures.paint import load_texture


@pytest.fixture(scope="module")
def file() -> TextureFile:
    torch.manual_seed(0)
    weights = {name: value.numpy().astype(np.float16) for name, value in TextureNetwork(2).state_dict().items()}
    return TextureFile(2, False, weights, "Carpet", "Nobody", "2026", "CC0-1.0", {"minutes": 1.0})


def test_what_is_written_is_read(file: TextureFile, tmp_path: Path) -> None:
    path = tmp_path / "carpet.safetensors"
    write_texture_file(path, file)
    write_texture_file(path, file)
    found = read_texture_file(path)
    assert found.name == "carpet"
    for name in ("width", "paints_photos", "title", "artist", "year", "licence", "training"):
        assert getattr(found, name) == getattr(file, name)
    assert found.weights.keys() == file.weights.keys()
    assert all(np.array_equal(found.weights[name], value) for name, value in file.weights.items())
    assert [p.name for p in tmp_path.iterdir()] == ["carpet.safetensors"]


def test_what_is_no_texture_file_gives_a_sentence(file: TextureFile, tiny_file: StyleFile, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    with pytest.raises(StyleError, match="There is no texture file"):
        read_texture_file(path)
    with pytest.raises(StyleError, match="no livestyle texture file"):
        read_texture_file(tmp_path)
    write_style_file(path, tiny_file)
    with pytest.raises(StyleError, match="holds no livestyle texture"):
        read_texture_file(path)
    write_texture_file(path, file)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StyleError, match="cut short"):
        read_texture_file(path)


@pytest.mark.parametrize(
    ("document", "reason"),
    [({"version": 99}, "newer livestyle"), ({"version": 1}, "damaged"), ([], "damaged"), ("{", "damaged")],
)
def test_damaged_metadata_gives_a_sentence(tmp_path: Path, document: object, reason: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    save_file({"a": np.zeros(1, np.float16)}, tmp_path / "x.safetensors", metadata={"livestyle_texture": text})
    with pytest.raises(StyleError, match=reason):
        read_texture_file(tmp_path / "x.safetensors")


def test_weights_of_another_network_give_a_sentence(file: TextureFile) -> None:
    with pytest.raises(StyleError, match="don't fit"):
        load_texture(dataclasses.replace(file, width=3))


def test_what_can_not_be_written_gives_a_sentence(file: TextureFile, tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="no folder"):
        write_texture_file(tmp_path / "no" / "such" / "x.safetensors", file)
