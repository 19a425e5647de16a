from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from livestyle import doctor, hardware
from livestyle.doctor import PAINTING, PROBES, Examination, Finding, examine
from livestyle.errors import BackendError
from livestyle.gui import app
from livestyle.sinks import encoders
from livestyle.sources import camera
from livestyle.sources.camera import CameraInfo
from livestyle.styles import catalog
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer import fastest
from livestyle.stylizer.torch_backend import TorchStylizer


def found(*painters: Finding) -> Examination:
    encoders = (Finding("nvenc", False, "no driver", "Update it."), Finding("qsv", False, "no driver", "Update it."))
    return Examination({PAINTING: painters, "encoders": encoders})


class TestExamination:
    def test_it_paints_if_anything_does(self) -> None:
        assert found(Finding("CUDA", False, "gone"), Finding("torch", True, "float32")).paints
        assert not found(Finding("CUDA", False, "gone")).paints

    def test_text(self) -> None:
        text = found(Finding("torch", True, "float32 on a Z80")).to_text()
        assert text.splitlines() == [
            "painting",
            "  ok  torch  float32 on a Z80",
            "",
            "encoders",
            "  no  nvenc  no driver",
            "  no  qsv    no driver",
            "",
            "* Update it.",
        ]

    def test_text_where_all_is_well_and_where_nothing_is(self) -> None:
        well = Examination({PAINTING: (Finding("torch", True, "float32"),)})
        assert well.to_text().endswith("\nNothing is missing.")
        assert "Nothing here can paint." in found(Finding("torch", False, "gone")).to_text()

    def test_json(self) -> None:
        document = json.loads(json.dumps(found(Finding("torch", True, "float32")).to_dict()))
        assert document["paints"] is True
        assert document["sections"][PAINTING] == [{"name": "torch", "works": True, "says": "float32", "fix": ""}]
        assert document["fixes"] == ["Update it."]


def test_a_probe_that_raises_is_a_finding() -> None:
    result = examine({PAINTING: Mock(side_effect=RuntimeError("The bus is gone")), "else": list})
    assert result.sections == {PAINTING: (Finding(PAINTING, False, "The bus is gone."),), "else": ()}
    assert not result.paints


def test_there_is_a_probe_for_what_paints() -> None:
    assert PAINTING in PROBES


class TestPainting:
    @pytest.fixture(autouse=True)
    def _installed(self, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(catalog.Catalog, "installed", lambda **_: Catalog((tiny_file,)))

    def test_every_backend_is_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hardware, "nvidia_driver_present", lambda: False)
        monkeypatch.setattr(hardware, "processor_name", lambda: "a Z80")
        backends = {
            "CUDA": Mock(side_effect=BackendError("torch finds no GPU.")),
            "OpenVINO": Mock(side_effect=ImportError("No module named 'openvino'")),
            "torch": lambda file: TorchStylizer(file, "cpu"),
        }
        monkeypatch.setattr(fastest, "BACKENDS", backends)
        cuda, openvino, torch_cpu = doctor.try_painting()
        assert cuda == Finding("CUDA", False, "torch finds no GPU.")
        assert (openvino.works, openvino.says) == (False, "No module named 'openvino'.")
        assert "pip install --force-reinstall openvino" in openvino.fix
        assert (torch_cpu.name, torch_cpu.works, torch_cpu.fix) == ("torch", True, "")
        assert torch_cpu.says.startswith("float32 on ")

    def test_one_that_opens_but_does_not_paint_is_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stylizer = TorchStylizer(catalog.Catalog.installed().files[0])
        paint = stylizer.stylize
        monkeypatch.setattr(stylizer, "stylize", Mock(side_effect=BackendError("no kernel image.")))
        monkeypatch.setattr(fastest, "BACKENDS", {"torch": lambda file: stylizer})
        (finding,) = doctor.try_painting()
        assert (finding.works, finding.says) == (False, "no kernel image.")
        with pytest.raises(BackendError, match="closed"):
            paint(np.zeros((1, 16, 16, 3), np.uint8), np.zeros(stylizer.code_size, np.float32))

    @pytest.mark.parametrize(("built", "fix"), [(False, "pytorch.org"), (True, "update its driver")])
    def test_a_gpu_that_is_not_used(self, built: bool, fix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hardware, "nvidia_driver_present", lambda: True)
        monkeypatch.setattr(hardware, "torch_is_built_for_cuda", lambda: built)
        monkeypatch.setattr(fastest, "BACKENDS", {"CUDA": Mock(side_effect=BackendError("No."))})
        (finding,) = doctor.try_painting()
        assert fix in finding.fix


