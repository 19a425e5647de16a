"""Styles without their networks: written, read, put together with a network, and made anew when it is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from livestyle.errors import StyleError
from livestyle.frame import Image
from livestyle.look import Look
from livestyle.styles import catalog, predict
from livestyle.styles.catalog import Catalog, add_style_file, mixed_code
from livestyle.styles.file import Style, StyleFile, read_style_file, write_style_file
from livestyle.styles.from_picture import small_picture, with_pictures
from livestyle.styles.kept import KeptStyle, by_itself, read_styles, with_network, write_styles
from livestyle.styles.renew import renewed


@pytest.fixture(autouse=True)
def predictor(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the real one: a code that is the picture's mean."""

    def predict_style(file: StyleFile, picture: Image, name: str, title: str) -> Style:
        codes = np.full((len(file.stroke_px), len(file.identity)), picture.mean() / 255, np.float32)
        return Style(name, title, "", "", "", codes)

    monkeypatch.setattr(predict, "predict_style", predict_style)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    bundled, user = tmp_path / "bundled", tmp_path / "user"
    monkeypatch.setattr(catalog, "bundled_folder", lambda: bundled)
    monkeypatch.setattr(catalog, "user_folder", lambda: user)
    return bundled, user


@pytest.fixture
def able(tiny_file: StyleFile) -> StyleFile:
    return replace(tiny_file, predictor={"a": np.zeros(1, np.float16)}, name="tiny")


@pytest.fixture
def carpet(tiny_file: StyleFile) -> Style:
    """A style made of a picture whose mean is 51."""
    picture = small_picture(np.full((300, 400, 3), 51, np.uint8))
    return replace(tiny_file.styles["wild"], name="carpet", title="Carpet", picture=picture, preview=b"a preview")


def better(file: StyleFile) -> StyleFile:
    """The network, trained on."""
    return replace(file, weights={name: array + np.float16(0.01) for name, array in file.weights.items()})


def test_a_style_without_its_network_is_read_back(tmp_path: Path, able: StyleFile, carpet: Style) -> None:
    path = tmp_path / "folder" / "carpet.safetensors"
    write_styles(path, by_itself(able, carpet))
    back = read_styles(path)
    assert isinstance(back, KeptStyle)
    assert (back.spec, back.digest, back.stroke_px) == (able.spec, able.digest, able.stroke_px)
    assert np.array_equal(back.style.codes, carpet.codes)
    assert (back.style.title, back.style.preview, back.style.picture) == ("Carpet", b"a preview", carpet.picture)
    assert path.stat().st_size < 4000 + carpet.codes.nbytes + len(carpet.picture)


def test_a_style_that_was_trained_keeps_its_network(tmp_path: Path, able: StyleFile) -> None:
    path = tmp_path / "wild.safetensors"
    write_styles(path, by_itself(able, able.styles["wild"]))
    back = read_style_file(path)
    assert (list(back.styles), back.digest, dict(back.predictor)) == (["wild"], able.digest, {})


def test_a_style_file_is_read_as_before_with_the_picture_in_it(tmp_path: Path, able: StyleFile, carpet: Style) -> None:
    path = tmp_path / "carpet.safetensors"
    write_style_file(path, with_network(able, carpet))
    for back in (read_styles(path), read_style_file(path)):
        assert isinstance(back, StyleFile)
        assert (back.name, back.styles["carpet"].picture) == ("carpet", carpet.picture)


def test_what_needs_a_network_says_that_there_is_none(tmp_path: Path, able: StyleFile, carpet: Style) -> None:
    write_styles(tmp_path / "carpet.safetensors", by_itself(able, carpet))
    with pytest.raises(StyleError, match="without its network"):
        read_style_file(tmp_path / "carpet.safetensors")


@pytest.mark.parametrize("lost", ["picture.carpet", "code.carpet"])
def test_a_damaged_one_gives_a_sentence(tmp_path: Path, able: StyleFile, carpet: Style, lost: str) -> None:
    path = tmp_path / "carpet.safetensors"
    write_styles(path, by_itself(able, carpet))
    with safe_open(path, "numpy") as opened:
        metadata = opened.metadata()
    save_file({name: array for name, array in load_file(path).items() if name != lost}, path, metadata=metadata)
    with pytest.raises(StyleError, match="damaged"):
        read_styles(path)


