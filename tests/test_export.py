from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import torch

from livestyle import export as export_module
from livestyle.errors import BackendError, SinkError, StyleError
from livestyle.export import KEY, export
from livestyle.look import Look
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.onnx_convert import NEEDS

MIX = (("calm", 1.0), ("wild", 3.0))
Write = Callable[..., float]


@pytest.fixture(scope="module")
def exported(tiny_file: StyleFile, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A mix of the tiny network as a file, and how near to torch it paints. Made once: that takes a while."""
    for package in NEEDS:
        pytest.importorskip(package)
    path = tmp_path_factory.mktemp("export") / "mix.onnx"
    return path, export(path, tiny_file, MIX)


@pytest.fixture
def session(exported: tuple[Path, float]) -> Iterator[Any]:
    import onnxruntime

    return onnxruntime.InferenceSession(exported[0], providers=["CPUExecutionProvider"])


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mock]:
    """Stand-ins for torch's exporter, which gives a file of three bytes, and for onnxruntime, which paints well."""
    network: list[torch.nn.Module] = []

    def to_onnx(made: torch.nn.Module, *_: object) -> bytes:
        network.append(made)
        return b"abc"

    def painted(_: bytes, pictures: list[torch.Tensor], codes: list[torch.Tensor]) -> list[torch.Tensor]:
        with torch.inference_mode():
            return [network[-1](picture, code) for picture, code in zip(pictures, codes, strict=True)]

    stand_ins = {
        "_to_onnx": Mock(side_effect=to_onnx),
        "_painted": Mock(side_effect=painted),
        "check_packages": Mock(),
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(export_module, name, stand_in)
    return stand_ins


def test_the_file_paints_as_torch_does(exported: tuple[Path, float], session: Any, tiny_file: StyleFile) -> None:
    assert exported[1] > 80
    network = load_network(tiny_file)
    for batch, height, width in ((1, 16, 20), (3, 64, 40)):
        pictures = torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(1))
        code = tiny_file.styles["dark"].codes[:1]  # of another style than it was exported with
        (paintings,) = session.run(None, {"images": pictures.numpy(), "code": code})
        with torch.inference_mode():
            expected = network(pictures, torch.from_numpy(code)).numpy()
        assert np.abs(paintings - expected).max() < 1e-4
        assert np.ptp(paintings) > 0.1


def test_any_batch_and_size_by_name(session: Any) -> None:
    (images, code), (paintings,) = session.get_inputs(), session.get_outputs()
    assert (images.name, images.shape) == ("images", ["batch", 3, "height", "width"])
    assert (paintings.name, paintings.shape) == ("paintings", images.shape)
    assert code.name == "code"


def test_it_says_all_that_an_app_has_to_know(session: Any, tiny_file: StyleFile) -> None:
    about = json.loads(session.get_modelmeta().custom_metadata_map[KEY])
    assert about["network"]["digest"] == tiny_file.digest
    assert (about["network"]["multiple"], about["network"]["min_side_px"]) == (4, 16)
    assert [(style["name"], style["licence"], style["weight"]) for style in about["styles"]] == [
        ("calm", "CC0-1.0", 1.0),
        ("wild", "CC0-1.0", 3.0),
    ]
    assert about["stroke_px"] == list(tiny_file.stroke_px)
    codes = np.float32(about["codes"])
    assert np.array_equal(codes, [mixed_code(tiny_file, Look(MIX), px) for px in tiny_file.stroke_px])
    assert np.array_equal(np.float32(about["identity"]), tiny_file.identity)


def test_nothing_of_the_machine_it_was_made_on_is_in_it(exported: tuple[Path, float]) -> None:
    content = exported[0].read_bytes()
    assert str(Path(export_module.__file__).parent).encode() not in content
    assert b"stack_trace" not in content


def test_the_size_asked_for_is_the_one_it_is_tried_with(
    tmp_path: Path, tiny_file: StyleFile, prepared: dict[str, Mock]
) -> None:
    export(tmp_path / "a.onnx", tiny_file, MIX, (32, 48))
    assert prepared["_to_onnx"].call_args.args[2] == (32, 48)
    pictures, codes = prepared["_painted"].call_args.args[1:]
    assert [picture.shape for picture in pictures] == [(1, 3, 32, 48)] * 3
    assert len({tuple(code.ravel().tolist()) for code in codes}) == 3
    assert (tmp_path / "a.onnx").read_bytes() == b"abc"


def test_what_paints_differently_gets_no_name(tmp_path: Path, tiny_file: StyleFile, prepared: dict[str, Mock]) -> None:
    right = prepared["_painted"].side_effect

    def off(content: bytes, pictures: list[torch.Tensor], codes: list[torch.Tensor]) -> list[torch.Tensor]:
        first, second, third = right(content, pictures, codes)
        return [first, second, third + 0.01]  # 40 dB

    prepared["_painted"].side_effect = off
    with pytest.raises(BackendError, match=r"40 dB, 45 are asked for.*pip install"):
        export(tmp_path / "a.onnx", tiny_file, MIX, (32, 48))
    prepared["_painted"].side_effect = lambda *args: [picture * float("nan") for picture in right(*args)]
    with pytest.raises(BackendError, match="nan dB"):
        export(tmp_path / "a.onnx", tiny_file, MIX, (32, 48))
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("prepared")
def test_a_file_is_replaced_when_that_is_asked_for(tmp_path: Path, tiny_file: StyleFile) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"before")
    with pytest.raises(SinkError, match="--overwrite"):
        export(path, tiny_file, MIX, (32, 48))
    assert path.read_bytes() == b"before"
    export(path, tiny_file, MIX, (32, 48), overwrite=True)
    assert path.read_bytes() == b"abc"


@pytest.mark.parametrize("size_hw", [(30, 48), (32, 47), (12, 48)])
def test_sizes_that_the_network_does_not_take(
    tmp_path: Path, tiny_file: StyleFile, prepared: dict[str, Mock], size_hw: tuple[int, int]
) -> None:
    with pytest.raises(StyleError, match="multiples of 4 from 16 up"):
        export(tmp_path / "a.onnx", tiny_file, MIX, size_hw)
    prepared["_to_onnx"].assert_not_called()


def test_a_network_that_cannot_be_exported(tmp_path: Path, tiny_file: StyleFile, prepared: dict[str, Mock]) -> None:
    with pytest.raises(StyleError, match=r"mosaic can't be exported.*--network"):
        export(tmp_path / "a.onnx", replace(tiny_file, spec=NetworkSpec("patches", 8), name="mosaic"), MIX)
    prepared["_to_onnx"].assert_not_called()


def test_files_of_another_kind(tmp_path: Path, tiny_file: StyleFile, prepared: dict[str, Mock]) -> None:
    with pytest.raises(SinkError, match=r"end 'a\.pte' in \.onnx"):
        export(tmp_path / "a.pte", tiny_file, MIX)
    prepared["_to_onnx"].assert_not_called()


def test_packages_that_are_missing_are_named(
    tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else Mock())
    with pytest.raises(BackendError, match=r"pip install onnxruntime$"):
        export(tmp_path / "a.onnx", tiny_file, MIX)


def test_a_file_that_onnxruntime_cannot_read() -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(BackendError, match="onnxruntime can't run"):
        export_module._painted(b"no such file", [], [])
