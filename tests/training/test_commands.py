from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.networks.vgg import VggFeatures
from livestyle.styles.file import StyleFile, read_style_file, write_style_file

MAIN = """
import dataclasses, pathlib, sys
from livestyle import cli
from livestyle.styles import catalog
from livestyle.training import drawn, fit
catalog.bundled_folder = lambda: pathlib.Path("bundled")
catalog.user_folder = lambda: pathlib.Path("user")
drawn.COUNT, drawn.SCENE_HW = 2, (270, 480)
config = fit.TrainConfig
fit.TrainConfig = lambda **settings: dataclasses.replace(
    config(**settings), crop_px=64, seen_px=64, small_seen_px=64, batch=1, checkpoint_every_s=0.3
)
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture
def place(tmp_path: Path, tiny_file: StyleFile) -> Path:
    """A folder with a picture, a network and a VGG with random weights."""
    write_style_file(tmp_path / "bundled" / "tiny.safetensors", tiny_file)
    coarse = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "carpet.png"), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    save_file(VggFeatures(["relu4_3"]).state_dict(), tmp_path / "vgg.safetensors")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_fit_without_photos_stopped_with_ctrl_c_keeps_what_there_is(place: Path, tiny_file: StyleFile) -> None:
    command = [sys.executable, "-c", MAIN, "styles", "fit", "carpet.png", "-o", "out.safetensors"]
    more = ["--vgg", "vgg.safetensors", "--minutes", "60", "--run", "run"]

    def listen() -> None:
        # What starts the tests in the background may have them ignore Ctrl-C, and children inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    pipes: dict[str, Any] = {"stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, *more], cwd=place, preexec_fn=listen, **pipes) as process:
        end = time.monotonic() + 300
        while not (place / "run" / "preview.png").exists() and time.monotonic() < end and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130, said
    assert "out.safetensors holds it as it is now" in said
    assert "Traceback" not in said
    fitted = read_style_file(place / "out.safetensors")
    assert fitted.digest == tiny_file.digest
    assert list(fitted.styles) == ["carpet"]
    assert cv2.imread(str(place / "run" / "preview.png")).shape == (2 * 256, 2 * 256, 3)
    assert sorted(path.name for path in (place / "run" / "photos").iterdir()) == ["00.png", "01.png"]
