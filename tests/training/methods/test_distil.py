from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from livestyle.errors import TrainingError
from livestyle.networks.families import NetworkSpec
from livestyle.networks.predictor import PicturePredictor
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.styles.load import load_network
from livestyle.training.compute import Compute
from livestyle.training.config import DistilConfig
from livestyle.training.methods.distil import Distil, difference
from livestyle.training.run import Run

CONFIG = DistilConfig(width=4, photo_px=96, crop_px=64, batch=2, minutes=1e6, warm_up_steps=1)


@pytest.fixture
def distil(places: Path, tiny_file: StyleFile) -> Callable[..., Distil]:
    photos = sorted((places / "photos").iterdir())

    def made(teacher: StyleFile = tiny_file, **changes: object) -> Distil:
        config = dataclasses.replace(CONFIG, **changes)  # type: ignore[arg-type]
        return Distil(config, Compute.seeded(torch.device("cpu"), 0), teacher, photos)

    return made


def test_it_comes_nearer_to_its_teacher(distil: Callable[..., Distil], tmp_path: Path, tiny_file: StyleFile) -> None:
    method, code = distil(steps=40), torch.from_numpy(tiny_file.styles["calm"].codes[0])[None]
    photo = method.shown[:1]

    def far() -> float:
        with torch.no_grad():
            return float(difference(method.model(photo, code), method.teacher(photo, code)))

    before = far()
    Run(method, tmp_path, tmp_path / "small.safetensors").go()
    assert far() < 0.85 * before


def test_all_styles_come_along_and_paint_as_they_were_learnt(
    distil: Callable[..., Distil], tmp_path: Path, tiny_file: StyleFile
) -> None:
    method = distil(steps=2)
    run = Run(method, tmp_path, tmp_path / "small.safetensors")
    run.go()
    file = read_style_file(run.output)
    assert file.spec == NetworkSpec("s2d", 4)
    assert list(file.styles) == list(tiny_file.styles)
    assert file.training["teacher"] == tiny_file.name
    network, photo = load_network(file), torch.rand(1, 3, 64, 64)
    for name, style in tiny_file.styles.items():
        with torch.no_grad():
            learnt = run.average(photo, torch.from_numpy(style.codes[1])[None])
            shipped = network(photo, torch.from_numpy(file.styles[name].codes[1])[None])
        assert float((learnt - shipped).abs().max()) < 0.02  # the weights are float16


def test_codes_are_mapped_linearly_so_that_mixes_come_too(distil: Callable[..., Distil], tiny_file: StyleFile) -> None:
    model = distil().model
    calm, wild = (torch.from_numpy(tiny_file.styles[name].codes[0]) for name in ("calm", "wild"))
    mixed = model.codes(torch.lerp(calm, wild, 0.3))
    assert torch.allclose(mixed, torch.lerp(model.codes(calm), model.codes(wild), 0.3), atol=1e-4)


def test_a_predictor_predicts_the_mapped_codes(distil: Callable[..., Distil], tiny_file: StyleFile) -> None:
    torch.manual_seed(0)
    predictor = PicturePredictor(len(tiny_file.identity), "scratch")
    torch.nn.init.normal_(predictor.head.code.weight, std=0.01)
    weights = {name: value.numpy().astype(np.float32) for name, value in predictor.state_dict().items()}
    method = distil(dataclasses.replace(tiny_file, predictor=weights, encoder="scratch"))
    file = method.file(method.model, {})
    own = PicturePredictor(len(file.identity), "scratch")
    own.load_state_dict({name: torch.from_numpy(np.asarray(a, np.float32)) for name, a in file.predictor.items()})
    picture = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        theirs, ours = (p.eval()(picture, file.stroke_px) for p in (predictor, own))
        assert torch.allclose(ours, method.model.codes(theirs), atol=2e-2)


def test_what_has_no_codes_to_map_is_refused(distil: Callable[..., Distil], tiny_file: StyleFile) -> None:
    with pytest.raises(TrainingError, match="can't be distilled"):
        distil(dataclasses.replace(tiny_file, spec=NetworkSpec("adain-2", 16)))
