from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from livestyle.errors import StyleError
from livestyle.networks.people import PeopleNetwork
from livestyle.people import convert, finder
from livestyle.people.file import people_path, write_people_file
from livestyle.people.finder import LOOKED_AT_HW, open_finder
from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.steady.blocks import block_means

SCENE = draw_demo_scene(4.0, *LOOKED_AT_HW)
"""A landscape with a woman in front of it."""
REFERENCE = """
0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 10 23 7 0 0 0 0
0 0 0 0 0 0 0 0 15 95 100 89 6 0 0 0
0 0 0 0 0 0 0 0 53 100 100 100 34 0 0 0
0 0 0 0 0 0 0 0 57 100 100 100 45 0 0 0
0 0 0 0 0 0 0 0 75 100 100 100 59 0 0 0
0 0 0 0 0 0 0 0 91 100 100 100 73 0 0 0
0 0 0 0 0 0 1 54 97 100 100 100 92 43 0 0
"""
"""What MediaPipe's own file finds in that, run by OpenCV: means over squares of 16 px, in percent."""


def fail(*_: object) -> object:
    raise RuntimeError("No such operation.")


@pytest.fixture
def random_file(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "random.safetensors"
    write_people_file(path, {name: each.half().numpy() for name, each in PeopleNetwork().state_dict().items()}, {})
    return path


@pytest.mark.parametrize("by", ["openvino", "torch"])
def test_what_ships_finds_what_mediapipe_finds(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    if by == "torch":
        monkeypatch.setattr(finder, "_by_openvino", fail)
    found = open_finder()(SCENE)
    assert found.shape == LOOKED_AT_HW
    assert found.dtype == np.float32
    expected = np.array([line.split() for line in REFERENCE.strip().splitlines()], float)
    assert np.abs(100 * block_means(found, 16) - expected).max() < 1


def test_a_second_start_does_without_torch(random_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_finder(random_file)(SCENE)
    monkeypatch.setattr(convert, "convert", fail)
    assert np.array_equal(open_finder(random_file)(SCENE), first)


def test_other_weights_are_not_those_in_the_cache(random_file: Path) -> None:
    first = open_finder(random_file)(SCENE)
    assert not np.array_equal(open_finder(people_path())(SCENE), first)


def test_what_was_found_stays_when_the_next_picture_comes(random_file: Path) -> None:
    find = open_finder(random_file)
    first = find(SCENE)
    kept = first.copy()
    find(255 - SCENE)
    assert np.array_equal(first, kept)


@pytest.mark.parametrize("damage", ["missing", "cut short", "another network"])
def test_a_file_that_can_not_be_used_is_refused(tmp_path: Path, random_file: Path, damage: str) -> None:
    path = tmp_path / "file.safetensors"
    if damage == "cut short":
        path.write_bytes(random_file.read_bytes()[:1000])
    elif damage == "another network":
        write_people_file(path, {"stem.weight": np.zeros((16, 3, 5, 5), np.float16)}, {})
    with pytest.raises(StyleError, match="people file"):
        open_finder(path)
