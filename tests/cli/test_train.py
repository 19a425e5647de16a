from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from livestyle.cli import main
from livestyle.cli.train import METHODS
from livestyle.networks.vgg import VggFeatures
from livestyle.styles.file import StyleFile, read_style_file, write_style_file
from livestyle.training import side_by_side, train
from livestyle.training.config import AdainConfig, DistilConfig, StylesConfig, TextureConfig
from livestyle.training.train import Training

PLACES = ["--styles", "paintings", "--content", "photos", "-o", "out.safetensors"]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Training]:
    """What would have been trained."""
    found: list[Training] = []
    monkeypatch.setattr(train, "train", found.append)
    return found


@pytest.mark.parametrize("name", METHODS)
def test_every_method_takes_the_same_words(name: str, trained: list[Training]) -> None:
    more = ["--minutes", "5", "--steps", "7", "--batch", "3", "--rate", "0.5", "--decay-from", "1", "--run", "r"]
    others = ["--other-styles", "o"] if name == "predictor" else []
    # What paints like another network sees no paintings.
    seen = PLACES[2:] if name == "distil" else [*PLACES, *others, "--vgg", "v", "--about", "a"]
    assert main(["--device", "cpu", "train", name, *seen, *more]) == 0
    (training,) = trained
    config = training.config
    assert (config.minutes, config.steps, config.batch, config.rate, config.decay_from) == (5.0, 7, 3, 0.5, 1.0)
    assert training.content == [Path("photos")]
    assert (training.output, training.folder, training.device) == (Path("out.safetensors"), Path("r"), "cpu")
    if name != "distil":
        assert (training.styles, training.vgg, training.about) == ([Path("paintings")], Path("v"), Path("a"))
    assert type(config) is type(METHODS[name][1])


@pytest.mark.parametrize("name", METHODS)
def test_every_setting_is_an_option(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["train", name, "--help"])
    said = capsys.readouterr().out
    assert all(f"--{setting.replace('_', '-')} " in said for setting in vars(METHODS[name][1]))


def test_the_command_line_wins_over_the_file_and_that_over_the_preset(tmp_path: Path, trained: list[Training]) -> None:
    (tmp_path / "c.toml").write_text("batch = 8\nrate = 0.25\n")
    more = ["--config", str(tmp_path / "c.toml"), "--preset", "dumoulin", "--batch", "2", "--stroke-px", "100", "200"]
    assert main(["train", "styles", *PLACES, *more]) == 0
    config = trained[0].config
    assert isinstance(config, StylesConfig)
    assert (config.batch, config.rate, config.pooling, config.stroke_px) == (2, 0.25, "average", (100, 200))
    assert trained[0].folder == Path("runs/out")


def test_what_only_one_method_has(trained: list[Training]) -> None:
    main(["train", "texture", *PLACES[:2], *PLACES[4:], "--cut", "0", "0", "0.5", "1", "--style-px", "200"])
    main(["train", "adain", *PLACES, "--other-styles", "a", "b"])
    main(["train", "predictor", *PLACES, "--other-styles", "a", "--network", "s2d-64", "--encoder", "mobilenet_v3"])
    main(["train", "predictor", *PLACES, "--other-styles", "a", "--encoder", "scratch"])
    main(["train", "styles", *PLACES, "--start", "before.safetensors", "--family", "johnson"])
    main(["train", "distil", *PLACES[2:], "--network", "s2d-128", "--width", "48"])
    texture, adain, predictor, scratch, styles, distil = trained
    assert isinstance(distil.config, DistilConfig)
    assert (distil.config.width, distil.network) == (48, "s2d-128")
    assert isinstance(texture.config, TextureConfig)
    assert (texture.config.cut, texture.content) == ((0.0, 0.0, 0.5, 1.0), [])
    assert isinstance(adain.config, AdainConfig)
    assert adain.other_styles == [Path("a"), Path("b")]
    assert predictor.network == "s2d-64"
    assert isinstance(scratch.config, StylesConfig)
    assert (scratch.config.encoder, scratch.config.other_styles_from) == ("scratch", 0.1)
    assert styles.start == Path("before.safetensors")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["train"], "Say what to train: styles, predictor, distil, adain, patches, texture, pack or all"),
        (["train", "patches", *PLACES, "--batch", "1"], "batch of 2 or more"),
        (["train", "styles", *PLACES[:-1], "out.png", "--device", "cpu"], "end its name in .safetensors"),
        (["train", "styles", *PLACES, "--config", "gone.toml"], "Can't read the config gone.toml"),
        (["train", "all", "--pack", "gone.pack", "--minutes", "5", "-o", "out"], "There is no pack gone.pack"),
        (["train", "all", "--pack", "gone.pack", "--minutes", "0", "-o", "out"], "more than 0 minutes"),
        (["styles", "fit", "gone.png", "-o", "out.safetensors"], "no file or folder gone.png"),
    ],
)
def test_what_can_not_be_gives_a_sentence(argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert sentence in capsys.readouterr().err


def test_a_pack_is_made_and_all_is_trained_from_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, folder, picture = str(place / "x.pack"), str(place / "out"), str(place / "carpet.png")
    assert main(["train", "pack", "--styles", picture, "--content", picture, "-o", pack]) == 0
    assert "1 paintings, 1 photos, 0 others" in capsys.readouterr().out
    found: list[Mapping[str, Training]] = []
    failed: list[str] = []

    def train_all(lanes: Sequence[Mapping[str, Training]], say: object) -> list[str]:
        found[:] = lanes
        return failed

    monkeypatch.setattr(side_by_side, "train_all", train_all)
    command = ["--device", "cpu", "train", "all", "--pack", pack, "--minutes", "20", "-o", folder]
    assert main(command) == 0
    wide = found[0]["s2d-128"]
    assert (wide.output, wide.folder) == (Path(folder, "s2d-128.safetensors"), Path(folder, "runs", "s2d-128"))
    assert (wide.device, wide.other_styles, wide.config.batch) == ("cpu", (), 16)
    assert wide.config.minutes == pytest.approx(0.55 * 20 - 0.5)
    assert wide.start is not None
    assert wide.start.is_file()
    failed.append("adain")
    assert main(command) == 2
    assert "Failed: adain. The same command tries these again." in capsys.readouterr().err


def test_ctrl_c_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(training: Training) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "train", stopped)
    assert main(["train", "patches", *PLACES]) == 130
    assert "The same command goes on from runs/out." in capsys.readouterr().err.replace("\\", "/")


MAIN = """
import dataclasses, pathlib, sys
from livestyle import cli
from livestyle.networks import vgg
from livestyle.styles import catalog
from livestyle.training import drawn
from livestyle.training.methods import fit
vgg.STAGE_CHANNELS = (4, 6, 8, 8, 8)
catalog.bundled_folder = lambda: pathlib.Path("bundled")
catalog.user_folder = lambda: pathlib.Path("user")
drawn.COUNT, drawn.SCENE_HW = 2, (270, 480)
small = dict(crop_px=64, seen_px=64, small_seen_px=64, batch=1, checkpoint_every_s=0.3)
fit.FIT = dataclasses.replace(fit.FIT, **small)
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture
def place(tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a picture, a network and a VGG with random weights."""
    write_style_file(tmp_path / "bundled" / "tiny.safetensors", tiny_file)
    coarse = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "carpet.png"), cv2.resize(coarse, (128, 96), interpolation=cv2.INTER_CUBIC))
    torch.manual_seed(0)
    monkeypatch.setattr("livestyle.networks.vgg.STAGE_CHANNELS", (4, 6, 8, 8, 8))
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
