"""The GPU and the NPU of a processor's chip, which stand-ins stand for: they compute on the processor."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.networks.families import NetworkSpec
from livestyle.styles.file import StyleFile
from livestyle.stylizer import likeness, model_cache, openvino_units
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.openvino_units import open_unit
from livestyle.stylizer.quiet_openvino import ov

PHOTO = np.random.default_rng(0).integers(0, 256, (1, 20, 30, 3)).astype(np.uint8)


class Machine:
    """What OpenVINO finds.

    Attributes:
        devices: Their names.
        error: What the units paint is off by so much.
        compiled: Each model that was compiled: the device and the settings.
    """

    def __init__(self) -> None:
        self.devices = ["CPU", "GPU.0", "GPU.1", "NPU"]
        self.error = 0
        self.compiled: list[tuple[str, dict[str, str]]] = []

    def core(self) -> type:
        machine = self

        class Core(ov.Core):  # type: ignore[misc]
            @property
            def available_devices(self) -> list[str]:
                return machine.devices

            def get_property(self, device: str, name: str) -> object:
                return super().get_property(device, name) if device == "CPU" else f"a {device} of cardboard "

            def compile_model(self, model: Any, device: str, settings: dict[str, str]) -> Any:
                machine.compiled.append((device, settings))
                compiled = super().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
                return compiled if device == "CPU" else machine.unit(compiled.create_infer_request())

        return Core

    def unit(self, request: Any) -> Any:
        def infer(inputs: dict[str, Any]) -> list[Any]:
            return [request.infer(inputs)[0] ^ np.uint8(self.error)]

        return SimpleNamespace(create_infer_request=lambda: SimpleNamespace(infer=infer))


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(ov, "Core", machine.core())
    monkeypatch.setattr(ov, "__version__", "2026.3.0-1-releases")
    monkeypatch.setattr(likeness, "TRIED_HW", (32, 48))
    return machine


@pytest.mark.parametrize(("device", "unit"), [("igpu", "GPU"), ("npu", "NPU")])
def test_a_unit_that_paints_as_the_processor_serves(
    device: str, unit: str, machine: Machine, tiny_file: StyleFile
) -> None:
    stylizer, refusals = open_stylizer(tiny_file, device)
    with stylizer, open_stylizer(tiny_file, "cpu")[0] as processor:
        assert refusals == []
        assert (stylizer.info.device, stylizer.info.dtype) == (f"a {unit} of cardboard", "float16")
        np.testing.assert_array_equal(
            stylizer.stylize(PHOTO, tiny_file.identity), processor.stylize(PHOTO, tiny_file.identity)
        )
    assert {name for name, settings in machine.compiled if settings["INFERENCE_PRECISION_HINT"] == "f16"} == {unit}


@pytest.mark.parametrize(("error", "is_trusted"), [(1, True), (2, True), (8, False), (128, False)])
def test_it_is_trusted_if_what_it_paints_is_alike(
    error: int, is_trusted: bool, machine: Machine, tiny_file: StyleFile
) -> None:
    machine.error = error
    stylizer, refusals = open_stylizer(tiny_file, "igpu")
    with stylizer:
        assert stylizer.info.device.endswith("cardboard") is is_trusted
    if not is_trusted:
        (refusal,) = refusals
        assert refusal.startswith(
            "integrated GPU can't be used: a GPU of cardboard paints otherwise than the processor"
        )
        assert "35 are asked for" in refusal


def test_one_that_can_not_paint_at_all_leaves_the_processor(
    machine: Machine, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> Any:
        raise RuntimeError("Exception from src/x.cpp:1:\n[GPU] clFlush\nout of resources")

    monkeypatch.setattr(machine, "unit", fail)
    stylizer, (refusal,) = open_stylizer(tiny_file, "igpu")
    with stylizer:
        assert stylizer.info.dtype == "float32"
    assert "out of resources" in refusal


def test_nothing_is_opened_where_it_can_not_serve(machine: Machine, tiny_file: StyleFile) -> None:
    frozen = replace(tiny_file, spec=NetworkSpec("s2d", 8, frozen=True))
    patches = replace(tiny_file, spec=NetworkSpec("patches", 8), name="patches")
    for file, sentence in ((frozen, "tiles"), (patches, "The network patches")):
        with pytest.raises(BackendError, match=sentence):
            open_unit(file, "igpu")
    machine.devices = ["CPU"]
    with pytest.raises(BackendError, match="finds no NPU here"):
        open_unit(tiny_file, "npu")
    assert machine.compiled == []


@pytest.mark.parametrize(
    ("version", "is_new_enough"),
    [("2026.2.1-1", False), ("2025.9", False), ("?", False), ("2026.3.0-2", True), ("2026.10", True), ("2027.0", True)],
)
def test_an_openvino_whose_norms_overflow_is_refused(
    version: str, is_new_enough: bool, machine: Machine, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_units.ov, "__version__", version)
    machine.devices = ["CPU"]  # what is asked next
    with pytest.raises(BackendError, match="finds no GPU" if is_new_enough else r"2026\.3 or newer is needed"):
        open_unit(tiny_file, "igpu")


class TestCache:
    def test_what_is_compiled_for_a_unit_is_kept(
        self, machine: Machine, tiny_file: StyleFile, cache_folder: Path
    ) -> None:
        open_unit(tiny_file, "igpu").close()
        folders = {name: settings.get("CACHE_DIR") for name, settings in machine.compiled}
        assert folders == {"GPU": str(cache_folder / "compiled"), "CPU": None}
        assert (cache_folder / "compiled").is_dir()

    def test_where_nothing_can_be_kept_it_paints_all_the_same(
        self, machine: Machine, tiny_file: StyleFile, cache_folder: Path
    ) -> None:
        cache_folder.touch()
        open_unit(tiny_file, "igpu").close()
        assert all("CACHE_DIR" not in settings for _, settings in machine.compiled)

    def test_the_newest_stay(self, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model_cache, "KEPT_COMPILED", 2)
        folder = model_cache.compiled_folder()
        assert folder is not None
        for age, name in enumerate(("new.blob", "old.blob", "older.cl_cache")):
            (folder / name).touch()
            os.utime(folder / name, (1000 - age, 1000 - age))
        model_cache.compiled_folder()
        assert {path.name for path in folder.iterdir()} == {"new.blob", "old.blob"}
