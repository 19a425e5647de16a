from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from livestyle.textures.file import read_texture_file
from livestyle.training.compute import Compute
from livestyle.training.config import TextureConfig
from livestyle.training.methods.texture import Texture, nearest_neighbour_entropy
from livestyle.training.paintings import find_paintings
from livestyle.training.run import Run

CONFIG = TextureConfig(width=2, style_px=64, size_px=64, style_layers=("relu1_1", "relu2_1"), content_layer="relu2_1")


def texture(places: Path, styles: Path, config: TextureConfig = CONFIG) -> Texture:
    compute = Compute.seeded(torch.device("cpu"), 0)
    return Texture(config, compute, find_paintings([styles]), vgg=places / "vgg.safetensors")


def test_several_styles_count_as_one(places: Path) -> None:
    folder = places / "styles"
    both, *each = (texture(places, place) for place in (folder, folder / "0.png", folder / "1.png"))
    for i in range(2):
        expected = (each[0].wanted[1]["relu2_1"][i] + each[1].wanted[1]["relu2_1"][i]) / 2
        torch.testing.assert_close(both.wanted[1]["relu2_1"][i], expected)


def test_a_cut_is_the_only_part_seen(places: Path, tmp_path: Path) -> None:
    picture = places / "styles" / "0.png"
    cv2.imwrite(str(tmp_path / "0.png"), cv2.imread(str(picture))[:, :64])
    cut = texture(places, picture, dataclasses.replace(CONFIG, cut=(0.0, 0.0, 0.5, 1.0)))
    torch.testing.assert_close(cut.wanted[1]["relu1_1"], texture(places, tmp_path / "0.png").wanted[1]["relu1_1"])


def test_with_photos_it_learns_to_paint_photos(places: Path, tmp_path: Path, compute: Compute) -> None:
    config, photos = dataclasses.replace(CONFIG, steps=1), sorted((places / "photos").iterdir())
    method = Texture(config, compute, find_paintings([places / "styles"]), photos, vgg=places / "vgg.safetensors")
    run = Run(method, tmp_path, tmp_path / "out.safetensors")
    run.go()
    assert read_texture_file(run.output).paints_photos
    assert {"content", "style", "grid"} <= json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0]).keys()
    assert method.preview(run.average).picture().shape == (3, 2 * 64, 4 * 64)


def test_entropy_is_of_the_nearest_neighbour() -> None:
    pictures = torch.tensor([0.0, 0.1, 0.9]).view(3, 1, 1, 1).expand(3, 3, 4, 4)
    expected = np.mean(np.log(np.array([0.1, 0.1, 0.8]) + 1e-3))
    assert float(nearest_neighbour_entropy(pictures)) == pytest.approx(expected, rel=1e-4)
    same = torch.zeros(2, 3, 4, 4, requires_grad=True)
    nearest_neighbour_entropy(same).backward()  # type: ignore[no-untyped-call]
    assert same.grad is not None
    assert bool(same.grad.isfinite().all())


def test_a_texture_that_is_spoilt_is_told_early(places: Path, tmp_path: Path) -> None:
    method = texture(places, places / "styles", dataclasses.replace(CONFIG, steps=1, rate=1e-9))
    for parameter in method.model.parameters():
        parameter.data.zero_()
    Run(method, tmp_path, tmp_path / "out.safetensors").go()
    log = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    (warning,) = [entry["warning"] for entry in log if "warning" in entry]
    assert warning.startswith("0: nearly flat")