class TestProcessor:
    def test_says_what_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hardware, "processor_features", lambda: ["avx2", "vnni"])
        monkeypatch.setattr(hardware, "memory_bytes", lambda: 16_500_000_000)
        says = {finding.name: finding.says for finding in doctor.look_at_processor()}
        assert (says["features"], says["memory"]) == ("avx2, vnni", "16.5 GB")

    def test_says_what_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hardware, "processor_features", list)
        monkeypatch.setattr(hardware, "memory_bytes", lambda: None)
        says = {finding.name: finding.says for finding in doctor.look_at_processor()}
        assert says["features"] == says["memory"] == "the system does not tell"


def test_openvino_lists_a_processor() -> None:
    cpu = next(finding for finding in doctor.list_openvino_devices() if finding.name == "CPU")
    assert cpu.works
    assert "FP32" in cpu.says


def test_encoders_that_do_not_work_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = {("h264_nvenc", 8): "no GPU", ("libx264", 8): "too old", ("libvpx-vp9", 10): "it has none"}
    monkeypatch.setattr(encoders, "why_not", lambda name, *, bits=8: refusals.get((name, bits)))
    findings = {finding.name: finding for finding in doctor.try_encoders()}
    assert list(findings) == list(encoders.ENCODERS)
    assert findings["h264_nvenc"] == Finding("h264_nvenc", False, "no GPU")
    assert "pip install" in findings["libx264"].fix
    assert findings["libx265"] == Finding("libx265", True, "encodes 8 and 10 bits")
    assert findings["libvpx-vp9"] == Finding("libvpx-vp9", True, "encodes 8 bits")


class TestCameras:
    def test_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cameras = [CameraInfo("HD Webcam", 0, 200, "/dev/video0"), CameraInfo("Phone", 1, 200)]
        monkeypatch.setattr(camera, "list_cameras", lambda: cameras)
        assert doctor.list_cameras() == [Finding("HD Webcam", True, "/dev/video0"), Finding("Phone", True, "number 1")]

    @pytest.mark.parametrize(
        ("devices", "readable", "system", "fix"),
        [
            ([], True, "Linux", "Plug a camera in"),
            (["/dev/video0"], False, "Linux", "usermod -aG video"),
            (["/dev/video0"], True, "Linux", "Plug a camera in"),
            ([], True, "Darwin", "Privacy"),
        ],
    )
    def test_none(
        self, devices: list[str], readable: bool, system: str, fix: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(camera, "list_cameras", list)
        monkeypatch.setattr(Path, "glob", lambda *_: map(Path, devices))
        monkeypatch.setattr(os, "access", lambda *_: readable)
        monkeypatch.setattr("platform.system", lambda: system)
        (finding,) = doctor.list_cameras()
        assert not finding.works
        assert fix in finding.fix


class TestWindow:
    def test_qt_starts_in_its_own_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(app, "display_available", lambda: True)
        display, qt = doctor.try_window()
        assert display.works
        assert qt.works, qt.says
        assert "on offscreen" in qt.says

    def test_no_display_and_no_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(app, "display_available", lambda: False)
        monkeypatch.setattr("sys.platform", "linux")
        died = Mock(
            return_value=SimpleNamespace(returncode=1, stdout="", stderr="Traceback\nImportError: libEGL.so.1\n")
        )
        monkeypatch.setattr(subprocess, "run", died)
        display, qt = doctor.try_window()
        assert not display.works
        assert "livestyle convert" in display.fix
        assert (qt.works, qt.says) == (False, "ImportError: libEGL.so.1")
        assert "sudo apt install libegl1" in qt.fix
        assert died.call_args.kwargs["env"]["QT_QPA_PLATFORM"] == "offscreen"


def test_folders_that_can_be_written_and_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "user_folder", lambda: tmp_path / "made" / "later")
    (tmp_path / "file").touch()
    monkeypatch.setattr("livestyle.stylizer.model_cache.folder", lambda: tmp_path / "file" / "models")
    monkeypatch.setattr(catalog, "bundled_folder", lambda: tmp_path / "gone")
    findings = {finding.name: finding for finding in doctor.look_at_folders()}
    assert set(findings) == {"settings", "cache", "log", "own styles", "styles"}
    assert findings["own styles"] == Finding("own styles", True, str(tmp_path / "made" / "later"))
    assert not findings["cache"].works
    assert str(tmp_path / "file") in findings["cache"].fix
    assert not findings["styles"].works
    assert not (tmp_path / "made").exists()


def test_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name in ("torch", "onnx"):
            raise doctor.PackageNotFoundError(name)
        return "1.2.3"

    monkeypatch.setattr(doctor, "version", version)
    findings = {finding.name: finding for finding in doctor.look_at_versions()}
    assert findings["av"] == Finding("av", True, "1.2.3")
    assert findings["torch"] == Finding("torch", False, "not installed", "Install what is missing: pip install torch")
    assert findings["onnx"].fix == "To export styles: pip install onnx"
    assert "pip uninstall opencv-python" in findings["opencv-python"].fix
