from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from livestyle import cli, large
from livestyle.cli import options, videos
from livestyle.cli.options import Shared
from livestyle.look import Look
from livestyle.styles import catalog, from_picture, predict
from livestyle.styles.file import Style, StyleFile, read_style_file, write_style_file

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command line in an empty folder, with the tiny network installed: (exit code, output, error output)."""
    write_style_file(tmp_path / "bundled" / "tiny.safetensors", tiny_file)
    monkeypatch.setattr(catalog, "bundled_folder", lambda: tmp_path / "bundled")
    for module in (catalog, from_picture):
        monkeypatch.setattr(module, "user_folder", lambda: tmp_path / "user")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def run(*argv: str) -> tuple[int, str, str]:
        try:
            code = cli.main(argv)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    noise = np.random.default_rng(0).integers(0, 256, (24, 32, 3)).astype(np.uint8)
    cv2.imwrite(str(path), cv2.resize(noise, (64, 48)))
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(6):
            picture = np.full((48, 64, 3), 40 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return path


def frames_of(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom livestyle import cli\n"
        "try: cli.main(['convert', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'cv2', 'numpy', 'av', 'PyQt6', 'openvino'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--strength" in done.stdout


def test_styles_lists_names_and_artists(run: Run) -> None:
    code, out, _ = run("styles")
    assert code == 0
    *lines, empty, networks = out.splitlines()
    assert [line.split()[0] for line in lines] == ["calm", "wild", "dark"]
    assert "Nobody" in out
    assert (empty, networks) == ("", "Networks, to choose with --network: tiny")


def test_styles_as_json(run: Run) -> None:
    document = json.loads(run("styles", "--json")[1])
    assert [style["name"] for style in document["styles"]] == ["calm", "wild", "dark"]
    assert document["styles"][0]["licence"] == "CC0-1.0"
    assert document["networks"] == [{"name": "tiny", "family": "s2d", "width": 8, "styles": ["calm", "wild", "dark"]}]


def test_styles_add_installs_a_file(run: Run, tiny_file: StyleFile, tmp_path: Path) -> None:
    write_style_file(tmp_path / "mine.safetensors", tiny_file)
    code, out, _ = run("styles", "add", str(tmp_path / "mine.safetensors"))
    assert (code, out) == (0, "Installed calm, wild, dark.\n")
    assert read_style_file(tmp_path / "user" / "mine.safetensors").digest == tiny_file.digest


def test_stylize_paints_large_photos_in_tiles(run: Run, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run("stylize", str(photo), "-o", "whole.png", "--style", "wild", "--device", "cpu")
    monkeypatch.setattr(large, "LARGE_PX", 500)
    tiled = run("stylize", str(photo), "-o", "tiled.png", "--style", "wild", "--device", "cpu")
    assert whole[0] == tiled[0] == 0
    one, other = (cv2.imread(name).astype(int) for name in ("whole.png", "tiled.png"))
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 2


def test_an_added_style_that_another_one_hides_is_found_by_its_network(
    run: Run, tiny_file: StyleFile, tmp_path: Path, photo: Path
) -> None:
    weights = {name: array + np.float16(0.1) for name, array in tiny_file.weights.items()}
    write_style_file(tmp_path / "mine.safetensors", replace(tiny_file, weights=weights))
    code, out, _ = run("styles", "add", str(tmp_path / "mine.safetensors"))
    assert (code, out.splitlines()[1]) == (
        0,
        "Another network has calm, wild, dark too, and comes first: add --network mine for these.",
    )
    for name, argv in (("a", []), ("b", ["--network", "mine"])):
        assert run("stylize", str(photo), "-o", f"{name}.png", "--style", "wild", *argv)[0] == 0
    assert Path("a.png").read_bytes() != Path("b.png").read_bytes()


@pytest.fixture
def predictor(tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny network makes styles of pictures, in place of a trained predictor by their brightness."""

    def predict_style(file: StyleFile, picture: np.ndarray, name: str, title: str) -> Style:
        codes = tiny_file.styles["wild"].codes + np.float32(picture.mean() / 255)
        return Style(name, title, "", "", "", codes)

    monkeypatch.setattr(predict, "predict_style", predict_style)
    path = tmp_path / "bundled" / "tiny.safetensors"
    write_style_file(path, replace(tiny_file, predictor={"a": np.zeros(1, np.float32)}))


