from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import numpy as np
import pytest

from livestyle import hardware
from livestyle.errors import BackendError, StyleError
from livestyle.styles.file import StyleFile
from livestyle.stylizer.fastest import BACKENDS, backends_to_try, open_stylizer
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer


class Works(Stylizer):
    """Paints the photo."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.closed = False

    @property
    def info(self) -> BackendInfo:
        return BackendInfo(self.backend, "a device", "float32")

    @property
    def code_size(self) -> int:
        return 3

    def stylize(self, images: Images, code: Code) -> Images:
        return images.copy()

    def close(self) -> None:
        self.closed = True


class BreaksWhenUsed(Works):
    def stylize(self, images: Images, code: Code) -> Images:
        raise BackendError("no kernel image is available.")


def fails(error: Exception) -> Callable[[StyleFile], Stylizer]:
    return Mock(side_effect=error)


@pytest.fixture
def all_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "nvidia_driver_present", lambda: True)
    monkeypatch.setattr(hardware, "apple_silicon", lambda: True)


def backends(**replaced: Callable[[StyleFile], Stylizer]) -> dict[str, Callable[[StyleFile], Stylizer]]:
    return {name: lambda _, name=name: Works(name) for name in BACKENDS} | replaced


@pytest.mark.usefixtures("all_candidates")
class TestAuto:
    def test_takes_the_fastest_that_works(self, tiny_file: StyleFile) -> None:
        stylizer, refusals = open_stylizer(tiny_file, backends=backends())
        assert stylizer.info.backend == "CUDA"
        assert refusals == []

    @pytest.mark.parametrize(
        "error", [BackendError("torch finds no GPU."), ImportError("No module named 'torch'"), OSError("bad DLL")]
    )
    def test_one_that_fails_says_why_and_the_next_serves(self, error: Exception, tiny_file: StyleFile) -> None:
        stylizer, refusals = open_stylizer(tiny_file, backends=backends(CUDA=fails(error)))
        assert stylizer.info.backend == "Metal"
        assert refusals == [f"CUDA can't be used: {error}"]

    def test_one_that_starts_but_can_not_paint_is_closed(self, tiny_file: StyleFile) -> None:
        broken = BreaksWhenUsed("CUDA")
        stylizer, refusals = open_stylizer(tiny_file, backends=backends(CUDA=lambda _: broken))
        assert stylizer.info.backend == "Metal"
        assert "no kernel image" in refusals[0]
        assert broken.closed

    def test_down_to_the_last(self, tiny_file: StyleFile) -> None:
        failing = {name: fails(BackendError(f"{name} is out.")) for name in ("CUDA", "Metal", "OpenVINO")}
        stylizer, refusals = open_stylizer(tiny_file, backends=backends(**failing))
        assert stylizer.info.backend == "torch"
        assert len(refusals) == 3

    def test_none_left_lists_every_reason(self, tiny_file: StyleFile) -> None:
        failing = {name: fails(BackendError(f"{name} is out.")) for name in BACKENDS}
        with pytest.raises(BackendError) as caught:
            open_stylizer(tiny_file, backends=failing)
        assert all(f"{name} is out." in str(caught.value) for name in backends_to_try())

    def test_a_damaged_file_is_no_backends_fault(self, tiny_file: StyleFile) -> None:
        with pytest.raises(StyleError, match="damaged"):
            open_stylizer(tiny_file, backends=backends(CUDA=fails(StyleError("The file is damaged."))))

    def test_a_bug_is_not_hidden(self, tiny_file: StyleFile) -> None:
        with pytest.raises(ZeroDivisionError):
            open_stylizer(tiny_file, backends=backends(CUDA=fails(ZeroDivisionError())))


class TestExplicit:
    @pytest.mark.parametrize(("device", "backend"), [("cuda", "CUDA"), ("mps", "Metal"), ("cpu", "OpenVINO")])
    def test_takes_that_device(self, device: str, backend: str, tiny_file: StyleFile) -> None:
        assert open_stylizer(tiny_file, device, backends=backends())[0].info.backend == backend

    def test_never_another_device(self, tiny_file: StyleFile) -> None:
        failing = backends(CUDA=fails(BackendError("There is no GPU.")))
        with pytest.raises(BackendError, match=r"--device cuda\. CUDA can't be used: There is no GPU\."):
            open_stylizer(tiny_file, "cuda", backends=failing)

    def test_the_cpu_has_two_backends(self, tiny_file: StyleFile) -> None:
        stylizer, refusals = open_stylizer(tiny_file, "cpu", backends=backends(OpenVINO=fails(ImportError("gone"))))
        assert stylizer.info.backend == "torch"
        assert refusals == ["OpenVINO can't be used: gone"]

    @pytest.mark.parametrize(
        ("device", "backend"),
        [("igpu", "integrated GPU"), ("npu", "NPU"), ("directml", "DirectML"), ("coreml", "CoreML")],
    )
    def test_where_one_that_is_compiled_for_fails_the_processor_steps_in(
        self, device: str, backend: str, tiny_file: StyleFile
    ) -> None:
        assert open_stylizer(tiny_file, device, backends=backends())[0].info.backend == backend
        failing = backends(**{backend: fails(BackendError("It has no driver."))})
        stylizer, refusals = open_stylizer(tiny_file, device, backends=failing)
        assert stylizer.info.backend == "OpenVINO"
        assert refusals == [f"{backend} can't be used: It has no driver."]

    def test_an_unknown_device(self, tiny_file: StyleFile) -> None:
        with pytest.raises(BackendError, match="choose auto, cuda, mps, cpu"):
            open_stylizer(tiny_file, "tpu", backends=backends())


@pytest.mark.parametrize(
    ("nvidia", "apple", "expected"),
    [
        (False, False, ["OpenVINO", "torch"]),
        (True, False, ["CUDA", "OpenVINO", "torch"]),
        (False, True, ["Metal", "OpenVINO", "torch"]),
    ],
)
def test_candidates(nvidia: bool, apple: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "nvidia_driver_present", lambda: nvidia)
    monkeypatch.setattr(hardware, "apple_silicon", lambda: apple)
    assert backends_to_try() == expected


def test_the_real_cpu_paints(tiny_file: StyleFile) -> None:
    stylizer, refusals = open_stylizer(tiny_file, "cpu")
    with stylizer:
        assert refusals == []
        assert stylizer.info.backend == "openvino"
        photo = np.full((1, 20, 30, 3), 90, np.uint8)
        assert stylizer.stylize(photo, tiny_file.identity).shape == photo.shape
