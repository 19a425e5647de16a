"""DirectML and CoreML, which a stand-in stands for: it computes on the processor."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer import likeness, onnx_convert
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.onnx_backend import OnnxStylizer
from livestyle.stylizer.torch_backend import TorchStylizer

onnxruntime = pytest.importorskip("onnxruntime")
RealSession = onnxruntime.InferenceSession


class Runtime:
    """What ONNX Runtime finds.

    Attributes:
        providers: What it was built with.
        starts: Whether these can be started.
        offset: What they paint is off by so much, from 0 to 1.
        error: What they raise.
        shapes: The pictures' shape in each session that was opened.
    """

    def __init__(self) -> None:
        self.providers = ["DmlExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider"]
        self.starts = True
        self.offset = 0.0
        self.error: Exception | None = None
        self.shapes: list[Sequence[Any]] = []

    def session(self, content: bytes, options: Any, providers: list[str]) -> Mock:
        real = RealSession(content, options, providers=["CPUExecutionProvider"])
        self.shapes.append(real.get_inputs()[0].shape)

        def run(names: None, inputs: dict[str, Any]) -> list[Any]:
            if self.error is not None:
                raise self.error
            return [real.run(names, inputs)[0] + self.offset]

        return Mock(run=run, get_providers=lambda: providers if self.starts else ["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def model(tiny_file: StyleFile) -> Any:
    for package in onnx_convert.NEEDS:
        pytest.importorskip(package)
    return onnx_convert.to_onnx(load_network(tiny_file))


@pytest.fixture(autouse=True)
def runtime(model: Any, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    runtime = Runtime()
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: runtime.providers)
    monkeypatch.setattr(onnxruntime, "InferenceSession", runtime.session)
    monkeypatch.setattr(onnx_convert, "to_onnx", Mock(return_value=model))
    monkeypatch.setattr(likeness, "TRIED_HW", (32, 48))
    return runtime


def photos(batch: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (batch, height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("shape", [(1, 32, 48), (2, 21, 18), (1, 3, 5)])
def test_it_paints_what_torch_paints(shape: tuple[int, int, int], tiny_file: StyleFile) -> None:
    code = tiny_file.styles["wild"].codes[1]
    with OnnxStylizer(tiny_file, "directml") as stylizer, TorchStylizer(tiny_file, "cpu") as torch_stylizer:
        painted, expected = (each.stylize(photos(*shape), code) for each in (stylizer, torch_stylizer))
    assert (painted.dtype, painted.shape) == (np.uint8, (*shape, 3))
    assert painted.flags.c_contiguous
    assert np.abs(painted.astype(int) - expected).max() <= 1
    assert np.ptp(painted) > 20


def test_every_shape_has_a_session_that_knows_it(runtime: Runtime, tiny_file: StyleFile) -> None:
    with OnnxStylizer(tiny_file, "coreml") as stylizer:
        for height in (32, 30, 64, 32):
            stylizer.stylize(photos(1, height, 48), tiny_file.identity)
    assert runtime.shapes == [[1, 3, 32, 48], [1, 3, 64, 48]]


def test_the_model_is_made_once(tiny_file: StyleFile) -> None:
    OnnxStylizer(tiny_file, "directml").close()
    OnnxStylizer(tiny_file, "coreml").close()
    assert onnx_convert.to_onnx.call_count == 1


def test_a_damaged_cache_is_made_anew(tiny_file: StyleFile, cache_folder: Path) -> None:
    OnnxStylizer(tiny_file, "directml").close()
    (kept,) = (cache_folder / "models").iterdir()
    kept.write_bytes(b"no zip")
    OnnxStylizer(tiny_file, "directml").close()
    assert onnx_convert.to_onnx.call_count == 2


def test_what_is_missing_is_named(runtime: Runtime, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime.providers = ["CPUExecutionProvider"]
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(BackendError, match=r"is not installed: pip uninstall onnxruntime, .* onnxruntime-directml"):
        OnnxStylizer(tiny_file, "directml")
    with pytest.raises(BackendError, match="on a Mac alone"):
        OnnxStylizer(tiny_file, "coreml")
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BackendError, match=r"is not installed: pip install onnx onnxscript onnxruntime$"):
        OnnxStylizer(tiny_file, "coreml")


def test_one_that_silently_computes_on_the_processor_is_refused(runtime: Runtime, tiny_file: StyleFile) -> None:
    runtime.starts = False
    stylizer, refusals = open_stylizer(tiny_file, "directml")
    with stylizer:
        assert stylizer.info.backend == "openvino"
    assert refusals == ["DirectML can't be used: It can't be started; update the driver of the graphics card."]


@pytest.mark.parametrize(("offset", "is_trusted"), [(0.0, True), (0.01, True), (0.1, False)])
def test_it_is_trusted_if_what_it_paints_is_alike(
    offset: float, is_trusted: bool, runtime: Runtime, tiny_file: StyleFile
) -> None:
    runtime.offset = offset
    stylizer, refusals = open_stylizer(tiny_file, "coreml")
    with stylizer:
        assert (stylizer.info.device == "CoreML") is is_trusted
    assert is_trusted or "CoreML paints otherwise than the processor" in refusals[0]


@pytest.mark.parametrize(
    ("error", "kind"), [(ValueError("The device was removed"), BackendError), (MemoryError(), DeviceMemoryError)]
)
def test_what_it_raises_is_told(
    error: Exception, kind: type[Exception], runtime: Runtime, tiny_file: StyleFile
) -> None:
    with OnnxStylizer(tiny_file, "directml") as stylizer:
        runtime.error = error
        with pytest.raises(kind, match="device"):
            stylizer.stylize(photos(1, 32, 48), tiny_file.identity)


def test_a_closed_one_says_so(tiny_file: StyleFile) -> None:
    stylizer = OnnxStylizer(tiny_file, "directml")
    stylizer.close()
    stylizer.close()
    with pytest.raises(BackendError, match="closed"):
        stylizer.stylize(photos(1, 32, 48), tiny_file.identity)
