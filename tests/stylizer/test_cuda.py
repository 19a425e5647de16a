"""The CUDA backend as far as it can be tested without a GPU; what needs one is skipped where there is none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from unittest.mock import Mock

import numpy as np
import pytest
import torch

from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network
from livestyle.stylizer.cuda_backend import CudaStylizer, Lane
from livestyle.stylizer.resident import repeated
from livestyle.stylizer.stylizer import Code, Images
from livestyle.stylizer.torch_backend import TorchStylizer

Work = Callable[[], None]

IMPORTS = """
import sys
for name in ("av", "PyQt6", "openvino", "platformdirs"):
    sys.modules[name] = None
import livestyle.stylizer.cuda_backend, livestyle.stylizer.torch_backend
import livestyle.painter, livestyle.device.painter
"""


def photos(batch: int, height: int, width: int, seed: int = 0) -> Images:
    return np.random.default_rng(seed).integers(0, 256, (batch, height, width, 3), np.uint8)


def lane_on_cpu(file: StyleFile, capture: Callable[[Work], Work]) -> Lane:
    network = load_network(file).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        return Lane(network, (2, 24, 32), torch.device("cpu"), partial(repeated, capture=capture))


def paint(lane: Lane, images: Images, code: Code) -> Images:
    with torch.inference_mode():
        return lane.paint(torch.from_numpy(images), code).numpy().copy()


class Graph:
    """Stands in for a CUDA graph: repeats the work it was given, and counts."""

    def __init__(self) -> None:
        self.captured = 0
        self.replayed = 0

    def capture(self, work: Work) -> Work:
        self.captured += 1

        def replay() -> None:
            self.replayed += 1
            work()

        return replay


def test_imports_nothing_it_does_not_need() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("built", "sentence"), [(None, "built without CUDA"), ("13.0", "finds no GPU")])
def test_without_a_gpu_it_says_why(
    built: str | None, sentence: str, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", built)
    monkeypatch.setattr(torch.version, "hip", None)
    with pytest.raises(BackendError, match=sentence):
        CudaStylizer(tiny_file)


def test_a_lane_replays_its_graph_for_every_picture_and_style(tiny_file: StyleFile) -> None:
    graph = Graph()
    lane = lane_on_cpu(tiny_file, graph.capture)
    with TorchStylizer(tiny_file) as reference:
        for seed, style in enumerate(tiny_file.styles.values()):
            images = photos(2, 24, 32, seed)
            expected = reference.stylize(images, style.codes[0]).astype(int)
            assert np.abs(paint(lane, images, style.codes[0]) - expected).max() <= 1  # one picture at a time
    assert graph.captured == 1
    assert graph.replayed == len(tiny_file.styles)


def test_a_lane_paints_without_a_graph_where_none_can_be_taken(
    tiny_file: StyleFile, caplog: pytest.LogCaptureFixture
) -> None:
    lane = lane_on_cpu(tiny_file, Mock(side_effect=RuntimeError("operation not permitted when stream is capturing")))
    images, code = photos(2, 24, 32), tiny_file.styles["wild"].codes[0]
    with TorchStylizer(tiny_file) as reference:
        assert np.abs(paint(lane, images, code) - reference.stylize(images, code).astype(int)).max() <= 1
    assert "kernel by kernel: operation not permitted" in caplog.text


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


@needs_gpu
def test_agrees_with_float32_for_every_code_and_shape(tiny_file: StyleFile) -> None:
    with CudaStylizer(tiny_file) as stylizer, TorchStylizer(tiny_file) as reference:
        for shape in [(1, 48, 64), (3, 33, 47), (1, 1, 1), (1, 48, 64)]:
            for style in tiny_file.styles.values():
                images = photos(*shape)
                painted, expected = (s.stylize(images, style.codes[0]) for s in (stylizer, reference))
                error = np.mean((painted.astype(float) - expected) ** 2)
                assert error < 255**2 / 10**4  # 40 dB


@needs_gpu
def test_too_large_a_picture_is_refused_and_the_next_one_painted(tiny_file: StyleFile) -> None:
    with CudaStylizer(tiny_file) as stylizer:
        torch.cuda.set_per_process_memory_fraction(0.01)
        try:
            with pytest.raises(DeviceMemoryError, match="choose a smaller size"):
                stylizer.warm_up(8, 4096, 4096)
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
        assert stylizer.stylize(photos(1, 32, 32), tiny_file.identity).shape == (1, 32, 32, 3)


@needs_gpu
def test_batches_in_flight_are_those_that_are_waited_for(tiny_file: StyleFile) -> None:
    look = Look((("wild", 1.0),), steady=0.5)
    batches = [photos(2, 96, 128, seed) for seed in range(4)]
    with CudaStylizer(tiny_file) as stylizer:
        waiting, ahead = Painter(tiny_file, stylizer), Painter(tiny_file, stylizer)
        one_by_one = [waiting.paint(batch, look) for batch in batches]
        begun = [ahead.begin(batch, look) for batch in batches]
        for finish, painted in zip(begun, one_by_one, strict=True):
            assert np.array_equal(finish(), painted)
