"""The cache of converted models: a second start is quick, and nothing that is wrong with the cache does harm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from livestyle import networks
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.stylizer import model_cache
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.stylizer import Images

SECOND_START = """
import sys
from pathlib import Path
import numpy as np
import platformdirs
platformdirs.user_cache_path = lambda *args, **options: Path(sys.argv[2])
from livestyle.styles.file import read_style_file
from livestyle.stylizer.fastest import BACKENDS_OF, open_stylizer
stylizer, refusals = open_stylizer(read_style_file(Path(sys.argv[1])), "cpu")
assert stylizer.info.backend == "openvino", refusals
print("torch" in sys.modules, sys.modules["openvino_telemetry"], list(Path.home().iterdir()))
"""


def paint(file: StyleFile) -> Images:
    photo = np.random.default_rng(0).integers(0, 256, (1, 24, 32, 3), np.uint8)
    with OpenVinoStylizer(file, "f32") as stylizer:
        return stylizer.stylize(photo, file.styles["calm"].codes[0])


def cached_models(folder: Path) -> list[Path]:
    return sorted((folder / "models").iterdir())


def forbid_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livestyle.stylizer.openvino_convert.convert", Mock(side_effect=AssertionError("converted")))


def test_a_second_start_converts_nothing_and_paints_the_same(
    tiny_file: StyleFile, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = paint(tiny_file)
    assert len(cached_models(cache_folder)) == 1
    forbid_conversion(monkeypatch)
    assert np.array_equal(paint(tiny_file), first)


def test_a_second_start_imports_no_torch_and_reports_to_nobody(
    tiny_file: StyleFile, cache_folder: Path, tmp_path: Path
) -> None:
    paint(tiny_file)
    home = tmp_path / "home"
    home.mkdir()
    # OpenVINO never reports from a machine for continuous integration, which this may be.
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home)}
    write_style_file(tmp_path / "tiny.safetensors", tiny_file)
    command = [sys.executable, "-c", SECOND_START, str(tmp_path / "tiny.safetensors"), str(cache_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == "False None []", done.stderr


def test_other_weights_are_another_model(tiny_file: StyleFile, cache_folder: Path) -> None:
    paint(tiny_file)
    weights = {name: 0.5 * array for name, array in tiny_file.weights.items()}
    paint(replace(tiny_file, weights=weights))
    assert len(cached_models(cache_folder)) == 2


def test_other_code_of_the_networks_is_another_model(
    tiny_file: StyleFile, cache_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(tiny_file)
    copy = Path(shutil.copytree(networks.__path__[0], tmp_path / "networks"))
    monkeypatch.setattr(networks, "__path__", [str(copy)])
    paint(tiny_file)
    assert len(cached_models(cache_folder)) == 1
    with (copy / "transform.py").open("a") as source:
        source.write("# changed")
    paint(tiny_file)
    assert len(cached_models(cache_folder)) == 2


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(bytes(content))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def fill_with(**files: bytes) -> object:
    def fill(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name.replace("_", "."), content)

    fill.__name__ = "fill_with_" + "_".join(files or ["nothing"])
    return fill


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        flip_a_byte,
        empty,
        replace_by_a_folder,
        fill_with(),
        fill_with(model_xml=b"<net", model_bin=b""),
        fill_with(model_xml=b"", model_bin=b""),
        fill_with(readme_txt=b"hello"),
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_model_is_made_anew(damage: object, tiny_file: StyleFile, cache_folder: Path) -> None:
    first = paint(tiny_file)
    (path,) = cached_models(cache_folder)
    damage(path)  # type: ignore[operator]
    assert np.array_equal(paint(tiny_file), first)
    if path.is_file():
        assert set(model_cache.read(path.stem) or ()) == {"model.xml", "model.bin"}
    assert cached_models(cache_folder) == [path]


def test_a_cache_that_can_not_be_written_does_no_harm(
    tiny_file: StyleFile, cache_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = paint(tiny_file)
    (path,) = cached_models(cache_folder)
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")
    assert np.array_equal(paint(tiny_file), first)
    assert "can't be kept" in caplog.text


def test_a_full_disk_leaves_nothing_behind(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "writestr", Mock(side_effect=OSError(28, "No space left on device")))
    model_cache.write("key", {"model.xml": b"x"})
    assert "No space left" in caplog.text
    assert cached_models(cache_folder) == []


def test_only_the_newest_models_stay(cache_folder: Path) -> None:
    for number in range(model_cache.KEPT_MODELS):
        model_cache.write(f"model{number}", {"model.xml": b"x"})
        os.utime(cache_folder / "models" / f"model{number}.zip", (number, number))
    model_cache.write("newest", {"model.xml": b"x"})
    assert model_cache.read("newest") == {"model.xml": b"x"}
    assert model_cache.read("model0") is None
    assert len(cached_models(cache_folder)) == model_cache.KEPT_MODELS
