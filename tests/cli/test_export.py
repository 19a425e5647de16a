from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from livestyle import export as export_module

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def export(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Writes a file of two megabytes."""

    def write(path: Path, *_: object, **__: object) -> float:
        path.write_bytes(bytes(2_000_000))
        return 98.4

    stand_in = Mock(side_effect=write)
    monkeypatch.setattr(export_module, "export", stand_in)
    return stand_in


def test_a_mix_in_a_size(run: Run, export: Mock) -> None:
    code, out, err = run("export", "calm:0.6,wild:0.4", "-o", "mix.onnx", "--size", "640x360", "--network", "tiny")
    assert code == 0, err
    assert out == "Wrote mix.onnx (2.0 MB), which paints as torch does (PSNR 98 dB or more).\n"
    path, file, mix, size_hw = export.call_args.args
    assert (path, file.name, mix, size_hw) == (Path("mix.onnx"), "tiny", (("calm", 0.6), ("wild", 0.4)), (360, 640))
    assert export.call_args.kwargs == {"overwrite": False}


@pytest.mark.usefixtures("predictor")
def test_a_picture(run: Run, photo: Path, export: Mock) -> None:
    code, _, err = run("export", str(photo), "-o", "a.onnx", "--overwrite")
    assert code == 0, err
    _, file, mix, size_hw = export.call_args.args
    assert (mix, size_hw) == (((str(photo), 1.0),), None)
    assert str(photo) in file.styles
    assert export.call_args.kwargs == {"overwrite": True}


def test_an_unknown_style(run: Run, export: Mock) -> None:
    code, _, err = run("export", "wlid", "-o", "a.onnx")
    assert code == 2
    assert "Did you mean wild?" in err
    export.assert_not_called()
