from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from safetensors.torch import save_file as torch_save_file

from livestyle.depth import QUANTILES
from livestyle.errors import SinkError, StyleError
from livestyle.styles import bundled
from livestyle.styles.file import FORMAT_VERSION, StyleFile, read_style_file, write_style_file


def test_what_is_written_is_read_back(tmp_path: Path, tiny_file: StyleFile) -> None:
    path = tmp_path / "new folder" / "tiny.safetensors"
    write_style_file(path, tiny_file)
    back = read_style_file(path)
    assert back.spec == tiny_file.spec
    assert back.digest == tiny_file.digest
    assert list(back.styles) == ["calm", "wild", "dark"]
    assert back.styles["wild"].artist == "Nobody"
    assert np.array_equal(back.styles["wild"].codes, tiny_file.styles["wild"].codes)
    assert np.array_equal(back.identity, tiny_file.identity)
    assert (back.name, back.stroke_px) == ("tiny", tiny_file.stroke_px)
    assert [p.name for p in path.parent.iterdir()] == ["tiny.safetensors"]


def test_an_encoder_is_named_where_it_is_not_the_usual_one(tmp_path: Path, tiny_file: StyleFile) -> None:
    path = tmp_path / "x.safetensors"
    able = dataclasses.replace(tiny_file, predictor={"a": np.zeros(1, np.float16)})
    for encoder in ("vgg16", "scratch"):
        write_style_file(path, dataclasses.replace(able, encoder=encoder))
        assert read_style_file(path).encoder == encoder
        assert (b'"encoder"' in path.read_bytes().replace(b"\\", b"")) == (encoder == "scratch")


@pytest.fixture
def front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """The front that ships: two layers, one of which no predictor needs."""
    rng = np.random.default_rng(0)
    tensors = {name: rng.random((40, 40)).astype(np.float16) for name in ("features.0.weight", "features.9.weight")}
    (tmp_path / "ships" / "vgg").mkdir(parents=True)
    save_file(tensors, tmp_path / "ships" / "vgg" / "vgg16.safetensors")
    monkeypatch.setattr(bundled, "bundled_folder", lambda: tmp_path / "ships")
    return tensors


def looking_through(file: StyleFile, weights: np.ndarray) -> StyleFile:
    head = np.ones(3, np.float16)
    return dataclasses.replace(file, predictor={"encoder.features.0.weight": weights, "head.mean": head})


def test_the_front_that_ships_is_left_out_and_comes_back(
    tmp_path: Path, tiny_file: StyleFile, front: dict[str, np.ndarray]
) -> None:
    whole, slim = tmp_path / "whole.safetensors", tmp_path / "slim.safetensors"
    shared = looking_through(tiny_file, front["features.0.weight"])
    write_style_file(slim, shared)
    back = read_style_file(slim)
    assert back.predictor.keys() == shared.predictor.keys()
    for name, array in shared.predictor.items():
        assert back.predictor[name].dtype == array.dtype
        np.testing.assert_array_equal(back.predictor[name], array)
    write_style_file(whole, looking_through(tiny_file, front["features.0.weight"] + np.float16(1)))
    assert whole.stat().st_size - slim.stat().st_size > 40 * 40 * 2 * 0.9


def test_another_front_is_carried_and_so_are_other_encoders(
    tmp_path: Path, tiny_file: StyleFile, front: dict[str, np.ndarray]
) -> None:
    ours = front["features.0.weight"]
    for other in (
        looking_through(tiny_file, -ours),
        looking_through(tiny_file, ours.astype(np.float32)),
        dataclasses.replace(looking_through(tiny_file, ours), encoder="scratch"),
    ):
        write_style_file(tmp_path / "x.safetensors", other)
        (tmp_path / "ships" / "vgg" / "vgg16.safetensors").rename(tmp_path / "gone")
        back = read_style_file(tmp_path / "x.safetensors")
        (tmp_path / "gone").rename(tmp_path / "ships" / "vgg" / "vgg16.safetensors")
        np.testing.assert_array_equal(back.predictor["encoder.features.0.weight"], next(iter(other.predictor.values())))


def test_a_front_that_is_gone_or_another_is_told(
    tmp_path: Path, tiny_file: StyleFile, front: dict[str, np.ndarray]
) -> None:
    path, ships = tmp_path / "x.safetensors", tmp_path / "ships" / "vgg" / "vgg16.safetensors"
    write_style_file(path, looking_through(tiny_file, front["features.0.weight"]))
    save_file({"features.0.weight": -front["features.0.weight"]}, ships)
    with pytest.raises(StyleError, match="install livestyle anew"):
        read_style_file(path)
    ships.unlink()
    with pytest.raises(StyleError, match="install livestyle anew"):
        read_style_file(path)


def test_digest_tells_networks_apart(tiny_file: StyleFile) -> None:
    changed = dict(tiny_file.weights)
    changed["stem.weight"] = changed["stem.weight"] + np.float16(0.5)
    other = dataclasses.replace(tiny_file, weights=changed)
    assert other.digest != tiny_file.digest


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('unpickled')",))


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(StyleError, match="no livestyle style file"):
        read_style_file(path)


