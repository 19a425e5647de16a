"""Processes of their own, which tests that change modules do not reach: so these train with the weights that ship."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from livestyle.styles.file import StyleFile, read_style_file, write_style_file
from livestyle.training.config import StylesConfig
from livestyle.training.material import find_pictures
from livestyle.training.pack import unpack, write_pack
from livestyle.training.paintings import find_paintings
from livestyle.training.plan import Stage, training_of
from livestyle.training.side_by_side import train_all
from livestyle.training.train import Training

TINY = StylesConfig(
    width=4,
    stroke_px=(64,),
    style_layers=("relu1_2",),
    style_layer_weights=(1.0,),
    half_share=0.0,
    half_layers=(),
    content_layer="relu2_1",
    crop_px=64,
    seen_px=64,
    small_seen_px=64,
    photo_px=96,
    batch=1,
    steps=1,
)


def test_what_fails_is_told_and_the_others_go_on(places: Path, tiny_file: StyleFile, tmp_path: Path) -> None:
    paintings, photos = find_paintings([places / "styles"]), find_pictures([places / "photos"])
    write_pack(tmp_path / "x.pack", paintings, photos)
    write_style_file(tmp_path / "other.safetensors", tiny_file)
    material, folder = unpack(tmp_path / "x.pack", tmp_path), tmp_path / "out"
    good, bad = (
        training_of(stage, material, folder, tmp_path, 5.0, "cpu")
        for stage in (Stage("good", 1, TINY), Stage("bad", 1, TINY, start="other"))
    )
    said: list[str] = []
    assert train_all([{"bad": bad}, {"good": good}], said.append) == ("bad",)
    assert list(read_style_file(good.output).styles) == ["0", "1"]
    (failure,) = [text for text in said if text.startswith("bad: failed")]
    assert "start from is of another network" in failure
    assert f"good: wrote {good.output}." in said
    assert not bad.output.exists()
    # What is done is done, but not if it is to learn for longer.
    said.clear()
    no_work: Any = abs  # not of a training
    assert train_all([{"good": good}], said.append, no_work) == ()
    assert said == ["good: done before."]
    longer = dataclasses.replace(good, config=dataclasses.replace(TINY, minutes=6.0))
    assert train_all([{"good": longer}], said.append, no_work) == ("good",)
    assert "TypeError" in said[-1]
    assert "Traceback" in (good.folder / "said.txt").read_text()


def test_a_process_ends_with_what_started_it_and_goes_on_from_there(places: Path, tmp_path: Path) -> None:
    config = dataclasses.replace(TINY, steps=0, minutes=60.0, checkpoint_every_s=0.1)
    training = Training(config, [places / "photos"], tmp_path / "a.safetensors", tmp_path / "a", [places / "styles"])

    def stop_once_it_learns(text: str) -> None:
        end = time.monotonic() + 300
        while not (tmp_path / "a" / "preview.png").exists() and time.monotonic() < end:
            time.sleep(0.05)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_all([{"a": training}], stop_once_it_learns)
    assert not (tmp_path / "a" / "done").exists()
    assert "Traceback" not in (tmp_path / "a" / "said.txt").read_text()
    checkpoint = torch.load(tmp_path / "a" / "checkpoint.pt", weights_only=True)
    assert checkpoint["progress"]["step"] > 0