@pytest.mark.usefixtures("predictor")
def test_a_picture_is_a_style_wherever_one_is_named(run: Run, photo: Path, clip: Path) -> None:
    Path("carpet.jpg").write_bytes(photo.read_bytes())
    small = ("--seconds", "0.2", "--size", "64x48")
    for argv in (
        ["stylize", str(photo), "-o", "1.png", "--style", "carpet.jpg"],
        ["stylize", str(photo), "-o", "2.png", "--style", "carpet.jpg:0.5,calm:0.2,dark:0.2,wild:0.1"],
        ["convert", str(clip), "-o", "3.mp4", "--style", str(Path("carpet.jpg").absolute())],
        ["demo", "-o", "4.mp4", "--style", "carpet.jpg:0.5,calm", *small],
        ["bench", "--size", "64x48", "--style", "carpet.jpg", "--device", "cpu"],
    ):
        code, _, err = run(*argv)
        assert code == 0, err
    assert Path("1.png").read_bytes() != Path("2.png").read_bytes()


@pytest.mark.usefixtures("predictor")
def test_styles_add_makes_a_style_of_a_picture(run: Run, photo: Path) -> None:
    assert run("styles", "add", str(photo))[:2] == (0, "Installed photo.\n")
    assert run("styles", "add", str(photo), "--name", "rug")[:2] == (0, "Installed rug.\n")
    assert run("styles")[1].split("\n\n")[0].splitlines()[3:] == ["photo  Photo", "rug    Photo"]
    code, _, err = run("stylize", str(photo), "-o", "x.png", "--style", "rug:1,calm:1")
    assert code == 0, err


@pytest.mark.usefixtures("predictor")
def test_every_part_of_the_look_reaches_the_painting(run: Run, photo: Path) -> None:
    ways = ([], ["--stroke", "2"], ["--keep-colors"], ["--colors-only"], ["--strength", "0.5"])
    large = cv2.resize(cv2.imread(str(photo)), (400, 300))
    cv2.imwrite("large.png", large)
    for i, argv in enumerate(ways):
        code, _, err = run("stylize", "large.png", "-o", f"{i}.png", "--style", "wild", *argv)
        assert code == 0, err
    assert len({Path(f"{i}.png").read_bytes() for i in range(len(ways))}) == len(ways)


def test_the_window_is_opened_as_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from livestyle.gui import app

    asked: list[dict[str, object]] = []
    monkeypatch.setattr(app, "display_available", lambda: True)
    monkeypatch.setattr(app, "run", lambda **given: asked.append(given) or 0)
    run()
    run("--style", "wild:1,a.jpg:3", "--steady", "0.3", "--network", "tiny", "--device", "cpu", "--source", "demo")
    nothing = {"source": None, "mix": None, "steady": None, "network": None, "device": "auto"}
    assert asked == [
        nothing,
        {
            "source": "demo",
            "mix": (("wild", 1.0), ("a.jpg", 3.0)),
            "steady": 0.3,
            "network": "tiny",
            "device": "cpu",
        },
    ]