def test_installed_it_mixes_with_the_styles_of_its_network(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_styles(folders[1] / "carpet.safetensors", by_itself(able, carpet))
    installed = Catalog.installed()
    file = installed.file_for(Look((("calm", 1.0), ("carpet", 1.0))))
    assert (file.name, len(installed.files)) == ("tiny", 1)
    np.testing.assert_allclose(mixed_code(file, Look((("carpet", 1.0),)), 360), carpet.codes[1], atol=1e-6)
    assert installed.own == {"carpet": folders[1] / "carpet.safetensors"}


def test_two_of_one_name_are_two_styles(folders: tuple[Path, Path], able: StyleFile, carpet: Style) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    for name in ("a", "b"):
        write_styles(folders[1] / f"{name}.safetensors", by_itself(able, carpet))
    write_styles(folders[1] / "c.safetensors", by_itself(able, replace(carpet, name="calm")))
    assert Catalog.installed().names[3:] == ["carpet", "carpet_2", "calm_2"]
    assert Catalog.installed().own["carpet_2"] == folders[1] / "b.safetensors"


def test_a_file_of_before_with_its_network_is_ones_own_too(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_style_file(folders[1] / "carpet.safetensors", with_network(able, replace(carpet, picture=b"")))
    assert Catalog.installed().names == ["calm", "wild", "dark", "carpet"]
    assert list(Catalog.installed().own) == ["carpet"]


def test_it_is_added_as_a_style_file_is(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style, tmp_path: Path
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_styles(tmp_path / "mine.safetensors", by_itself(able, carpet))
    assert add_style_file(tmp_path / "mine.safetensors") == folders[1] / "mine.safetensors"
    assert Catalog.installed().names[3:] == ["carpet"]


def test_given_with_its_network_it_is_kept_without_if_that_is_there(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style, tmp_path: Path
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_style_file(tmp_path / "known.safetensors", with_network(able, carpet))
    write_style_file(tmp_path / "unknown.safetensors", with_network(better(able), carpet))
    assert isinstance(read_styles(add_style_file(tmp_path / "known.safetensors")), KeptStyle)
    assert isinstance(read_styles(add_style_file(tmp_path / "unknown.safetensors")), StyleFile)


def test_when_its_network_was_trained_on_it_is_made_anew_once(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", better(able))
    write_styles(folders[1] / "carpet.safetensors", by_itself(able, carpet))
    installed = Catalog.installed()
    assert (installed.names, list(installed.outdated)) == (["calm", "wild", "dark"], ["carpet"])
    anew = renewed(installed, ["carpet", "calm"])
    assert (anew.names[3:], dict(anew.outdated)) == (["carpet"], {})
    np.testing.assert_allclose(anew.find("carpet").codes, 0.2, atol=0.01)
    assert cv2.imdecode(np.frombuffer(anew.find("carpet").preview, np.uint8), cv2.IMREAD_COLOR).shape == (144, 256, 3)
    again = Catalog.installed()
    assert (again.names[3:], dict(again.outdated)) == (["carpet"], {})
    assert again.find("carpet").picture == carpet.picture


def test_it_is_made_anew_wherever_it_is_named(folders: tuple[Path, Path], able: StyleFile, carpet: Style) -> None:
    write_style_file(folders[0] / "tiny.safetensors", better(able))
    write_styles(folders[1] / "carpet.safetensors", by_itself(able, carpet))
    grown = with_pictures(Catalog.installed(), ["carpet", "calm"])
    assert grown.file_for(Look((("carpet", 1.0), ("calm", 1.0)))).name == "tiny"


def test_one_whose_picture_is_damaged_is_left_as_it_is(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style, caplog: pytest.LogCaptureFixture
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", better(able))
    write_styles(folders[1] / "carpet.safetensors", by_itself(able, replace(carpet, picture=b"no picture")))
    before = (folders[1] / "carpet.safetensors").read_bytes()
    assert "carpet" not in renewed(Catalog.installed(), ["carpet"]).names
    assert "its picture is damaged" in caplog.text
    assert (folders[1] / "carpet.safetensors").read_bytes() == before


def test_without_it_the_catalog_is_as_before(folders: tuple[Path, Path], able: StyleFile, carpet: Style) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_styles(folders[1] / "carpet.safetensors", by_itself(able, carpet))
    left = Catalog.installed().without("carpet")
    assert (left.names, dict(left.own)) == (["calm", "wild", "dark"], {})


def test_a_network_that_was_there_for_one_style_goes_with_it(
    folders: tuple[Path, Path], able: StyleFile, carpet: Style
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_style_file(folders[1] / "carpet.safetensors", with_network(better(able), carpet))
    assert [file.name for file in Catalog.installed().files] == ["tiny", "carpet"]
    assert [file.name for file in Catalog.installed().without("carpet").files] == ["tiny"]
