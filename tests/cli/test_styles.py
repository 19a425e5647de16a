from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.styles.file import StyleFile, read_style_file, write_style_file

Run = Callable[..., tuple[int, str, str]]


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


@pytest.mark.usefixtures("predictor")
def test_styles_add_makes_a_style_of_a_picture(run: Run, photo: Path) -> None:
    assert run("styles", "add", str(photo))[:2] == (0, "Installed photo.\n")
    assert run("styles", "add", str(photo), "--name", "rug")[:2] == (0, "Installed rug.\n")
    assert run("styles")[1].split("\n\n")[0].splitlines()[3:] == ["photo  Photo", "rug    Photo"]
    code, _, err = run("stylize", str(photo), "-o", "x.png", "--style", "rug:1,calm:1")
    assert code == 0, err


@pytest.mark.usefixtures("predictor")
def test_a_style_of_a_picture_is_a_few_kilobytes_and_is_given_away_with_its_network(run: Run, photo: Path) -> None:
    run("styles", "add", str(photo), "--name", "rug")
    kept = photo.parent / "user" / "rug.safetensors"
    assert kept.stat().st_size < 30_000
    assert run("styles", "export", "rug")[:2] == (0, "Wrote rug.safetensors.\n")
    given = read_style_file(Path("rug.safetensors"))
    assert (list(given.styles), given.digest) == (
        ["rug"],
        read_style_file(kept.parents[1] / "bundled" / "tiny.safetensors").digest,
    )
    assert run("styles", "export", "rug")[0] == 2
    assert run("styles", "export", "rug", "--overwrite")[0] == 0
    kept.unlink()
    assert run("styles", "add", "rug.safetensors")[:2] == (0, "Installed rug.\n")


@pytest.mark.usefixtures("predictor")
def test_styles_lists_those_to_be_made_anew_and_they_paint(run: Run, photo: Path, tiny_file: StyleFile) -> None:
    run("styles", "add", str(photo), "--name", "rug")
    weights = {name: array + np.float16(0.01) for name, array in tiny_file.weights.items()}
    better = replace(tiny_file, weights=weights, predictor={"a": np.zeros(1, np.float32)})
    write_style_file(photo.parent / "bundled" / "tiny.safetensors", better)
    assert "made anew of their pictures when used: rug" in run("styles")[1]
    assert run("stylize", str(photo), "-o", "x.png", "--style", "rug")[0] == 0
    assert "made anew" not in run("styles")[1]


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