def test_without_a_display_what_was_asked_for_goes_to_the_demo(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from livestyle.gui import app

    demos: list[tuple[Shared, Look]] = []
    monkeypatch.setattr(app, "display_available", lambda: False)
    monkeypatch.setattr(videos, "demo", lambda *asked: demos.append(asked) or 0)
    code, out, _ = run("--style=-wild.jpg:2", "--steady", "0.3", "--network", "tiny", "--device", "cpu")
    assert (code, demos) == (
        0,
        [(Shared(None, "-wild.jpg:2", 0.3, "cpu", "tiny"), Look((("-wild.jpg", 2.0),), steady=0.3))],
    )
    assert "no display" in out


def test_styles_sheet_shows_the_photo_in_every_style(run: Run, photo: Path) -> None:
    code, _, err = run("styles", "sheet", str(photo), "-o", "sheet.png", "--device", "cpu")
    assert code == 0, err
    sheet = cv2.imread("sheet.png")
    assert sheet.shape[0] * sheet.shape[1] > 4 * 64 * 48


def test_what_exists_is_replaced_only_when_asked(run: Run, photo: Path) -> None:
    Path("sheet.png").write_text("mine")
    code, _, err = run("styles", "sheet", str(photo))
    assert (code, Path("sheet.png").read_text()) == (2, "mine")
    assert "--overwrite" in err
    assert run("styles", "sheet", str(photo), "--overwrite")[0] == 0
    assert cv2.imread("sheet.png") is not None


def test_stylize_writes_a_picture_of_the_same_size(run: Run, photo: Path) -> None:
    code, out, err = run("stylize", str(photo), "-o", "painted.png", "--style", "wild:1,calm:1")
    assert code == 0, err
    assert "painted.png" in out
    painted = cv2.imread("painted.png")
    assert painted.shape == (48, 64, 3)
    assert not np.array_equal(painted, cv2.imread(str(photo)))


def test_strength_0_gives_the_photo_back(run: Run, photo: Path) -> None:
    run("stylize", str(photo), "-o", "same.png", "--style", "wild", "--strength", "0")
    assert np.array_equal(cv2.imread("same.png"), cv2.imread(str(photo)))


def test_convert_paints_every_frame(run: Run, clip: Path) -> None:
    code, out, err = run("convert", str(clip), "-o", "painted.mp4", "--style", "dark", "--keep-colors")
    assert code == 0, err
    assert "6 frames" in out
    assert frames_of(Path("painted.mp4")) == 6


def test_convert_several_into_a_folder(run: Run, clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    code, _, err = run("convert", str(clip), str(other), "-o", "painted", "--style", "calm")
    assert code == 0, err
    assert sorted(p.name for p in Path("painted").iterdir()) == ["clip.mp4", "other.mp4"]


def halves(path: Path) -> Path:
    """A mask: white on the left, black on the right."""
    mask = np.zeros((12, 16), np.uint8)
    mask[:, :8] = 255
    cv2.imwrite(str(path), mask)
    return path


def test_a_mask_parts_two_styles(run: Run, photo: Path) -> None:
    # The stylizer's own size, so that the mask is not smoothed where it is looked at.
    for name, argv in {
        "calm.png": ["--style", "calm"],
        "wild.png": ["--style", "wild"],
        "both.png": ["--style", "calm", "--mask", str(halves(Path("mask.png"))), "--outside", "wild"],
        "photo.png": ["--style", "calm", "--mask", "mask.png", "--outside", "none"],
        "same.png": ["--style", "calm", "--mask", "mask.png"],
    }.items():
        code, _, err = run("stylize", str(photo), "-o", name, *argv)
        assert code == 0, err
    calm, wild, both, left = (cv2.imread(f"{name}.png") for name in ("calm", "wild", "both", "photo"))
    assert np.array_equal(both[:, :28], calm[:, :28])
    assert np.array_equal(both[:, 36:], wild[:, 36:])
    assert np.array_equal(left[:, :28], calm[:, :28])
    assert np.array_equal(left[:, 36:], cv2.imread(str(photo))[:, 36:])
    assert Path("same.png").read_bytes() == Path("photo.png").read_bytes()


def test_convert_takes_a_mask_as_well(run: Run, clip: Path) -> None:
    mask = str(halves(Path("mask.png")))
    code, out, err = run(
        "convert", str(clip), "-o", "x.mp4", "--style", "calm", "--mask", mask, "--outside", "wild:1,dark:2"
    )
    assert code == 0, err
    assert "6 frames" in out


def test_demo_shows_all_styles_in_the_time_given(run: Run) -> None:
    code, out, err = run("demo", "-o", "demo.mp4", "--seconds", "1", "--size", "64x48")
    assert code == 0, err
    assert out == "Wrote demo.mp4.\n"
    assert frames_of(Path("demo.mp4")) == 24


def test_bench_as_json(run: Run) -> None:
    code, out, err = run("bench", "--size", "64x48", "--device", "cpu", "--json")
    assert code == 0, err
    (result,) = json.loads(out)["results"]
    assert (result["width"], result["height"], result["batch"]) == (64, 48, 1)
    assert result["fps"] > 0
    assert {"p50_ms", "p95_ms", "p99_ms"} <= set(result["stages"]["network"])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wlid"], "Did you mean wild?"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild:zero"], "Can't read the style"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--strength", "7"], "Strength goes from 0 to 1"),
        (["stylize", "gone.jpg", "-o", "x.png", "--style", "wild"], "gone.jpg"),
        (["stylize", "TEXT", "-o", "x.png", "--style", "wild"], "text.mp4"),
        (["convert", "gone.mp4", "-o", "x.mp4", "--style", "wild"], "gone.mp4"),
        (["convert", "TEXT", "-o", "x.mp4", "--style", "wild"], "text.mp4"),
        (["convert", "CLIP", "-o", "CLIP", "--style", "wild", "--overwrite"], "clip.mp4"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--start", "9", "--end", "2"], "start"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--batch", "0"], "batch"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--encoder", "nope"], "nope"),
        (["convert", "CLIP", "-o", f"{'x' * 300}.mp4", "--style", "wild"], "too long"),
        (["convert", f"{'x' * 300}.mp4", "-o", "x.mp4", "--style", "wild"], "There is no file"),
        (["stylize", "PHOTO", "-o", f"{'x' * 300}.png", "--style", "wild"], "too long"),
        (["stylize", f"{'x' * 300}.png", "-o", "x.png", "--style", "wild"], "can't be read"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--stroke", "3"], "stroke size goes from 0.5 to 2"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild,wild,wild,wild,wild"], "at most 4 styles"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "gone.jpg:0.5,wild:0.5"], "no file gone.jpg"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "TEXT"], "no picture"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "PHOTO"], "can't take pictures as styles"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--network", "huge"], "There are tiny"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--steady", "2"], "Steadiness goes from 0 to 1"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--mask", "gone.png"], "no file gone.png"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--mask", "TEXT"], "no picture"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--outside", "calm"], "--mask"),
        (
            ["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--mask", "PHOTO", "--outside", "clam"],
            "Did you mean calm?",
        ),
        (["demo", "-o", "x.mp4", "--style", "wlid"], "Did you mean wild?"),
        (["styles", "add", "TEXT"], "no livestyle style file"),
        (["styles", "add", "TEXT", "--name", "rug"], "--name is for"),
        (["styles", "add", "PHOTO"], "can't take pictures as styles"),
        (["styles", "add", "gone.jpg"], "no file gone.jpg"),
        (["styles", "sheet", "gone.png"], "gone.png"),
        (["demo", "-o", "x.mp4", "--size", "10000000x10000000"], "make it smaller"),
        (["demo", "-o", "no/such/file.xyz", "--size", "64x48"], "file.xyz"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    run: Run, photo: Path, clip: Path, tmp_path: Path, argv: list[str], sentence: str
) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("This is no video.")
    before = clip.read_bytes()
    places = {"PHOTO": str(photo), "CLIP": str(clip), "TEXT": str(text)}
    code, _, err = run(*[places.get(word, word) for word in argv])
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err
    assert clip.read_bytes() == before
    assert not [p for p in Path.cwd().rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    "argv",
    [
        ["demo", "--size", "huge"],
        ["demo", "--size", "4x4"],
        ["demo", "--seconds", "-1"],
        ["demo", "--seconds", "nan"],
        ["convert", "a.mp4"],
        ["bench", "--device", "toaster"],
        ["stylize", "a.jpg", "-o", "b.jpg", "--keep-colors", "--colors-only"],
        ["stylize", "a.jpg", "-o", "b.jpg", "--steady", "0.5"],
        ["paint"],
    ],
)
def test_wrong_usage_exits_with_2(run: Run, argv: list[str]) -> None:
    code, _, err = run(*argv)
    assert code == 2
    assert "usage" in err


def test_the_style_may_stand_before_or_after_the_command(run: Run, photo: Path) -> None:
    for name, argv in (("a", ["--style", "wild", "stylize"]), ("b", ["stylize", "--style", "wild"])):
        code, _, err = run(*argv, str(photo), "-o", f"{name}.png")
        assert code == 0, err
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_ctrl_c_exits_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "run", interrupt)
    code, _, err = run("styles")
    assert code == 130
    assert "stopped" in err