@settings(max_examples=30, deadline=None)
@given(share=st.floats(0, 0.999))
def test_a_file_cut_short_gives_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, tiny_file: StyleFile, share: float
) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.safetensors"
    write_style_file(path, tiny_file)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(StyleError, match="cut short"):
        read_style_file(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StyleError, match=r"no style file .*gone\.safetensors"):
        read_style_file(tmp_path / "gone.safetensors")


def test_other_safetensors_are_refused(tmp_path: Path) -> None:
    # A type that numpy does not know.
    torch_save_file({"a": torch.zeros(3, dtype=torch.bfloat16)}, tmp_path / "other.safetensors")
    with pytest.raises(StyleError, match="holds no livestyle style"):
        read_style_file(tmp_path / "other.safetensors")


@pytest.mark.parametrize(
    "document",
    [
        "{}",
        "not json",
        json.dumps({"version": 99}),
        json.dumps({"version": 1, "styles": [{"name": "x"}]}),
        json.dumps({"version": FORMAT_VERSION, "styles": []}),
        json.dumps({"version": FORMAT_VERSION, "styles": [{"name": "x"}]}),
    ],
)
def test_damaged_metadata_gives_a_sentence(tmp_path: Path, document: str) -> None:
    save_file({"a": np.zeros(3)}, tmp_path / "d.safetensors", metadata={"livestyle": document})
    with pytest.raises(StyleError, match="damaged"):
        read_style_file(tmp_path / "d.safetensors")


def test_no_style_takes_the_place_of_the_photos_own_code(tmp_path: Path, tiny_file: StyleFile) -> None:
    styles = {"identity": dataclasses.replace(tiny_file.styles["calm"], name="identity")}
    with pytest.raises(StyleError, match="can be called 'identity'"):
        write_style_file(tmp_path / "x.safetensors", dataclasses.replace(tiny_file, styles=styles))


def test_an_unwritable_folder_gives_a_sentence_and_leaves_nothing(tmp_path: Path, tiny_file: StyleFile) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SinkError, match="is no folder: choose another place"):
        write_style_file(tmp_path / "file" / "x.safetensors", tiny_file)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


TONES = np.linspace(10, 90, QUANTILES).astype(np.float32)


def test_tones_are_kept_where_they_are_known(tmp_path: Path, tiny_file: StyleFile) -> None:
    path = tmp_path / "x.safetensors"
    styles = {**tiny_file.styles, "wild": dataclasses.replace(tiny_file.styles["wild"], tones=TONES)}
    write_style_file(path, dataclasses.replace(tiny_file, styles=styles))
    back = read_style_file(path)
    np.testing.assert_array_equal(back.styles["wild"].tones, TONES)
    assert back.styles["calm"].tones is None


@pytest.mark.parametrize(
    "tones", [TONES[:-1], TONES[::-1], TONES + 20, TONES[None], np.full(QUANTILES, np.nan)], ids=str
)
def test_tones_that_are_none_are_refused(tmp_path: Path, tiny_file: StyleFile, tones: np.ndarray) -> None:
    path = tmp_path / "x.safetensors"
    wild = dataclasses.replace(tiny_file.styles["wild"], tones=np.ascontiguousarray(tones, np.float32))
    write_style_file(path, dataclasses.replace(tiny_file, styles={"wild": wild}))
    with pytest.raises(StyleError, match="damaged"):
        read_style_file(path)


def test_codes_that_are_no_numbers_are_refused(tmp_path: Path, tiny_file: StyleFile) -> None:
    path, codes = tmp_path / "x.safetensors", tiny_file.styles["wild"].codes.copy()
    codes[0, 3] = np.nan
    wild = dataclasses.replace(tiny_file.styles["wild"], codes=codes)
    write_style_file(path, dataclasses.replace(tiny_file, styles={"wild": wild}))
    with pytest.raises(StyleError, match="no numbers"):
        read_style_file(path)


def test_ranges_are_kept_where_they_are_known(tmp_path: Path, tiny_file: StyleFile) -> None:
    path = tmp_path / "able.safetensors"
    write_style_file(path, dataclasses.replace(tiny_file, ranges={"blocks.0.conv1": np.float32([-1, 2])}))
    read = read_style_file(path)
    assert {name: each.tolist() for name, each in read.ranges.items()} == {"blocks.0.conv1": [-1, 2]}
    assert read.digest == tiny_file.digest


@pytest.mark.parametrize("limits", [[1, 1], [2, -1], [0, 1, 2], [0, np.inf]])
def test_ranges_that_are_none_are_refused(tmp_path: Path, tiny_file: StyleFile, limits: list[float]) -> None:
    path = tmp_path / "odd.safetensors"
    write_style_file(path, dataclasses.replace(tiny_file, ranges={"up": np.float32(limits)}))
    with pytest.raises(StyleError, match="damaged"):
        read_style_file(path)
